"""The places of sources, opened for reading."""

from collections.abc import Callable
from pathlib import Path
from uuid import UUID

from django.conf import settings

from assay.accounts.selectors.organizations import get_organization
from assay.clouds.services.buckets import prepare_bucket
from assay.costs.connectors.folder import FolderPlace
from assay.costs.connectors.s3 import BucketPlace
from assay.costs.domain.sources import Place, SourceKind
from assay.costs.models import BillingSource

Opening = Callable[[], Place]


def prepare_place(source: BillingSource) -> Opening:
    """What opens the place of a source that is polled, to be called outside of any transaction. Called inside the scope.

    Opening raises AssayError with what is wrong, such as a role that AWS refuses.
    """
    location = source.location
    match SourceKind(source.kind):
        case SourceKind.FOLDER:
            root = bills_folder(source.organization_id) / location.get("path", "")
            return lambda: FolderPlace(root)
        case SourceKind.S3:
            prefix = f"{location['prefix']}/" if location.get("prefix") else ""
            region = location.get("region", "")
            open_bucket = prepare_bucket(source.organization_id, source.connection_id, bucket=location["bucket"], region=region)
            return lambda: BucketPlace(open_bucket(), prefix)
        case SourceKind.UPLOAD:
            raise ValueError(f"{source.name} is a source of uploads: nothing lies there to be looked at")


def bills_folder(organization_id: UUID) -> Path:
    """The organization's own folder: no other one of the server can be named by it."""
    return Path(settings.ASSAY_BILL_FOLDERS) / get_organization(organization_id).slug
