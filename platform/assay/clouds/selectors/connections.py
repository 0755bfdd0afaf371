"""Connections to AWS."""

from datetime import datetime
from uuid import UUID

from assay.clouds.domain.connections import Check, ConnectionView
from assay.clouds.models import AwsConnection
from assay.core.errors import NotFound


def get_connection(organization_id: UUID, connection_id: UUID) -> ConnectionView:
    """raises: NotFound, also for another organization's."""
    row = AwsConnection.objects.filter(organization_id=organization_id, id=connection_id).first()
    if row is None:
        raise NotFound(f"There is no connection to AWS {connection_id}.", connection_id=str(connection_id))
    return view_connection(row)


def list_connections(organization_id: UUID) -> list[ConnectionView]:
    """By name."""
    return [view_connection(row) for row in AwsConnection.objects.filter(organization_id=organization_id).order_by("name")]


def view_connection(row: AwsConnection) -> ConnectionView:
    checks = tuple(Check(one["permission"], one["ok"], one["detail"], datetime.fromisoformat(one["at"])) for one in row.checks)
    return ConnectionView(
        row.id,
        row.name,
        row.role_arn,
        row.external_id,
        row.region,
        checks,
        row.created_at,
        member_role=row.member_role,
        regions=tuple(row.regions),
    )
