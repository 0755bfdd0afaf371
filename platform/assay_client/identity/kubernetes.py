"""A Kubernetes pod, from the variables and the service account that the kubelet gives it.

The node's name reaches a pod only by the downward API; NODE_NAME, K8S_NODE_NAME and MY_NODE_NAME are its usual names.
"""

import socket
from collections.abc import Mapping
from pathlib import Path

from assay_client.identity.values import Compute

NAMESPACE_FILE = Path("/var/run/secrets/kubernetes.io/serviceaccount/namespace")
NODE_VARIABLES = ("NODE_NAME", "K8S_NODE_NAME", "MY_NODE_NAME")


def find_kubernetes(environ: Mapping[str, str]) -> Compute | None:
    if not environ.get("KUBERNETES_SERVICE_HOST"):
        return None
    pod = environ.get("POD_NAME") or environ.get("HOSTNAME") or socket.gethostname()
    namespace = environ.get("POD_NAMESPACE") or _service_account_namespace()
    node = next((environ[name] for name in NODE_VARIABLES if environ.get(name)), None)
    return Compute(
        provider="kubernetes",
        host=node or pod,
        job_run_id=f"{namespace}/{pod}" if namespace else pod,
    )


def _service_account_namespace() -> str | None:
    try:
        return NAMESPACE_FILE.read_text(encoding="utf-8").strip() or None
    except (OSError, UnicodeDecodeError):
        return None
