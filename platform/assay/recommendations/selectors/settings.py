"""What an organization chose for each check."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from uuid import UUID

from assay.recommendations.domain.checks import Options
from assay.recommendations.models import CheckSettings
from assay.recommendations.selectors.registry import checks_by_name


@dataclass(frozen=True, slots=True)
class Chosen:
    """options: complete, defaults included."""

    options: Options
    paused: bool


def read_settings(organization_id: UUID) -> dict[str, Chosen]:
    """Of every check. What was stored for an option that exists no longer counts no more."""
    rows = {row.check_name: row for row in CheckSettings.objects.filter(organization_id=organization_id)}
    chosen = {}
    for name, check in checks_by_name().items():
        row = rows.get(name)
        known = {
            field: value for field, value in (row.options if row else {}).items() if field in show_options(check.options())
        }
        chosen[name] = Chosen(check.options(**known), row.paused if row else False)
    return chosen


def show_options(options: Options) -> Mapping[str, object]:
    return asdict(options)


@dataclass(frozen=True, slots=True)
class OptionView:
    """least, most: of a number, else None. among: the words to choose from, else empty. default: the check's own."""

    name: str
    meaning: str
    value: object
    default: object
    unit: str
    least: float | None
    most: float | None
    among: tuple[str, ...]


def describe_options(check_name: str, values: Mapping[str, object]) -> list[OptionView]:
    """values: complete, as chosen."""
    kind = checks_by_name()[check_name].options
    defaults = show_options(kind())
    return [
        OptionView(
            one.name,
            one.metadata["meaning"],
            values[one.name],
            defaults[one.name],
            one.metadata.get("unit", ""),
            one.metadata.get("least"),
            one.metadata.get("most"),
            one.metadata.get("among", ()),
        )
        for one in fields(kind)
    ]
