"""Charges of the ledger in the columns of a FOCUS version, batch by batch."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

import ibis
import pyarrow as pa
from ibis.expr.types import StringValue, Table, Value

from assay.costs.domain.columns import FOCUS_COLUMNS
from assay.costs.domain.focus_exports import CUSTOM, ExportKind, FocusFormat, Texts, name_custom, order_keys
from assay.costs.domain.focus_model import columns_of
from assay.costs.domain.questions import CostQuestion, Question
from assay.costs.selectors.conditions import list_keys, tag_of
from assay.costs.selectors.export_files import write_file
from assay.costs.selectors.questions import SINGLE_CHARGES, Choice, Ledger, open_ledger
from assay.costs.selectors.rollups import Needs, charges_table

BATCH_ROWS = 20_000
LEDGER_NAMES = {column.name: column.ledger_name for column in FOCUS_COLUMNS}
STAND_INS = {
    "ProviderName": ("service_provider_name",),
    "PublisherName": ("service_provider_name", "provider_name"),
    "ServiceProviderName": ("provider_name",),
}
"""Columns that a version wants filled and another one calls otherwise: what is taken where the ledger has none."""
IMPLIED = {"ServiceProviderName": "ProviderName"}
"""Columns that an import fills from an older one: not written beside it where they are equal."""


@dataclass(frozen=True, slots=True)
class FocusExport:
    """schema: of all batches."""

    schema: pa.Schema
    batches: Iterator[pa.RecordBatch]


def start_export(
    organization_id: UUID, question: CostQuestion, format_: FocusFormat, kind: ExportKind, *, texts: Texts = Texts.EXACT
) -> Iterator[bytes]:
    """The file in pieces, the first of which is there when this returns: what cannot be answered is refused before a file begins."""

    def write() -> Iterator[bytes]:
        with open_export(organization_id, question, format_) as export:
            yield from write_file(export.schema, export.batches, kind, texts=texts)

    pieces = write()
    return _resume(next(pieces), pieces)


def _resume(first: bytes, pieces: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from pieces


@contextmanager
def open_export(organization_id: UUID, question: CostQuestion, format_: FocusFormat) -> Iterator[FocusExport]:
    """The charges that a question counts, in no order; the ledger as it is when this is opened.

    Columns of the version come first, by name. Columns of other versions that have values follow as `x_` and their FOCUS name, and
    then the bill's custom ones, so that nothing is lost and an import finds everything again.
    """
    with open_ledger(organization_id, Needs((question.interval,), frozenset({SINGLE_CHARGES}))) as ledger:
        if ledger is None:
            empty = _select(charges_table(), format_, (), ())
            yield FocusExport(empty.schema().to_pyarrow(), iter(()))
            return
        chosen = ledger.choose(Choice((question.interval,), question.filter, question.credits))
        expression = _select(chosen, format_, _find_others(ledger, chosen, format_), _find_keys(ledger, chosen))
        batches = ledger.stream(Question.EXPORTED_CHARGES, expression, batch_rows=BATCH_ROWS)
        schema = expression.schema().to_pyarrow()
        yield FocusExport(schema, (batch.cast(schema) for batch in batches))


def _select(chosen: Table, format_: FocusFormat, others: Sequence[str], keys: Sequence[str]) -> Table:
    own: dict[str, Value] = {name: _value(chosen, name) for name in columns_of(format_.version)}
    beside = {f"{CUSTOM}{name}": chosen[LEDGER_NAMES[name]] for name in others}
    taken = {name.lower() for name in beside}
    custom = {name: _custom(chosen, found) for name, found in name_custom(keys).items() if name.lower() not in taken}
    return chosen.select(**own, **beside, **custom)


def _value(chosen: Table, name: str) -> Value:
    own = chosen[LEDGER_NAMES[name]]
    value: Value = ibis.coalesce(own, *(chosen[other] for other in STAND_INS[name])) if name in STAND_INS else own
    return value


def _custom(chosen: Table, keys: Sequence[str]) -> StringValue:
    value: StringValue = ibis.coalesce(*(tag_of(chosen.x_columns, key) for key in keys))
    return value


def _find_others(ledger: Ledger, chosen: Table, format_: FocusFormat) -> list[str]:
    """FOCUS columns that the version does not have, and the ledger does here."""
    version = set(columns_of(format_.version))
    others = [name for name in sorted(LEDGER_NAMES) if name not in version]
    (found,) = ledger.ask(Question.EXPORTED_COLUMNS, chosen.aggregate(**{name: _says(chosen, name) for name in others}))
    return [name for name in others if found[name]]


def _says(chosen: Table, name: str) -> Value:
    """How many charges have a value in it that an import would not find by itself."""
    own = chosen[LEDGER_NAMES[name]]
    told = own.notnull()
    if name in IMPLIED:
        told = told & (own != _value(chosen, IMPLIED[name]))
    count: Value = told.ifelse(1, 0).sum()
    return count


def _find_keys(ledger: Ledger, chosen: Table) -> list[str]:
    """Of the custom columns, in the order of the bill."""
    custom = chosen.filter(chosen.x_columns.notnull())
    return order_keys(
        row["keys"] for row in ledger.ask(Question.EXPORTED_KEYS, custom.select(keys=list_keys(custom.x_columns)).distinct())
    )
