"""Which server and which run, as MLflow's own client is told."""

import os
import sys
from collections.abc import Mapping

from assay_client.addresses import clean_url
from assay_client.credentials import Credentials
from assay_client.failures import ClientFailed

RUN_ID = "MLFLOW_RUN_ID"


def find_tracking_server(environ: Mapping[str, str] | None = None) -> Credentials:
    """As MLflow's client: the address that the code set, else MLFLOW_TRACKING_URI; a user name and password win over a token.

    raises: ClientFailed when it names no HTTP server, or no token.
    """
    surroundings = os.environ if environ is None else environ
    uri = _uri_of_mlflow() or surroundings.get("MLFLOW_TRACKING_URI", "")
    if not uri.startswith(("http://", "https://")):
        raise ClientFailed(f"MLflow logs to {uri or 'a local folder'}; set MLFLOW_TRACKING_URI to an Assay server.")
    password = surroundings.get("MLFLOW_TRACKING_PASSWORD", "") if surroundings.get("MLFLOW_TRACKING_USERNAME") else ""
    token = password or surroundings.get("MLFLOW_TRACKING_TOKEN", "")
    if not token:
        raise ClientFailed(f"No token for {uri}: set MLFLOW_TRACKING_TOKEN.")
    return Credentials(url=clean_url(uri), token=token)


def find_active_run() -> str | None:
    """The MLflow run that is active in this thread, else the one that the process was started for."""
    return find_run_of_thread() or os.environ.get(RUN_ID) or None


def find_run_of_thread() -> str | None:
    """None also while MLflow is still being imported."""
    active_run = getattr(sys.modules.get("mlflow.tracking.fluent"), "active_run", None)
    active = active_run() if active_run else None
    return str(active.info.run_id) if active else None


def _uri_of_mlflow() -> str:
    """Empty while MLflow is not, or not wholly, imported."""
    get_tracking_uri = getattr(sys.modules.get("mlflow"), "get_tracking_uri", None)
    return str(get_tracking_uri()) if get_tracking_uri else ""
