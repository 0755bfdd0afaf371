"""A bucket is the lake's home: what a folder does, it does."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from assay.accounts.models import Organization
from assay.core.clock import frozen, now
from assay.costs.domain.imports import ImportState
from assay.costs.selectors import homes
from assay.costs.selectors.homes import Bucket, open_home
from assay.costs.selectors.lake import find_snapshot, staging_folder
from assay.costs.selectors.ledger_hash import ledger_hash
from assay.costs.selectors.rollups import list_missing
from assay.costs.services import lake, rollups
from tests.factories import focus
from tests.factories.ledgers import deliver, read_ledger
from tests.factories.organizations import found_organization
from tests.plugins.s3_server import BUCKET, client_of, running_s3_apart

pytestmark = pytest.mark.django_db

ONE, TWO = focus.write_csv([focus.make_charge("1")]), focus.write_csv([focus.make_charge("2"), focus.make_charge("3")])


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    with running_s3_apart() as url:
        yield url


@pytest.fixture
def bucket(endpoint: str, settings: Settings, tmp_path: Path) -> Bucket:
    settings.ASSAY_LAKE_URL = f"s3://{BUCKET}/{tmp_path.name}"
    settings.ASSAY_LAKE_ENDPOINT_URL = endpoint
    settings.ASSAY_LAKE_REGION = "eu-central-1"
    settings.ASSAY_LAKE_CACHE_ROOT = str(tmp_path / "cache")
    home = open_home()
    assert isinstance(home, Bucket)
    return home


@pytest.fixture
def organization() -> Organization:
    return found_organization(owner_email="ada@example.com")


def keys(endpoint: str, prefix: str) -> set[str]:
    found = client_of(endpoint).list_objects_v2(Bucket=BUCKET, Prefix=prefix.removeprefix(f"s3://{BUCKET}/"))
    return {item["Key"] for item in found.get("Contents", ())}


def cached(bucket: Bucket) -> list[Path]:
    return sorted(path for path in (bucket.cache / "files").rglob("*") if path.is_file())


def test_bills_are_imported_replaced_and_read(bucket: Bucket, organization: Organization, endpoint: str) -> None:
    assert deliver(organization.id, ONE).state is ImportState.IMPORTED
    before = ledger_hash(organization.id)
    assert deliver(organization.id, TWO).state is ImportState.IMPORTED
    assert deliver(organization.id, TWO).state is ImportState.UNCHANGED
    assert [cost for (cost,) in read_ledger(organization.id, ["effective_cost"])] == [2, 3]
    snapshot = find_snapshot(organization.id)
    assert snapshot is not None
    assert all(file.address.startswith(bucket.root) for file in snapshot.files)
    assert not list_missing(organization.id, snapshot)
    assert before != ledger_hash(organization.id)
    assert any("/_delta_log/" in key for key in keys(endpoint, bucket.root))
    assert not list(staging_folder(organization.id).iterdir())


def test_another_machine_reads_what_this_one_wrote(bucket: Bucket, organization: Organization) -> None:
    deliver(organization.id, TWO)
    said = ledger_hash(organization.id)
    for path in cached(bucket):
        path.unlink()
    assert ledger_hash(organization.id) == said
    assert len(cached(bucket)) == 1


def test_files_asked_for_longest_ago_make_room(
    bucket: Bucket, organization: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver(organization.id, TWO)
    said = ledger_hash(organization.id)
    full = Bucket(bucket.root, bucket.endpoint, bucket.region, bucket.cache, cache_bytes=0)
    full.drop_unused()
    assert cached(bucket), "in use"
    monkeypatch.setattr(homes, "IN_USE_SECONDS", -60)
    full.drop_unused()
    assert not cached(bucket)
    assert ledger_hash(organization.id) == said


def test_replaced_files_go_after_a_day(bucket: Bucket, organization: Organization, endpoint: str) -> None:
    first = deliver(organization.id, ONE)
    second = deliver(organization.id, TWO)
    with frozen(now().replace(year=now().year + 1)):
        rollups.drop_replaced_rollups(organization.id)
    lake.drop_replaced_files(organization.id)
    left = {key for key in keys(endpoint, bucket.root) if "/rollups/" in key}
    assert any(second.id.hex in key for key in left)
    assert not any(first.id.hex in key for key in left)


def test_organizations_have_prefixes_of_their_own(bucket: Bucket, organization: Organization) -> None:
    eve = found_organization()
    deliver(organization.id, ONE)
    assert find_snapshot(eve.id) is None
