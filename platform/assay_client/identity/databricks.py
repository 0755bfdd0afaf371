"""A Databricks cluster, from the variables of its nodes and the configuration of the active Spark session."""

import logging
import socket
import sys
from collections.abc import Callable, Mapping

from assay_client.identity.values import Compute

log = logging.getLogger(__name__)

USAGE = "spark.databricks.clusterUsageTags."


def find_databricks(environ: Mapping[str, str]) -> Compute | None:
    if not environ.get("DATABRICKS_RUNTIME_VERSION"):
        return None
    setting = _spark_setting()
    cluster_id = environ.get("DB_CLUSTER_ID") or setting(USAGE + "clusterId")
    job_run_id = setting("spark.databricks.job.runId")
    return Compute(
        provider="databricks",
        resource_id=cluster_id or job_run_id,
        instance_type=environ.get("DB_INSTANCE_TYPE")
        or setting(USAGE + "driverNodeType")
        or setting(USAGE + "clusterNodeType"),
        region=setting(USAGE + "region"),
        zone=setting(USAGE + "containerZoneId"),
        host=socket.gethostname(),
        cluster_id=cluster_id,
        job_run_id=job_run_id,
    )


def _spark_setting() -> Callable[[str], str | None]:
    """Reads settings of the session that the notebook or job already has; starts none."""
    module = sys.modules.get("pyspark.sql")
    session = module.SparkSession.getActiveSession() if module else None

    def setting(name: str) -> str | None:
        if session is None:
            return None
        try:
            return session.conf.get(name, None) or None
        except Exception as error:  # serverless refuses names, each runtime with an error class of its own
            log.debug("Spark does not tell %s: %s", name, error)
            return None

    return setting
