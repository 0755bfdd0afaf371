"""Sums over the rows of files, taken while they pass to the ledger: a CSV file is read once."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from inspect import Parameter, Signature
from threading import Lock
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
from duckdb.func import FunctionNullHandling, PythonUDFType

from assay.core.money import EXACT
from assay.costs.formats.reading.values import DECIMAL

FUNCTION = "assay_tally"
BATCHES = 64
"""So many batches of rows are added up at once: a batch has some 2,000."""


@dataclass(slots=True)
class Tally:
    """Watches every row of one statement, whose WHERE is condition().

    amounts: SQL of decimals, summed. keyed: (key, amount) in SQL, summed by key where that is not NULL. parts: SQL of how many
    rows a row becomes. noted: SQL of an integer, each bit of which says something of the row.
    """

    amounts: Sequence[str]
    keyed: Sequence[tuple[str, str]]
    parts: str
    noted: str
    rows: int = 0
    left_out: int = 0
    converted: int = 0
    sums: list[Decimal] = field(default_factory=list)
    sums_by_key: list[dict[str, Decimal]] = field(default_factory=list)
    notes: Counter[int] = field(default_factory=Counter)
    _waiting: list[tuple[pa.ChunkedArray, ...]] = field(default_factory=list)
    _alone: Lock = field(default_factory=Lock)

    def register(self, connection: duckdb.DuckDBPyConnection) -> None:
        """The function of this connection that condition() calls, in place of an earlier one."""
        self.sums = [Decimal(0)] * len(self.amounts)
        self.sums_by_key = [defaultdict(Decimal) for _ in self.keyed]
        types: list[Any] = ["INTEGER", "BIGINT", *[DECIMAL] * len(self.amounts), *["VARCHAR", DECIMAL] * len(self.keyed)]
        connection.create_function(
            FUNCTION,
            self._with_arity(len(types)),
            types,
            "BOOLEAN",
            type=PythonUDFType.ARROW,
            null_handling=FunctionNullHandling.SPECIAL,
            side_effects=True,
        )

    def _with_arity(self, count: int) -> Callable[..., pa.Array]:
        """DuckDB wants to see as many parameters as there are types."""

        def watch(*values: pa.ChunkedArray) -> pa.Array:
            return self._watch(*values)

        parameters = [Parameter(f"p{place}", Parameter.POSITIONAL_ONLY) for place in range(count)]
        watch.__signature__ = Signature(parameters)  # type: ignore[attr-defined]
        return watch

    def condition(self) -> str:
        """Always true."""
        keyed = [sql for pair in self.keyed for sql in pair]
        return f"{FUNCTION}({', '.join((self.parts, self.noted, *self.amounts, *keyed))})"

    def finish(self) -> None:
        """Add up what the last rows left; once the statement is done."""
        with self._alone:
            self._add_up()

    def _watch(self, *values: pa.ChunkedArray) -> pa.Array:
        """Called by DuckDB's threads."""
        with self._alone:
            self._waiting.append(values)
            if len(self._waiting) >= BATCHES:
                self._add_up()
        return pa.repeat(True, len(values[0]))

    def _add_up(self) -> None:
        waiting, self._waiting = self._waiting, []
        columns = [
            pa.chunked_array([chunk for value in column for chunk in value.chunks]) for column in zip(*waiting, strict=True)
        ]
        if columns:
            self._add(*columns)

    def _add(self, parts: pa.ChunkedArray, noted: pa.ChunkedArray, *values: pa.ChunkedArray) -> None:
        count = len(parts)
        became = pc.sum(parts).as_py() or 0
        self.rows += count
        self.converted += became
        if became != count:
            self.left_out += pc.sum(pc.equal(parts, 0)).as_py() or 0
        if pc.max(noted).as_py():
            self._count_bits(noted)
        for place in range(len(self.amounts)):
            amount = pc.sum(values[place]).as_py()
            if amount is not None:
                self.sums[place] = EXACT.add(self.sums[place], amount)
        for place, sums in enumerate(self.sums_by_key):
            keys, amounts = values[len(self.amounts) + 2 * place], values[len(self.amounts) + 2 * place + 1]
            if keys.null_count < count:
                _add_by_key(sums, keys, amounts)

    def _count_bits(self, noted: pa.ChunkedArray) -> None:
        for item in pc.value_counts(noted).to_pylist():
            bits = item["values"] or 0
            self.notes.update({bit: item["counts"] for bit in range(bits.bit_length()) if bits >> bit & 1})


def _add_by_key(sums: dict[str, Decimal], keys: pa.ChunkedArray, amounts: pa.ChunkedArray) -> None:
    table = pa.table({"key": keys, "amount": amounts}).filter(pc.is_valid(keys))
    for row in table.group_by("key").aggregate([("amount", "sum")]).to_pylist():
        if row["amount_sum"] is not None:
            sums[row["key"]] = EXACT.add(sums[row["key"]], row["amount_sum"])
