"""Charges of single machines, read from one version of the ledger."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import groupby
from operator import attrgetter
from uuid import UUID

import ibis
import pyarrow as pa
from ibis.expr.types import Table

from assay.core.intervals import Interval
from assay.costs.domain.billed_spans import name_provider
from assay.costs.domain.ledgers import ResourceCharge
from assay.costs.domain.questions import Question
from assay.costs.selectors.engines import Session, open_session
from assay.costs.selectors.lake import find_snapshot, ledger_types

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
BATCH_ROWS = 10_000
"""How many rows of the answer are Python objects at once, beside those of the resource in hand."""


@dataclass(frozen=True, slots=True)
class Reach:
    """What a delivered billing period speaks of.

    interval: from the start of its first charge to the end of its last. providers, billed_until: as in AllocatedPeriod.
    """

    import_id: UUID
    interval: Interval
    providers: frozenset[str]
    billed_until: datetime | None


class LedgerPeriod:
    """One billing period of a source, in the version of the ledger that was opened."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._charges = ibis.table(ledger_types(), name="charges")

    def read_reach(self) -> Reach:
        """How far the period reaches; its newest usage is as old as the usage that began last."""
        [row] = self._session.ask(Question.REACH, reach_of(self._charges)).to_pylist()
        return Reach(
            import_id=UUID(row["import_id"]),
            interval=Interval(row["start"], row["end"]),
            providers=frozenset(name_provider(name) for name in row["providers"] or ()),
            billed_until=row["billed_until"],
        )

    def read_charges(self, resource_ids: Collection[str]) -> Iterator[tuple[str, list[ResourceCharge]]]:
        """Per resource that has any, its charges on the basis effective; rows over the same time are summed."""
        self._session.define("wanted", pa.table({"resource_id": pa.array(resource_ids, pa.string())}))
        expression = charges_of_wanted(self._charges)
        batches = self._session.stream(Question.RESOURCE_CHARGES, expression, batch_rows=BATCH_ROWS)
        rows = (row for batch in batches for row in _decode(batch))
        for resource_id, of_resource in groupby(rows, key=attrgetter("resource_id")):
            yield resource_id, list(of_resource)


def reach_of(charges: Table) -> Table:
    """One row: import_id, start, end, providers, billed_until."""
    usage = charges.filter(charges.charge_category == "Usage")
    newest = usage.filter(usage.charge_period_start == usage.charge_period_start.max())
    return charges.aggregate(
        import_id=charges.import_id.max(),
        start=charges.charge_period_start.min(),
        end=charges.charge_period_end.max(),
        providers=charges.service_provider_name.collect(distinct=True).sort(),
        billed_until=newest.charge_period_end.min().as_scalar(),
    )


def charges_of_wanted(charges: Table) -> Table:
    """Sums of the resources in the session's table `wanted`, in the order of their ids."""
    wanted = ibis.table({"resource_id": "string"}, name="wanted")
    keys = ["resource_id", "charge_period_start", "charge_period_end", "billing_currency"]
    sums = charges.semi_join(wanted, "resource_id").group_by(keys).aggregate(effective=charges.effective_cost.sum())
    return sums.order_by("resource_id")


def _decode(batch: pa.RecordBatch) -> Iterator[ResourceCharge]:
    """Times as whole microseconds: Arrow's own way to aware datetimes takes most of the time of an allocation."""
    ids, starts, ends, currencies, amounts = batch.columns
    micros = (starts.cast(pa.int64()).to_pylist(), ends.cast(pa.int64()).to_pylist())
    columns = zip(ids.to_pylist(), *micros, currencies.to_pylist(), amounts.to_pylist(), strict=True)
    for resource_id, start, end, currency, amount in columns:
        interval = _interval(start, end)
        yield ResourceCharge(resource_id, interval, interval.start.date(), currency, amount)


@lru_cache(maxsize=4096)
def _interval(start: int, end: int) -> Interval:
    """The same hours come back for every resource. start, end: microseconds since 1970."""
    return Interval(EPOCH + timedelta(microseconds=start), EPOCH + timedelta(microseconds=end))


@contextmanager
def open_period(organization_id: UUID, *, source_id: UUID, billing_period: str) -> Iterator[LedgerPeriod | None]:
    """A billing period of the ledger as it is now; None when the ledger holds nothing of it."""
    snapshot = find_snapshot(organization_id)
    files = snapshot.files_of(source_id, billing_period) if snapshot else ()
    if not files:
        yield None
        return
    with open_session({"charges": files}) as session:
        yield LedgerPeriod(session)
