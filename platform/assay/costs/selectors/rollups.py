"""Sums of charges beside the ledger, from which most questions are answered; each is of one import of one billing period.

They lie at `rollups/<import hex>/<billing period>/<grain>.<layout>.parquet`. What is imported never changes, and a question takes
exactly those of the (import, period) pairs of its snapshot, so they cannot disagree with the charges.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, time
from enum import StrEnum
from functools import lru_cache
from uuid import UUID

import ibis
import pyarrow.parquet as pq
from ibis.expr.types import Table

from assay.core.intervals import Interval
from assay.costs.domain.basis import Basis
from assay.costs.selectors.homes import open_home
from assay.costs.selectors.lake import COVERS_OTHERS_SQL, LakeFile, Snapshot, ledger_types, organization_address

LAYOUT = 2
"""Part of the files' names: after a change of what they hold, those of before count as missing and are made again."""
LEFT_OUT_TAGS = "assay.left_out_tags"
"""Key of the Parquet file's own notes: a JSON list of the tag keys that occur in its charges and not in it."""
SUM = "decimal(38, 15)"


class Grain(StrEnum):
    """What one row of a rollup stands for; those with fewer rows first."""

    DAYS = "days"
    RESOURCE_MONTHS = "resource_months"
    RESOURCE_DAYS = "resource_days"


_COSTS = tuple(basis.column for basis in Basis)
_ACCOUNTS = ("billing_account_id", "billing_account_name", "sub_account_id", "sub_account_name")
_SERVICES = ("service_provider_name", "service_category", "service_subcategory", "service_name", "region_id", "region_name")
_KINDS = ("charge_category", "charge_class", "pricing_category", "commitment_discount_status", "resource_type", "instance_type")
_SHARED = ("billing_currency", *_ACCOUNTS, *_SERVICES, *_KINDS)
_UNITS = ("pricing_unit", "consumed_unit")
_RESOURCES = ("resource_id", "resource_name", "sku_id", *_UNITS, "commitment_discount_id", "commitment_discount_name")
_QUANTITIES = ("pricing_quantity", "consumed_quantity")
_OF_THE_DELIVERY = ("source_id", "billing_period", "import_id")

KEYS = {Grain.DAYS: _SHARED, Grain.RESOURCE_MONTHS: (*_SHARED, *_RESOURCES), Grain.RESOURCE_DAYS: (*_SHARED, *_RESOURCES)}
"""Ledger columns by which a rollup groups, beside charge_date, which is the first of the month in months.

Days also group by tags, a JSON object of texts with those keys that have few values.
"""
SUMMED = {
    Grain.DAYS: _COSTS,
    Grain.RESOURCE_MONTHS: (*_COSTS, *_QUANTITIES),
    Grain.RESOURCE_DAYS: (*_COSTS, *_QUANTITIES),
}
FLAGS = {
    Grain.DAYS: {"covers_others": COVERS_OTHERS_SQL},
    Grain.RESOURCE_MONTHS: {
        "covers_others": COVERS_OTHERS_SQL,
        **{f"has_{name}": f"{name} IS NOT NULL" for name in _QUANTITIES},
    },
    Grain.RESOURCE_DAYS: {"covers_others": COVERS_OTHERS_SQL, **{f"has_{name}": f"{name} IS NOT NULL" for name in _QUANTITIES}},
}
"""Yes or no, and what it is of a charge: by these a rollup groups too, so that what is nothing in a charge is nothing in its sum."""


@dataclass(frozen=True, slots=True)
class Needs:
    """What a question reads of charges.

    intervals: of the charges' start, at least one. columns: of the ledger, with charge_date where days are told apart; sums of
    costs go without saying, quantities are named when they are summed. tags: keys. What compares the cost or quantity of single
    charges names a column that no rollup has.
    """

    intervals: tuple[Interval, ...]
    columns: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Rollup:
    """files: to be read in the place of the charges within the intervals."""

    grain: Grain
    files: tuple[LakeFile, ...]


def rollup_types(grain: Grain) -> dict[str, str]:
    """Column → type, in the words of Ibis; the names are the ledger's."""
    tags = ("tags",) if grain is Grain.DAYS else ()
    texts = dict.fromkeys((*KEYS[grain], *tags, *_OF_THE_DELIVERY), "string")
    sums = dict.fromkeys(SUMMED[grain], SUM)
    flags = dict.fromkeys(FLAGS[grain], "boolean")
    return {"charge_date": "date", **flags, **texts, **sums, "charge_count": "int64"}


ALWAYS_READ = frozenset({"billing_currency", "charge_date", "charge_period_start", "charge_count", "covers_others", *_COSTS})
"""By questions of every kind; others name what they read beside these."""


def charges_table(rollup: Rollup | None = None, needs: Needs | None = None, *, name: str = "charges") -> Table:
    """A session's table `charges`: the ledger's own, or a rollup in their place; of a rollup only what is needed, which Ibis says sooner.

    It has two more columns: charge_count, how many charges a row is the sum of, and covers_others, whether it is the purchase of
    what covers other charges. A rollup's charges begin when their day, or month, begins.
    """
    if rollup is None:
        types = ledger_types() | {"charge_count": "int64", "covers_others": "boolean"}
    else:
        types = rollup_types(rollup.grain) | {"charge_period_start": "timestamp('UTC')"}
        if needs is not None:
            read = ALWAYS_READ | needs.columns | ({"tags"} if needs.tags else set())
            types = {column: type_ for column, type_ in types.items() if column in read}
    return ibis.table(types, name=name)


def rollups_address(organization_id: UUID) -> str:
    return f"{organization_address(organization_id)}/rollups"


def rollup_address(organization_id: UUID, import_id: UUID, billing_period: str, grain: Grain) -> str:
    return f"{rollups_address(organization_id)}/{import_id.hex}/{billing_period}/{grain}.{LAYOUT}.parquet"


def choose_rollup(organization_id: UUID, snapshot: Snapshot, needs: Needs) -> Rollup | None:
    """The smallest one that has all that a question needs; None where only the charges do, or one is missing, or nothing was charged."""
    charges = snapshot.files_within(needs.intervals)
    if not charges or not _at_midnight(needs.intervals):
        return None
    for grain in Grain:
        if _has(grain, needs):
            files = list(_find_files(organization_id, charges, grain))
            if all(file is not None and (not needs.tags or _has_tags(file.address, needs.tags)) for file in files):
                return Rollup(grain, tuple(file for file in files if file is not None))
    return None


def list_missing(organization_id: UUID, snapshot: Snapshot) -> list[tuple[UUID, UUID, str]]:
    """(source, import, billing period) of which a rollup is not there."""
    deliveries = sorted({(file.source_id, file.import_id, file.billing_period) for file in snapshot.files})
    home = open_home()
    return [
        (source_id, import_id, billing_period)
        for source_id, import_id, billing_period in deliveries
        if not all(home.has(rollup_address(organization_id, import_id, billing_period, grain)) for grain in Grain)
    ]


def _has(grain: Grain, needs: Needs) -> bool:
    if grain is Grain.RESOURCE_MONTHS and ("charge_date" in needs.columns or not _at_month_starts(needs.intervals)):
        return False
    known = {"charge_date", *KEYS[grain], *_OF_THE_DELIVERY, *(set(SUMMED[grain]) - set(_COSTS))}
    return needs.columns <= known and (grain is Grain.DAYS or not needs.tags)


def _at_midnight(intervals: Iterable[Interval]) -> bool:
    return all(border.astimezone(UTC).time() == time() for each in intervals for border in (each.start, each.end))


def _at_month_starts(intervals: Iterable[Interval]) -> bool:
    return all(border.astimezone(UTC).day == 1 for each in intervals for border in (each.start, each.end))


def _find_files(organization_id: UUID, charges: Sequence[LakeFile], grain: Grain) -> Iterator[LakeFile | None]:
    """One of each import's billing periods; None for one that is not there."""
    home, seen = open_home(), set()
    for file in charges:
        if (delivery := (file.import_id, file.billing_period)) not in seen:
            seen.add(delivery)
            address = rollup_address(organization_id, *delivery, grain)
            found = LakeFile(address, file.source_id, file.billing_period, file.import_id, 0, None, None, summed=True)
            yield found if home.has(address) else None


def _has_tags(address: str, tags: Collection[str]) -> bool:
    return _left_out_tags(address).isdisjoint(tags)


@lru_cache(maxsize=4_096)
def _left_out_tags(address: str) -> frozenset[str]:
    notes = pq.read_metadata(open_home().fetch(address)).metadata or {}
    return frozenset(json.loads(notes[LEFT_OUT_TAGS.encode()]))
