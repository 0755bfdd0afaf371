"""Whether what was converted is what the files say: rows, sums, and what a format knows must be equal."""
# ruff: noqa: S608  built of Assay's own columns, and of quoted names

from collections.abc import Collection, Iterator, Mapping, Sequence
from decimal import Decimal

import duckdb

from assay.core.money import EXACT
from assay.costs.domain.formats import Equality
from assay.costs.domain.imports import Invariant
from assay.costs.formats.reading import Bill, Tally
from assay.costs.selectors.lake import scan_sql

SHOWN = 3


class LedgerDiffers(RuntimeError):
    """What was converted does not sum to what the files say: a defect of the conversion, and nothing is committed."""


def compare(
    connection: duckdb.DuckDBPyConnection, bill: Bill, tally: Tally, paths: Sequence[str], *, rows: int
) -> tuple[Invariant, ...]:
    """rows: of the ledger, without remainders. paths: of the written files. raises: LedgerDiffers."""
    if rows != tally.converted:
        raise LedgerDiffers(f"{_names(bill)}: {tally.rows} rows become {tally.converted}, converted were {rows}")
    detail = f"Rows: {tally.rows:,}; rows in the ledger: {rows:,}."
    others = []
    pairs = list(_pair(bill, tally))
    totals = _sum_totals(connection, [equality for equality, _ in pairs if not equality.ledger_key], paths)
    for equality, sums in pairs:
        ledger = _sum_by_key(connection, equality, sums, paths) if equality.ledger_key else {"": next(totals)}
        differing = [
            (key, expected, ledger.get(key, Decimal(0)))
            for key, expected in sums.items()
            if not _is_equal(equality, expected, ledger.get(key, Decimal(0)))
        ]
        if differing and equality.certain:
            raise LedgerDiffers(f"{_names(bill)}: {equality.name}: {_tell(differing)}")
        if not equality.certain:
            agreed = _tell(differing) if differing else f"Sums that agree: {len(sums):,}."
            others.append(Invariant(equality.name, not differing, agreed))
    all_sums = Invariant("Rows and sums are those of the files", True, f"{detail} All sums of costs agree to the last decimal.")
    return (all_sums, *_check_known(bill, tally), *others)


def _pair(bill: Bill, tally: Tally) -> Iterator[tuple[Equality, Mapping[str, Decimal]]]:
    """Each equality with the sums of the files by key; the key is empty for one sum."""
    totals = iter(tally.sums)
    keyed = tally.sums_by_key[bool(bill.conversion.remainder) + bool(bill.conversion.unknown) :]
    equalities = bill.conversion.equalities
    by_key, applied = iter(keyed), iter(keyed[sum(bool(equality.source_key) for equality in equalities) :])
    for equality in equalities:
        sums = next(by_key) if equality.source_key else {"": next(totals)}
        if not equality.applies or next(applied):
            yield equality, sums


def _sum_totals(
    connection: duckdb.DuckDBPyConnection, equalities: Sequence[Equality], paths: Sequence[str]
) -> Iterator[Decimal]:
    """Sums of the ledger's whole, in order; of one scan."""
    if equalities:
        sums = ", ".join(f"sum({equality.ledger})" for equality in equalities)
        found = connection.execute(f"SELECT {sums} FROM {scan_sql(paths)}").fetchall()[0]
        yield from (amount or Decimal(0) for amount in found)


def _sum_by_key(
    connection: duckdb.DuckDBPyConnection, equality: Equality, wanted: Collection[str], paths: Sequence[str]
) -> dict[str, Decimal]:
    if not wanted:
        return {}
    found = connection.execute(
        f"SELECT {equality.ledger_key}, sum({equality.ledger}) FROM {scan_sql(paths)} GROUP BY ALL"
    ).fetchall()
    return {name: amount or Decimal(0) for name, amount in found}


def _is_equal(equality: Equality, expected: Decimal, found: Decimal) -> bool:
    allowed = EXACT.multiply(equality.tolerance, max(abs(expected), Decimal(1)))
    return abs(EXACT.subtract(expected, found)) <= allowed


def _check_known(bill: Bill, tally: Tally) -> Iterator[Invariant]:
    if bill.conversion.unknown:
        found = tally.sums_by_key[bool(bill.conversion.remainder)]
        told = "; ".join(f"{name}: {count:,.0f}" for name, count in sorted(found.items()))
        yield Invariant(f"All kinds of rows are known to {bill.format.title}", not found, told or "No other was found.")


def _tell(differing: Sequence[tuple[str, Decimal, Decimal]]) -> str:
    shown = "; ".join(
        f"{key + ': ' if key else ''}{expected:f} in the files, {found:f} in the ledger"
        for key, expected, found in differing[:SHOWN]
    )
    more = len(differing) - SHOWN
    return f"{shown}; and {more:,} more." if more > 0 else f"{shown}."


def _names(bill: Bill) -> str:
    return ", ".join(bill_file.name for group in bill.groups for bill_file in group.files)
