"""Secrets that are shown once and kept as hashes."""

import hashlib
import secrets

TOKEN_START = "assay_"
PREFIX_LENGTH = len(TOKEN_START) + 6


def make_secret() -> str:
    """43 characters that are safe in a URL: 256 random bits."""
    return secrets.token_urlsafe(32)


def make_token() -> str:
    """An API token: recognisable by its start, so that scanners find a leaked one."""
    return TOKEN_START + make_secret()


def hash_secret(secret: str) -> str:
    """Hex SHA-256; no salt or stretching is needed for 256 random bits."""
    return hashlib.sha256(secret.encode()).hexdigest()
