"""Datasets with the runs that used them and what those cost."""

from dataclasses import dataclass
from uuid import UUID

from assay.core.money import Money
from assay.costs.selectors.figures import sum_by_value
from assay.portal.domain.dataset_profiles import Profile, read_profile
from assay.tracking.selectors import datasets as tracking
from assay.tracking.selectors.datasets import DatasetSummary, DatasetUseCount, DatasetVersion, TrainedModel


@dataclass(frozen=True, slots=True)
class DatasetRow:
    """amounts: of the runs that used a version, deleted ones included, by currency."""

    dataset: DatasetSummary
    amounts: tuple[Money, ...]


@dataclass(frozen=True, slots=True)
class VersionRow:
    version: DatasetVersion
    amounts: tuple[Money, ...]


@dataclass(frozen=True, slots=True)
class DatasetPage:
    """shown: the version whose schema and profile are shown."""

    name: str
    versions: tuple[VersionRow, ...]
    shown: DatasetVersion
    profile: Profile
    uses: tuple[DatasetUseCount, ...]
    models: tuple[TrainedModel, ...]
    amounts: tuple[Money, ...]


def read_datasets(organization_id: UUID, *, words: str = "") -> tuple[DatasetRow, ...]:
    found = tracking.list_datasets(organization_id, words=words)
    amounts = sum_by_value(organization_id, tracking.runs_by_name(organization_id, [one.name for one in found]))
    return tuple(DatasetRow(one, amounts.get(one.name, ())) for one in found)


def read_dataset(organization_id: UUID, name: str, *, digest: str = "") -> DatasetPage:
    """digest: of the version to show, else the one used last. raises: NotFound."""
    versions = tracking.list_versions(organization_id, name)
    amounts = sum_by_value(organization_id, tracking.runs_by_digest(organization_id, name))
    shown = next((one for one in versions if one.digest == digest), versions[0])
    whole = sum_by_value(organization_id, tracking.runs_by_name(organization_id, [name]))
    return DatasetPage(
        name=name,
        versions=tuple(VersionRow(one, amounts.get(one.digest, ())) for one in versions),
        shown=shown,
        profile=read_profile(shown.schema, shown.profile),
        uses=tuple(tracking.list_uses(organization_id, name)),
        models=tuple(tracking.list_trained_models(organization_id, name)),
        amounts=whole.get(name, ()),
    )
