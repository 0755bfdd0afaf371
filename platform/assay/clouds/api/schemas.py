"""Bodies of the inventory part of /api/v1."""

import math
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from ninja import Schema

from assay.clouds.domain.details import dump_details
from assay.clouds.domain.inventory import ResourceKind
from assay.clouds.domain.refreshes import (
    CallState,
    CallView,
    ChangeView,
    Grant,
    RefreshState,
    RefreshSubject,
    RefreshView,
    Trigger,
)
from assay.clouds.domain.utilization import Metric, Series, Values
from assay.clouds.selectors.inventory import ResourceView


class ResourceOut(Schema):
    """details: facts of its kind. state_since: when it came into its state; null when nobody knows. gone_at: null while it exists."""

    id: UUID
    provider: str
    account_id: str
    region: str
    kind: ResourceKind
    native_id: str
    name: str
    state: str
    tags: dict[str, str]
    details: dict[str, Any]
    created_at: datetime | None
    state_since: datetime | None
    first_seen_at: datetime
    last_seen_at: datetime
    gone_at: datetime | None

    @classmethod
    def of(cls, view: ResourceView) -> Self:
        one = view.resource
        return cls(
            id=view.id,
            provider=one.key.provider,
            account_id=one.key.account_id,
            region=one.key.region,
            kind=one.key.kind,
            native_id=one.key.native_id,
            name=one.name,
            state=one.state,
            tags=dict(one.tags),
            details=dump_details(one.details),
            created_at=one.created_at,
            state_since=one.state_since,
            first_seen_at=one.first_seen_at,
            last_seen_at=one.last_seen_at,
            gone_at=view.gone_at,
        )


class ResourceList(Schema):
    items: list[ResourceOut]
    next_cursor: UUID | None = None


class ChangeOut(Schema):
    """before, after: values of the fields that differ."""

    at: datetime
    before: dict[str, Any]
    after: dict[str, Any]

    @classmethod
    def of(cls, view: ChangeView) -> Self:
        return cls(at=view.at, before=dict(view.before), after=dict(view.after))


class ChangeList(Schema):
    items: list[ChangeOut]
    next_cursor: str | None = None


class SeriesOut(Schema):
    """Steps from start on, one after another; null where nothing was measured. Units are in the metric's name."""

    metric: Metric
    start: datetime
    step_seconds: int
    average: list[float | None]
    maximum: list[float | None]

    @classmethod
    def of(cls, metric: Metric, series: Series) -> Self:
        return cls(
            metric=metric,
            start=series.start,
            step_seconds=int(series.step.total_seconds()),
            average=_plain(series.average),
            maximum=_plain(series.maximum),
        )


class SeriesList(Schema):
    """Metrics that were measured on any of the days."""

    items: list[SeriesOut]
    next_cursor: str | None = None


class RefreshIn(Schema):
    """connection_id: null for every connection that has a role."""

    connection_id: UUID | None = None
    subject: RefreshSubject = RefreshSubject.INVENTORY


class RefreshOut(Schema):
    """calls: how many ended in each state. partial: some were not answered."""

    id: UUID
    connection_id: UUID
    connection: str
    subject: RefreshSubject
    state: RefreshState
    trigger: Trigger
    requested_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    message: str
    calls: dict[str, int]

    @classmethod
    def of(cls, view: RefreshView) -> Self:
        return cls(**_facts(view))


def _facts(view: RefreshView) -> dict[str, Any]:
    same = ("id", "connection_id", "subject", "state", "trigger", "requested_at", "started_at", "ended_at", "message")
    return {name: getattr(view, name) for name in same} | {
        "connection": view.connection_name,
        "calls": _count(view.calls),
    }


class RefreshList(Schema):
    items: list[RefreshOut]
    next_cursor: UUID | None = None


class CallOut(Schema):
    """permission: the IAM action that was asked for."""

    service: str
    operation: str
    account_id: str
    region: str
    state: CallState
    items: int
    seconds: float
    permission: str
    message: str

    @classmethod
    def of(cls, view: CallView) -> Self:
        return cls(**{name: getattr(view, name) for name in cls.model_fields})


class RefreshDetailOut(RefreshOut):
    """What was refused stands first."""

    asked: list[CallOut]

    @classmethod
    def with_calls(cls, view: RefreshView, calls: list[CallView]) -> Self:
        return cls(**_facts(view), asked=[CallOut.of(call) for call in calls])


class PlaceOut(Schema):
    account_id: str
    region: str


class GrantOut(Schema):
    """is_missing: no place answered. refused: places that refused it."""

    permission: str
    answered: int
    is_missing: bool
    refused: list[PlaceOut]

    @classmethod
    def of(cls, grant: Grant) -> Self:
        places = [PlaceOut(account_id=account_id, region=region) for account_id, region in grant.places]
        return cls(permission=grant.permission, answered=grant.answered, is_missing=grant.is_missing, refused=places)


class GrantList(Schema):
    items: list[GrantOut]
    next_cursor: str | None = None


def _plain(values: Values) -> list[float | None]:
    return [None if math.isnan(value) else value for value in values.tolist()]


def _count(calls: Mapping[CallState, int]) -> dict[str, int]:
    return {state.value: number for state, number in calls.items()}
