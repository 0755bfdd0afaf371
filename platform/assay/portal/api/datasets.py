"""Datasets, each with what the runs that used it cost."""

from datetime import datetime
from typing import Self
from uuid import UUID

from ninja import Router, Schema

from assay.accounts.domain.roles import Permission
from assay.accounts.services.access import MemberRequest, require
from assay.portal.api.schemas import MoneyOut
from assay.portal.selectors.datasets import DatasetPage, DatasetRow, VersionRow, read_dataset, read_datasets
from assay.tracking.selectors.datasets import DatasetUseCount, TrainedModel

router = Router(tags=["datasets"])


class DatasetOut(Schema):
    """costs: of the runs that used it, one sum per currency; deleted runs count, they were paid for."""

    name: str
    versions: int
    source_type: str
    runs: int
    first_used_at: datetime | None
    last_used_at: datetime | None
    costs: list[MoneyOut]

    @classmethod
    def of(cls, row: DatasetRow) -> Self:
        one = row.dataset
        return cls(
            name=one.name,
            versions=one.versions,
            source_type=one.source_type,
            runs=one.runs,
            first_used_at=one.first_used_at,
            last_used_at=one.last_used_at,
            costs=[MoneyOut.of(money) for money in row.amounts],
        )


class DatasetList(Schema):
    items: list[DatasetOut]
    next_cursor: None = None


class VersionOut(Schema):
    """schema_text, profile_text: as the client wrote them, usually JSON."""

    digest: str
    source_type: str
    source: str
    schema_text: str | None
    profile_text: str | None
    runs: int
    first_used_at: datetime | None
    last_used_at: datetime | None
    costs: list[MoneyOut]

    @classmethod
    def of(cls, row: VersionRow) -> Self:
        one = row.version
        return cls(
            digest=one.digest,
            source_type=one.source_type,
            source=one.source,
            schema_text=one.schema,
            profile_text=one.profile,
            runs=one.runs,
            first_used_at=one.first_used_at,
            last_used_at=one.last_used_at,
            costs=[MoneyOut.of(money) for money in row.amounts],
        )


class UseOut(Schema):
    experiment_number: int
    experiment_name: str
    digest: str
    context: str
    runs: int
    last_used_at: datetime

    @classmethod
    def of(cls, use: DatasetUseCount) -> Self:
        return cls(
            experiment_number=use.experiment_number,
            experiment_name=use.experiment_name,
            digest=use.digest,
            context=use.context,
            runs=use.runs,
            last_used_at=use.last_used_at,
        )


class TrainedModelOut(Schema):
    id: UUID
    name: str
    run_id: UUID
    run_name: str
    digest: str
    created_at: datetime

    @classmethod
    def of(cls, model: TrainedModel) -> Self:
        return cls(
            id=model.model_id,
            name=model.name,
            run_id=model.run_id,
            run_name=model.run_name,
            digest=model.digest,
            created_at=model.created_at,
        )


class DatasetDetails(Schema):
    """versions: the one used last comes first. uses: by experiment, version and what for. models: that came of its runs."""

    name: str
    costs: list[MoneyOut]
    versions: list[VersionOut]
    uses: list[UseOut]
    models: list[TrainedModelOut]

    @classmethod
    def of(cls, found: DatasetPage) -> Self:
        return cls(
            name=found.name,
            costs=[MoneyOut.of(money) for money in found.amounts],
            versions=[VersionOut.of(row) for row in found.versions],
            uses=[UseOut.of(use) for use in found.uses],
            models=[TrainedModelOut.of(model) for model in found.models],
        )


@router.get("datasets", response=DatasetList)
@require(Permission.TRACKING_READ)
def list_datasets(request: MemberRequest, search: str = "") -> DatasetList:
    """Datasets by name, over all experiments. search: words in the name."""
    found = read_datasets(request.principal.organization_id, words=search.replace("\x00", ""))
    return DatasetList(items=[DatasetOut.of(row) for row in found])


@router.get("datasets/details", response=DatasetDetails)
@require(Permission.TRACKING_READ)
def get_dataset(request: MemberRequest, name: str) -> DatasetDetails:
    """A dataset's versions, the runs that used them, and the models that came of those."""
    return DatasetDetails.of(read_dataset(request.principal.organization_id, name.replace("\x00", "")))
