"""What a kind of bill says about itself; how its files are read is the same for all kinds."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Protocol

from assay.costs.domain.columns import Column


@dataclass(frozen=True, slots=True)
class FileColumn:
    """name: in the file. reference: SQL of its value in the relation. type: DuckDB's; VARCHAR for all columns of CSV."""

    name: str
    reference: str
    type: str


@dataclass(frozen=True, slots=True)
class Detection:
    """score: how many columns speak for the format. version: empty where columns do not tell."""

    score: int
    version: str = ""


@dataclass(frozen=True, slots=True)
class Remainder:
    """What rows sum to beyond what the ledger took of them: one more row per key where it is not zero.

    rows: SQL over inputs, true for the rows that count. keys: name → text over inputs, never empty. amount: over inputs.
    columns: ledger column → SQL over the keys, which are text, and `amount`.
    """

    rows: str
    keys: Mapping[str, str]
    amount: str
    columns: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Equality:
    """A sum of the files that is a sum of the ledger.

    source: SQL over inputs. ledger: SQL over the ledger's columns. source_key, ledger_key: one sum per key, compared where the files have the key.
    applies: condition over inputs; compared where some row fulfils it. tolerance: of the sum, or of 1. certain: a difference is a
    defect of the conversion, and nothing is committed; else it is something that the bill says of itself.
    """

    name: str
    source: str
    ledger: str
    source_key: str = ""
    ledger_key: str = ""
    applies: str = ""
    tolerance: Decimal = Decimal(0)
    certain: bool = False


@dataclass(frozen=True, slots=True)
class Conversion:
    """SQL over the names of the inputs, which are read, checked and typed by then; absent ones are NULL of their type.

    named: name → what the other SQL speaks of by name, worked out once a row. columns: ledger column → its value; absent ones are NULL. kept: inputs that go to x_columns beside unknown columns.
    parts: a list of integers, one row of the ledger per element, which columns see as `part`; empty: one row each.
    keep: condition of the rows that are charges. left_out: what the others are, for the log. unknown: text that names what a row
    has that the format does not know, NULL where all is known. remainder: one more row per group where not zero.
    """

    columns: Mapping[str, str]
    named: Mapping[str, str] = field(default_factory=dict)
    kept: tuple[str, ...] = ()
    parts: str = ""
    keep: str = ""
    left_out: str = ""
    unknown: str = ""
    remainder: Remainder | None = None
    equalities: tuple[Equality, ...] = field(default=())


class Format(Protocol):
    """One instance a format.

    name: as rows and addresses write it. title: as people write it. remedy: what to do when required columns are missing.
    merges: whether columns that are one but for case are taken together, the first that has a value; else they are refused.
    """

    @property
    def name(self) -> str: ...

    @property
    def title(self) -> str: ...

    @property
    def remedy(self) -> str: ...

    @property
    def merges(self) -> bool: ...

    def canonical(self, column: str) -> str:
        """A column's name whatever the kind of file: lineItem/UnblendedCost → line_item_unblended_cost."""
        ...

    def detect(self, columns: Sequence[FileColumn]) -> Detection | None:
        """Whether a file with these columns is of this format."""
        ...

    def inputs(self, columns: Sequence[FileColumn]) -> tuple[Column, ...]:
        """The columns that files of this format have, of which convert speaks. columns: of the file at hand."""
        ...

    def convert(self, present: Collection[str]) -> Conversion:
        """present: ledger names of the inputs that the files have."""
        ...
