"""Stored secrets."""

import pytest
from pytest_django import Settings

from assay.core.encryption import SecretUnreadable, decrypt, encrypt


def test_a_secret_is_read_back_and_cannot_be_seen() -> None:
    stored = encrypt("s3cret ✓", purpose="webhook")
    assert "s3cret" not in stored
    assert stored != encrypt("s3cret ✓", purpose="webhook")
    assert decrypt(stored, purpose="webhook") == "s3cret ✓"


def test_a_secret_of_one_purpose_is_no_secret_of_another() -> None:
    with pytest.raises(SecretUnreadable):
        decrypt(encrypt("x", purpose="webhook"), purpose="cloud")


def test_a_changed_key_still_reads_what_the_former_wrote(settings: Settings) -> None:
    stored = encrypt("x", purpose="webhook")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another", [settings.SECRET_KEY]
    assert decrypt(stored, purpose="webhook") == "x"
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(SecretUnreadable, match="ASSAY_SECRET_KEY_FALLBACKS"):
        decrypt(stored, purpose="webhook")
