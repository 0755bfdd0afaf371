"""Bodies of the registry part of /api/v1."""

from datetime import datetime
from typing import Self
from uuid import UUID

from ninja import Schema

from assay.core.money import Money
from assay.costs.domain.run_costs import RunCostState, RunCostView
from assay.registry.domain.lineages import ModelWithCost, VersionLineage
from assay.registry.domain.stages import Stage
from assay.tracking.domain.values import DatasetUse


class PriceOut(Schema):
    """amount: every digit, as text."""

    amount: str
    currency: str

    @classmethod
    def of(cls, money: Money) -> Self:
        return cls(amount=f"{money.amount:f}", currency=money.currency)


class ModelOut(Schema):
    """costs: of the runs behind all versions, each run once, a sum per currency. aliases: alias → version."""

    id: UUID
    name: str
    description: str
    registered_by: str
    created_at: datetime
    updated_at: datetime
    tags: dict[str, str]
    aliases: dict[str, int]
    latest_version: int | None
    version_count: int
    costs: list[PriceOut]

    @classmethod
    def of(cls, found: ModelWithCost) -> Self:
        model = found.model
        return cls(
            id=model.id,
            name=model.name,
            description=model.description,
            registered_by=model.registered_by,
            created_at=model.created_at,
            updated_at=model.updated_at,
            tags=dict(model.tags),
            aliases=dict(model.aliases),
            latest_version=model.latest.number if model.latest else None,
            version_count=found.versions,
            costs=[PriceOut.of(money) for money in found.cost.amounts],
        )


class ModelList(Schema):
    items: list[ModelOut]
    next_cursor: str | None


class ModelDatasetOut(Schema):
    name: str
    digest: str
    context: str

    @classmethod
    def of(cls, use: DatasetUse) -> Self:
        return cls(name=use.dataset.name, digest=use.dataset.digest, context=use.context)


class VersionOut(Schema):
    """run_id: null when the run is not in this organization; run_reference: the run as it was registered.

    cost: of that run, null when nothing is known; cost_state: which figure it is. commit: of the run's code, empty when unknown.
    """

    number: int
    stage: Stage
    aliases: list[str]
    description: str
    source: str
    run_id: UUID | None
    run_reference: str
    run_name: str
    cost: PriceOut | None
    cost_state: RunCostState | None
    datasets: list[ModelDatasetOut]
    commit: str
    registered_by: str
    created_at: datetime
    tags: dict[str, str]

    @classmethod
    def of(cls, lineage: VersionLineage) -> Self:
        version = lineage.version
        return cls(
            number=version.number,
            stage=version.stage,
            aliases=list(version.aliases),
            description=version.description,
            source=version.source,
            run_id=version.run_id,
            run_reference=version.run_reference,
            run_name=lineage.run.name if lineage.run else "",
            cost=_price(lineage.cost),
            cost_state=lineage.cost.state if lineage.cost else None,
            datasets=[ModelDatasetOut.of(use) for use in lineage.datasets],
            commit=lineage.code.commit if lineage.code else "",
            registered_by=version.registered_by,
            created_at=version.created_at,
            tags=dict(version.tags),
        )


class ModelDetailOut(ModelOut):
    """versions: the highest numbers first, at most 200."""

    versions: list[VersionOut]

    @classmethod
    def traced(cls, found: ModelWithCost, lineages: list[VersionLineage]) -> Self:
        return cls(**ModelOut.of(found).model_dump(), versions=[VersionOut.of(lineage) for lineage in lineages])


def _price(cost: RunCostView | None) -> PriceOut | None:
    if cost is None or cost.amount is None or cost.currency is None:
        return None
    return PriceOut(amount=f"{cost.amount:f}", currency=cost.currency)
