"""Making, changing and removing connections to AWS."""

from collections.abc import Sequence
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import RestrictedError

from assay.accounts.services import audit
from assay.clouds.domain.connections import Check, ConnectionView, check_member_role, check_regions, check_role_arn
from assay.clouds.models import AwsConnection
from assay.clouds.selectors.connections import view_connection
from assay.core.errors import Conflict, Invalid, NotFound
from assay.core.ids import new_id

NAME_LENGTH = 200


def create_connection(
    organization_id: UUID,
    *,
    name: str,
    role_arn: str = "",
    region: str = "",
    member_role: str = "",
    regions: Sequence[str] = (),
    actor_id: UUID | None,
) -> ConnectionView:
    """With an external id of its own. role_arn: empty until the role exists. raises: Invalid; Conflict when the name is taken."""
    row = AwsConnection(id=new_id(), organization_id=organization_id)
    _set_reach(row, member_role=member_role, regions=regions)
    return _save(row, name=name, role_arn=role_arn, region=region, actor_id=actor_id, verb="created")


def change_connection(
    organization_id: UUID,
    connection_id: UUID,
    *,
    name: str | None = None,
    role_arn: str | None = None,
    region: str | None = None,
    member_role: str | None = None,
    regions: Sequence[str] | None = None,
    actor_id: UUID | None,
) -> ConnectionView:
    """None leaves a value as it is. What was tested before counts no more. raises: NotFound, Invalid, Conflict."""
    row = _get(organization_id, connection_id)
    row.checks = []
    _set_reach(
        row,
        member_role=row.member_role if member_role is None else member_role,
        regions=row.regions if regions is None else regions,
    )
    return _save(
        row,
        name=row.name if name is None else name,
        role_arn=row.role_arn if role_arn is None else role_arn,
        region=row.region if region is None else region,
        actor_id=actor_id,
        verb="changed",
    )


def remove_connection(organization_id: UUID, connection_id: UUID, *, actor_id: UUID | None) -> None:
    """raises: NotFound; Conflict while a billing source is read with it."""
    row = _get(organization_id, connection_id)
    try:
        with transaction.atomic():
            audit.record(organization_id, actor_id=actor_id, action="aws_connection.removed", subject=row.name)
            row.delete()
    except (RestrictedError, IntegrityError) as error:
        raise Conflict(f"A billing source is read with {row.name}: remove or change the source first.") from error


def record_checks(organization_id: UUID, connection_id: UUID, checks: Sequence[Check]) -> ConnectionView:
    """raises: NotFound."""
    row = _get(organization_id, connection_id)
    row.checks = [
        {"permission": check.permission, "ok": check.ok, "detail": check.detail, "at": check.at.isoformat()} for check in checks
    ]
    row.save(update_fields=["checks"])
    return view_connection(row)


def _save(row: AwsConnection, *, name: str, role_arn: str, region: str, actor_id: UUID | None, verb: str) -> ConnectionView:
    row.name, row.region = name.strip(), region.strip()
    if not row.name or len(row.name) > NAME_LENGTH or not row.name.isprintable():
        raise Invalid(f"name must have 1 to {NAME_LENGTH} printable characters.", field="name")
    if len(row.region) > 32 or not row.region.isprintable():
        raise Invalid("region must be one of AWS's, such as eu-central-1.", field="region")
    row.role_arn = check_role_arn(role_arn) if role_arn.strip() else ""
    try:
        with transaction.atomic():
            row.save()
            details = {"role_arn": row.role_arn}
            audit.record(
                row.organization_id, actor_id=actor_id, action=f"aws_connection.{verb}", subject=row.name, details=details
            )
    except IntegrityError as error:
        raise Conflict(f"There is already a connection {row.name}: choose another name.", field="name") from error
    return view_connection(row)


def _set_reach(row: AwsConnection, *, member_role: str, regions: Sequence[str]) -> None:
    """raises: Invalid."""
    row.member_role, row.regions = check_member_role(member_role), check_regions(regions)


def _get(organization_id: UUID, connection_id: UUID) -> AwsConnection:
    row = AwsConnection.objects.filter(organization_id=organization_id, id=connection_id).first()
    if row is None:
        raise NotFound(f"There is no connection to AWS {connection_id}.", connection_id=str(connection_id))
    return row
