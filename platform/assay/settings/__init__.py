"""Settings, read once from the environment; code uses django.conf.settings."""

from assay.settings.apps import *  # noqa: F403  Django reads one module
from assay.settings.engines import *  # noqa: F403
from assay.settings.web import *  # noqa: F403
