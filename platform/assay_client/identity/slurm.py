"""A Slurm job, from the variables that slurmd sets for each step."""

import socket
from collections.abc import Mapping

from assay_client.identity.values import Compute


def find_slurm(environ: Mapping[str, str]) -> Compute | None:
    job_id = environ.get("SLURM_JOB_ID")
    if not job_id:
        return None
    return Compute(
        provider="slurm",
        host=environ.get("SLURMD_NODENAME") or socket.gethostname(),
        cluster_id=environ.get("SLURM_CLUSTER_NAME"),
        job_run_id=job_id,
    )
