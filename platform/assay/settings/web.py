"""Hosts, cookies, static files, time, logs."""

import structlog

from assay.core.home import ROOT, read_or_make_secret
from assay.settings.environment import HOME, env

SECRET_KEY = env.str("ASSAY_SECRET_KEY", default="") or read_or_make_secret(HOME / "secret_key")
SECRET_KEY_FALLBACKS = env.list("ASSAY_SECRET_KEY_FALLBACKS", default=[])
DEBUG = False
PUBLIC_URL = env.str("ASSAY_PUBLIC_URL", default="http://127.0.0.1:8000").rstrip("/")
ASSAY_TRACKING_URL = env.str("ASSAY_TRACKING_URL", default=PUBLIC_URL).rstrip("/")  # as trials on the workers reach the web
_secure = PUBLIC_URL.startswith("https://")
_host = PUBLIC_URL.split("://", 1)[1].split("/", 1)[0].rsplit(":", 1)[0]
ALLOWED_HOSTS = env.list("ASSAY_ALLOWED_HOSTS", default=[_host, "localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
CSRF_FAILURE_VIEW = "assay.core.http.csrf_failed"

ASSAY_WEBHOOK_PRIVATE_HOSTS = env.bool("ASSAY_WEBHOOK_PRIVATE_HOSTS", default=False)

APPEND_SLASH = False
DATA_UPLOAD_MAX_MEMORY_SIZE = 32 * 1024 * 1024
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _secure
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
_proxied = env.bool("ASSAY_BEHIND_PROXY", default=False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _proxied else None
ALLAUTH_TRUSTED_PROXY_COUNT = int(_proxied)

STATIC_URL = "/static/"
STATIC_ROOT = env.str("ASSAY_STATIC_ROOT", default=str(HOME / "static"))
STATICFILES_DIRS = [ROOT / "frontend" / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True

LANGUAGE_CODE = "en"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"]),
    ],
    logger_factory=structlog.PrintLoggerFactory(),
    cache_logger_on_first_use=True,
)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {"django.request": {"level": "ERROR"}},
}
