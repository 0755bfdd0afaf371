"""The environment of a trial's command, built from nothing: what the server knows never leaks into it by being forgotten."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from django.conf import settings

from assay.tuning.domain.attempts import Attempt

PASSED_ON = (
    "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "VIRTUAL_ENV", "CONDA_PREFIX",
    "LD_LIBRARY_PATH", "CUDA_VISIBLE_DEVICES", "NVIDIA_VISIBLE_DEVICES", "ROCR_VISIBLE_DEVICES",
    "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE",
)  # fmt: skip
PASSED_ON_PREFIX = "ASSAY_COMPUTE_"


def build_environment(attempt: Attempt, params_file: Path) -> dict[str, str]:
    """The worker's plain surroundings, then the spec's `env`, then what joins the command to its run."""
    claim = attempt.claim
    return {
        **plain_surroundings(os.environ),
        "PYTHONUNBUFFERED": "1",
        **claim.spec.environment,
        "MLFLOW_TRACKING_URI": settings.ASSAY_TRACKING_URL,
        "MLFLOW_TRACKING_TOKEN": attempt.secret,
        "MLFLOW_RUN_ID": attempt.run_id.hex,
        "MLFLOW_EXPERIMENT_ID": str(attempt.experiment_number),
        "ASSAY_PARAMS_FILE": str(params_file),
        "ASSAY_SWEEP_ID": str(claim.sweep_id),
        "ASSAY_TRIAL_NUMBER": str(claim.number),
    }


def plain_surroundings(environ: Mapping[str, str]) -> dict[str, str]:
    """PATH begins with the worker's own Python, so that `python` has the packages that are installed beside Assay."""
    kept = {name: value for name, value in environ.items() if name in PASSED_ON or name.startswith(PASSED_ON_PREFIX)}
    binaries = str(Path(sys.executable).parent)
    kept["PATH"] = os.pathsep.join([binaries, environ.get("PATH") or os.defpath])
    kept.setdefault("LANG", "C.UTF-8")
    return kept
