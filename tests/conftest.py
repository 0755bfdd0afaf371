"""What all tests share: the migrated database, the cast, and the live stack."""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connections
from django.test import override_settings
from pytest_django import DjangoDbBlocker

from tests.plugins import engines
from tests.plugins.clusters import migrate
from tests.plugins.stack import Stack, running_stack


@pytest.fixture(scope="session")
def django_db_setup() -> None:
    if not engines.has_tables:
        migrate(os.environ)


@pytest.fixture(scope="session", autouse=True)
def settings_of_tests() -> Iterator[None]:
    """Below the live stack pages name static files without fingerprints, since nothing is collected; hashing passwords is quick."""
    Path(settings.STATIC_ROOT).mkdir(exist_ok=True)
    plain = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    quick = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    with override_settings(STORAGES=settings.STORAGES | plain, PASSWORD_HASHERS=quick):
        yield


@pytest.fixture
def committed(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The database without a wrapping transaction, for promises about what is committed.

    Nothing is cleaned up: such a test makes an organization of its own.
    """
    with django_db_blocker.unblock():
        yield
        connections.close_all()


@pytest.fixture(scope="module")
def unblocked(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Callable[[], AbstractContextManager[None]]:
    """As committed, for a fixture that all tests of a file read and none changes."""
    return django_db_blocker.unblock


@pytest.fixture(scope="session")
def live() -> Iterator[Stack]:
    """The whole installation with the demo's content (a smaller bill, half the trainings, few trials), shared by the wire and browser tests."""
    with tempfile.TemporaryDirectory(prefix="assay-live-") as folder:
        Path(folder).chmod(0o711)
        sizes = {"ASSAY_DEMO_ROWS": "20000", "ASSAY_DEMO_TRAININGS": "16", "ASSAY_DEMO_TRIALS": "3"}
        with running_stack(Path(folder) / "home", ASSAY_WEBHOOK_PRIVATE_HOSTS="1", **sizes) as stack:
            yield stack
