"""Buckets of organizations, opened by the role that they gave to Assay."""

from collections.abc import Callable
from uuid import UUID

from django.conf import settings

from assay.clouds.connectors.aws import assume_role
from assay.clouds.domain.connections import ConnectionView
from assay.clouds.selectors.connections import get_connection
from assay.core.errors import Conflict
from assay.core.s3 import Bucket, connect_as

ADVICE = "Check the bucket's name and region, and that the role may s3:ListBucket, s3:GetObject and, with a key of yours, kms:Decrypt."


def prepare_bucket(organization_id: UUID, connection_id: UUID | None, *, bucket: str, region: str) -> Callable[[], Bucket]:
    """What opens it, to be called outside of any transaction, since AWS takes its time. Called inside the scope.

    connection_id: None for Assay's own credentials, which only open what the installation allows. raises: NotFound; Conflict.
    """
    if connection_id is None:
        if bucket not in settings.ASSAY_BILL_BUCKETS:
            raise Conflict(f"Assay may not read {bucket} with its own credentials: choose a connection to AWS whose role may.")
        return lambda: connect_as(bucket, None, endpoint_url=settings.ASSAY_AWS_ENDPOINT_URL, region=region, advice=ADVICE)
    connection = get_connection(organization_id, connection_id)
    return lambda: open_bucket(connection, bucket=bucket, region=region)


def open_bucket(connection: ConnectionView, *, bucket: str, region: str) -> Bucket:
    """raises: Conflict when AWS refuses the role; Unavailable."""
    if not connection.role_arn:
        raise Conflict(f"The connection {connection.name} has no role yet: make it in AWS and give Assay its ARN.")
    endpoint_url, chosen = settings.ASSAY_AWS_ENDPOINT_URL, region or connection.region
    keys = assume_role(connection.role_arn, external_id=connection.external_id, region=chosen, endpoint_url=endpoint_url)
    return connect_as(bucket, keys, endpoint_url=endpoint_url, region=chosen, advice=ADVICE)
