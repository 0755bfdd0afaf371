"""Where people find this installation."""

from django.conf import settings


def public_url() -> str:
    url: str = settings.PUBLIC_URL
    return url
