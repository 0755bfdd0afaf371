"""Where PostgreSQL, Redis, the lake, artifacts and mail are."""

import os
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from assay.settings.environment import HOME, env, read_choice, read_needed, read_required

ASSAY_HOME = HOME
ASSAY_LAKE_URL = env.str("ASSAY_LAKE_URL", default=str(HOME / "lake"))
ASSAY_LAKE_ENDPOINT_URL = env.str("ASSAY_LAKE_ENDPOINT_URL", default="")
ASSAY_LAKE_REGION = env.str("ASSAY_LAKE_REGION", default="") or env.str("AWS_REGION", default="")
ASSAY_LAKE_CACHE_ROOT = env.str("ASSAY_LAKE_CACHE_ROOT", default=str(HOME / "lake-cache"))
ASSAY_LAKE_CACHE_GIB = env.int("ASSAY_LAKE_CACHE_GIB", default=20)
ASSAY_LAKE_ENGINE = read_choice("ASSAY_LAKE_ENGINE", "duckdb", "spark", "databricks")
if ASSAY_LAKE_ENGINE == "databricks":
    ASSAY_DATABRICKS_HOST = (
        read_needed("ASSAY_DATABRICKS_HOST", by="ASSAY_LAKE_ENGINE=databricks").removeprefix("https://").rstrip("/")
    )
    ASSAY_DATABRICKS_HTTP_PATH = read_needed("ASSAY_DATABRICKS_HTTP_PATH", by="ASSAY_LAKE_ENGINE=databricks")
    ASSAY_DATABRICKS_TOKEN = read_needed("ASSAY_DATABRICKS_TOKEN", by="ASSAY_LAKE_ENGINE=databricks")
    if not ASSAY_LAKE_URL.startswith("s3://"):
        raise ImproperlyConfigured(
            "ASSAY_LAKE_ENGINE=databricks reads the lake where it lies: ASSAY_LAKE_URL must be a bucket that the workspace may read, s3://bucket/prefix."
        )
ASSAY_SPARK_MASTER = env.str("ASSAY_SPARK_MASTER", default="local[*]")
ASSAY_ARTIFACTS_ROOT = env.str("ASSAY_ARTIFACTS_ROOT", default=str(HOME / "artifacts"))
ASSAY_ARTIFACTS_URL = env.str("ASSAY_ARTIFACTS_URL", default="")
ASSAY_ARTIFACTS_ENDPOINT_URL = env.str("ASSAY_ARTIFACTS_ENDPOINT_URL", default="")
ASSAY_ARTIFACTS_REGION = env.str("ASSAY_ARTIFACTS_REGION", default="") or env.str("AWS_REGION", default="")
ASSAY_ARTIFACTS_MULTIPART_UPLOADS = env.bool("ASSAY_ARTIFACTS_MULTIPART_UPLOADS", default=True)
ASSAY_ARTIFACTS_MULTIPART_DOWNLOADS = env.bool("ASSAY_ARTIFACTS_MULTIPART_DOWNLOADS", default=bool(ASSAY_ARTIFACTS_URL))
ASSAY_UPLOADS_ROOT = env.str("ASSAY_UPLOADS_ROOT", default=str(HOME / "uploads"))
ASSAY_BILL_FOLDERS = env.str("ASSAY_BILL_FOLDERS", default=str(HOME / "bills"))
ASSAY_BILL_BUCKETS = env.list("ASSAY_BILL_BUCKETS", default=[])
ASSAY_AWS_ENDPOINT_URL = env.str("ASSAY_AWS_ENDPOINT_URL", default="")
ASSAY_AWS_PRINCIPAL = env.str("ASSAY_AWS_PRINCIPAL", default="")
ASSAY_TRIALS_ROOT = env.str("ASSAY_TRIALS_ROOT", default=str(HOME / "trials"))

_application: dict[str, Any] = env.db_url_config(read_required("DATABASE_URL"))
APPLICATION_ROLE = _application["USER"]
_as_owner = env.str("ASSAY_DATABASE_ROLE", default="application") == "owner"
_database = env.db_url_config(read_required("DATABASE_OWNER_URL")) if _as_owner else _application
_database["ENGINE"] = "django.db.backends.postgresql"
_database["TIME_ZONE"] = None
_pooled = env.bool("ASSAY_DATABASE_POOL", default=False)
_database["OPTIONS"] = {
    "prepare_threshold": 5,  # so that core.statements may prepare; Django's own statements never are
    "options": "-c plan_cache_mode=force_generic_plan",  # what is prepared is planned once
}
if _pooled:
    _database["OPTIONS"]["pool"] = {"min_size": 1, "max_size": 12, "timeout": 10}
_database["CONN_MAX_AGE"] = 0 if _pooled else env.int("ASSAY_DATABASE_CONN_MAX_AGE", default=60)
_database["CONN_HEALTH_CHECKS"] = not _pooled  # see core.transactions
DATABASES = {"default": _database}

REDIS_URL = read_required("REDIS_URL")
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}

EMAIL_URL = env.str("EMAIL_URL", default="")
if EMAIL_URL:
    globals().update({name: value for name, value in env.email_url_config(EMAIL_URL).items() if value is not None})
else:
    EMAIL_BACKEND = "assay.core.maildir.MaildirBackend"
EMAIL_TIMEOUT = 30
ASSAY_MAILDIR = os.fspath(HOME / "mail")
DEFAULT_FROM_EMAIL = env.str("ASSAY_MAIL_FROM", default="Assay <assay@localhost>")
