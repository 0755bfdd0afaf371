"""The order in which sources are asked: override, Databricks, Kubernetes, Slurm, EC2, host."""

import logging
import os
from collections.abc import Mapping

from assay_client.identity.databricks import find_databricks
from assay_client.identity.ec2 import find_ec2
from assay_client.identity.host import find_host
from assay_client.identity.kubernetes import find_kubernetes
from assay_client.identity.override import read_override
from assay_client.identity.slurm import find_slurm
from assay_client.identity.values import Compute

log = logging.getLogger(__name__)


def compute_tags(environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """The `assay.compute.*` tags of a run that starts now on this machine.

    environ: what is read instead of the process's environment, which is read anew at each call.
    returns: tag name to value; what is unknown has no tag.
    Never raises and takes about a second at most: a training must not fail or wait because its machine is unknown.
    """
    surroundings = os.environ if environ is None else environ
    named = read_override(surroundings)
    try:
        return detect_compute(named, surroundings).tags()
    except Exception:
        log.warning("The machine of this run could not be identified; only what ASSAY_COMPUTE_* names is tagged", exc_info=True)
        return named.tags()


def detect_compute(named: Compute, environ: Mapping[str, str]) -> Compute:
    """A machine that is named by provider and resource is believed; what else is named replaces what is found."""
    if named.provider and named.resource_id:
        return named
    return named.over(_find_compute(environ))


def _find_compute(environ: Mapping[str, str]) -> Compute:
    cluster = find_databricks(environ)
    if cluster:
        return cluster
    machine = find_ec2(environ)
    scheduled = find_kubernetes(environ) or find_slurm(environ)
    if scheduled:
        return scheduled.over(machine or Compute(resource_id=scheduled.host))
    return machine.over(Compute(host=find_host().host)) if machine else find_host()
