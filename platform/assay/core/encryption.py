"""Secrets that must be read again: encrypted with keys derived from the installation's own.

SECRET_KEY encrypts; it and every one of SECRET_KEY_FALLBACKS decrypt, so the key can be changed without losing what is stored.
"""

import base64
import hashlib
import hmac

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

from assay.core.errors import AssayError


class SecretUnreadable(AssayError):
    """Stored under a key that this installation no longer has: the secret must be entered again."""

    code = "secret_unreadable"


def encrypt(text: str, *, purpose: str) -> str:
    """purpose: what the secret is for; a text stored for one cannot be read as another."""
    return _cipher(purpose).encrypt(text.encode()).decode()


def decrypt(stored: str, *, purpose: str) -> str:
    """raises: SecretUnreadable."""
    try:
        return _cipher(purpose).decrypt(stored.encode()).decode()
    except InvalidToken as error:
        raise SecretUnreadable(
            "A stored secret cannot be read with this installation's keys: add the former ASSAY_SECRET_KEY to "
            "ASSAY_SECRET_KEY_FALLBACKS, or enter the secret again.",
            purpose=purpose,
        ) from error


def _cipher(purpose: str) -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(_derive(key, purpose))) for key in keys])


def _derive(key: str, purpose: str) -> bytes:
    return hmac.new(key.encode(), f"assay.encryption.{purpose}".encode(), hashlib.sha256).digest()
