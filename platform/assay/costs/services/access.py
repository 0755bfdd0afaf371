"""What Assay may do at a bucket, permission by permission."""

from uuid import UUID

from assay.clouds.domain.connections import Check, ConnectionView
from assay.clouds.selectors.connections import get_connection
from assay.clouds.services.buckets import open_bucket
from assay.clouds.services.connections import record_checks
from assay.core import tenancy
from assay.core.clock import now
from assay.core.errors import AssayError
from assay.costs.connectors.s3 import BucketPlace
from assay.costs.domain.deliveries import DeliveryReplaced, PlaceFile, find_manifests, is_bill
from assay.costs.domain.sources import SourceKind, check_location

ASSUME, LIST, GET, DECRYPT, MANIFEST = "sts:AssumeRole", "s3:ListBucket", "s3:GetObject", "kms:Decrypt", "manifest found"
PERMISSIONS = (ASSUME, LIST, GET, DECRYPT, MANIFEST)


def try_access(organization_id: UUID, connection_id: UUID, *, bucket: str, prefix: str, region: str = "") -> ConnectionView:
    """Try each permission at a bucket and keep the answers. Called outside a scope. raises: NotFound, Invalid."""
    with tenancy.scope(organization_id):
        connection = get_connection(organization_id, connection_id)
    location = check_location(SourceKind.S3, {"bucket": bucket, "prefix": prefix, "region": region})
    answers = _try_all(connection, location)
    at = now()
    checks = [
        Check(name, *answers.get(name, (False, "Not tried, since what comes before it failed.")), at) for name in PERMISSIONS
    ]
    with tenancy.scope(organization_id):
        return record_checks(organization_id, connection_id, checks)


def _try_all(connection: ConnectionView, location: dict[str, str]) -> dict[str, tuple[bool, str]]:
    answers: dict[str, tuple[bool, str]] = {}
    step = ASSUME
    try:
        bucket = open_bucket(connection, bucket=location["bucket"], region=location["region"])
        answers[ASSUME] = (True, f"Assay acts as {connection.role_arn}.")
        step = LIST
        prefix = f"{location['prefix']}/" if location["prefix"] else ""
        place = BucketPlace(bucket, prefix)
        files = place.list_files()
        answers[LIST] = (True, f"{len(files):,} objects below s3://{location['bucket']}/{prefix}.")
        answers[MANIFEST] = _tell_manifests(files)
        step = GET
        if sample := _choose(files):
            place.read(sample.key, most_bytes=1)
            answers[GET] = (True, f"{sample.key} can be read.")
            answers[DECRYPT] = (True, "What was read needed no key, or the role may use it.")
        else:
            answers[GET] = answers[DECRYPT] = (
                False,
                "There is nothing to read yet: AWS delivers within a day of making the export.",
            )
    except (AssayError, DeliveryReplaced) as error:
        said = str(error)
        refused_key = step == GET and "kms" in said.lower()
        answers[DECRYPT if refused_key else step] = (False, said)
        if refused_key:
            answers[GET] = (True, "The object may be read, and not decrypted.")
    return answers


def _tell_manifests(files: list[PlaceFile]) -> tuple[bool, str]:
    manifests = find_manifests(files)
    if manifests:
        return True, f"{len(manifests)}, the newest {manifests[0].key}."
    return False, "None yet below this prefix: AWS writes the first within a day; check the prefix and the export's name."


def _choose(files: list[PlaceFile]) -> PlaceFile | None:
    bills = [file for file in files if is_bill(file.key)]
    return bills[0] if bills else next(iter(files), None)
