"""Bills in S3, read from a server over HTTP by a role that Assay assumes."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings

from assay.accounts.models import Organization
from assay.clouds.services.connections import create_connection, remove_connection
from assay.core import tenancy
from assay.core.errors import Conflict, Invalid
from assay.core.s3 import Bucket
from assay.costs.connectors.s3 import BucketPlace
from assay.costs.domain.imports import ImportState
from assay.costs.domain.sources import SourceChange, SourceKind
from assay.costs.models import BillingSource
from assay.costs.services.access import PERMISSIONS, try_access
from assay.costs.services.sources import create_source
from tests.factories.deliveries import EXPORT, bill_of, cur_report, data_export, poll_and_import
from tests.factories.ledgers import read_ledger, sum_ledger
from tests.factories.organizations import found_organization
from tests.plugins.s3_server import BUCKET, client_of, running_s3

pytestmark = pytest.mark.django_db

ROLE = "arn:aws:iam::123456789012:role/assay-billing"
PREFIX = "exports"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with running_s3() as url:
        yield url


@pytest.fixture
def s3(server: str) -> Iterator[Any]:
    client = client_of(server)  # type: ignore[no-untyped-call]  # the SDK ships no types
    with override_settings(ASSAY_AWS_ENDPOINT_URL=server):
        yield client
    for item in client.list_objects_v2(Bucket=BUCKET).get("Contents", ()):
        client.delete_object(Bucket=BUCKET, Key=item["Key"])


@pytest.fixture
def bucket_source(payer: Organization, s3: Any) -> BillingSource:
    with tenancy.scope(payer.id):
        connection = create_connection(payer.id, name="payer", role_arn=ROLE, region="eu-central-1", actor_id=None)
        change = SourceChange(name="aws", location={"bucket": BUCKET, "prefix": PREFIX}, connection_id=connection.id)
        made = create_source(payer.id, SourceKind.S3, change, actor_id=None)
        return BillingSource.objects.get(id=made.id)


def put(s3: Any, delivery: Mapping[str, bytes]) -> None:
    for key, content in delivery.items():
        s3.put_object(Bucket=BUCKET, Key=f"{PREFIX}/{key}", Body=content)


def test_an_export_in_a_bucket_is_read_by_its_manifest(bucket_source: BillingSource, s3: Any) -> None:
    put(s3, {f"{EXPORT}/data/BILLING_PERIOD=2026-01/left-over.csv": bill_of("2026-01", "99")})
    put(s3, data_export({"a.csv": bill_of("2026-01", "1"), "b.csv": bill_of("2026-01", "2")}, month="2026-01", execution="e1"))
    [found] = poll_and_import(bucket_source)
    assert (found.state, found.message) == (ImportState.IMPORTED, "")
    assert [file.name.rsplit("/", 1)[1] for file in found.files] == ["a.csv", "b.csv"]
    assert sum_ledger(bucket_source.organization_id) == Decimal(3)
    assert len(poll_and_import(bucket_source)) == 1


def test_a_legacy_report_in_a_bucket_is_read_by_its_manifest(bucket_source: BillingSource, s3: Any) -> None:
    put(s3, cur_report({"1.csv": bill_of("2026-01", "4")}, month="2026-01", assembly="a1", new_folder=True))
    [found] = poll_and_import(bucket_source)
    assert found.state is ImportState.IMPORTED
    assert sum_ledger(bucket_source.organization_id) == Decimal(4)


def test_a_manifest_that_changed_while_files_were_read_starts_over(
    bucket_source: BillingSource, s3: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(s3, data_export({"a.csv": bill_of("2026-01", "1")}, month="2026-01", execution="e1"))
    fetch = BucketPlace.fetch

    def overwrite(place: BucketPlace, key: str, *, etag: str, to: Path) -> str:
        digest = fetch(place, key, etag=etag, to=to)
        monkeypatch.setattr(BucketPlace, "fetch", fetch)
        put(s3, data_export({"a.csv": bill_of("2026-01", "2")}, month="2026-01", execution="e2"))
        return digest

    monkeypatch.setattr(BucketPlace, "fetch", overwrite)
    assert [one.state for one in poll_and_import(bucket_source)] == [ImportState.SUPERSEDED]
    assert read_ledger(bucket_source.organization_id) == []
    assert [one.state for one in poll_and_import(bucket_source)] == [ImportState.SUPERSEDED, ImportState.IMPORTED]
    assert sum_ledger(bucket_source.organization_id) == Decimal(2)


def test_a_file_that_was_replaced_since_it_was_listed_is_never_read(
    bucket_source: BillingSource, s3: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """AWS overwrites the files first and the manifest last."""
    delivery = data_export({"a.csv": bill_of("2026-01", "1")}, month="2026-01", execution="e1")
    put(s3, delivery)
    head = Bucket.head

    def replace(bucket: Bucket, key: str) -> Any:
        found = head(bucket, key)
        if key.endswith("a.csv"):
            put(s3, {next(iter(delivery)): bill_of("2026-01", "2")})
        return found

    with monkeypatch.context() as patched:
        patched.setattr(Bucket, "head", replace)
        [waiting] = poll_and_import(bucket_source)
    assert waiting.state is ImportState.INCOMPLETE
    assert "is being replaced" in waiting.message
    assert read_ledger(bucket_source.organization_id) == []
    put(s3, data_export({"a.csv": bill_of("2026-01", "2")}, month="2026-01", execution="e2"))
    assert {one.state for one in poll_and_import(bucket_source)} == {ImportState.SUPERSEDED, ImportState.IMPORTED}
    assert sum_ledger(bucket_source.organization_id) == Decimal(2)


def test_a_bucket_that_is_not_there_is_said_on_the_source(bucket_source: BillingSource, s3: Any) -> None:
    with tenancy.scope(bucket_source.organization_id):
        BillingSource.objects.filter(id=bucket_source.id).update(location={"bucket": "no-such-bucket", "prefix": ""})
    assert poll_and_import(bucket_source) == []
    with tenancy.scope(bucket_source.organization_id):
        message = BillingSource.objects.get(id=bucket_source.id).poll_message
    assert "no-such-bucket" in message
    assert "region" in message


def test_assays_own_credentials_open_only_what_the_installation_allows(payer: Organization, s3: Any) -> None:
    with tenancy.scope(payer.id):
        change = SourceChange(name="aws", location={"bucket": BUCKET, "prefix": PREFIX})
        made = create_source(payer.id, SourceKind.S3, change, actor_id=None)
        source = BillingSource.objects.get(id=made.id)
    put(s3, data_export({"a.csv": bill_of("2026-01", "1")}, month="2026-01", execution="e1"))
    assert poll_and_import(source) == []
    with tenancy.scope(payer.id):
        assert "may not read" in BillingSource.objects.get(id=source.id).poll_message
    with override_settings(ASSAY_BILL_BUCKETS=[BUCKET]):
        assert [one.state for one in poll_and_import(source)] == [ImportState.IMPORTED]


def test_another_organizations_connection_cannot_be_named(bucket_source: BillingSource) -> None:
    eve = found_organization(owner_email="eve@example.com")
    change = SourceChange(name="aws", location={"bucket": BUCKET}, connection_id=bucket_source.connection_id)
    with tenancy.scope(eve.id), pytest.raises(Invalid, match="no connection"):
        create_source(eve.id, SourceKind.S3, change, actor_id=None)


def test_each_permission_is_tested_and_told(bucket_source: BillingSource, s3: Any) -> None:
    organization_id, connection_id = bucket_source.organization_id, bucket_source.connection_id
    assert connection_id is not None
    empty = try_access(organization_id, connection_id, bucket=BUCKET, prefix=PREFIX)
    assert [check.ok for check in empty.checks] == [True, True, False, False, False]
    put(s3, data_export({"a.csv": bill_of("2026-01", "1")}, month="2026-01", execution="e1"))
    tested = try_access(organization_id, connection_id, bucket=BUCKET, prefix=PREFIX)
    assert [(check.permission, check.ok) for check in tested.checks] == [(name, True) for name in PERMISSIONS]
    assert tested.state == "active"
    missing = try_access(organization_id, connection_id, bucket="no-such-bucket", prefix="")
    assert [check.ok for check in missing.checks] == [True, False, False, False, False]
    assert missing.state == "failing"


def test_a_connection_stays_while_a_source_is_read_with_it(bucket_source: BillingSource) -> None:
    organization_id, connection_id = bucket_source.organization_id, bucket_source.connection_id
    assert connection_id is not None
    with tenancy.scope(organization_id), pytest.raises(Conflict, match="A billing source is read"):
        remove_connection(organization_id, connection_id, actor_id=None)
