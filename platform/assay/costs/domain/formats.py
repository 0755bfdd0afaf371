"""What a kind of bill says about itself; how its files are read is the same for all kinds."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from assay.costs.domain.columns import Column


@dataclass(frozen=True, slots=True)
class FileColumn:
    """name: in the file. reference: in the relation. type: DuckDB's; VARCHAR for all columns of CSV."""

    name: str
    reference: str
    type: str


class Format(Protocol):
    """One instance a format.

    name: as rows and addresses write it. title: as people write it. remedy: what to do when required columns are missing.
    """

    @property
    def name(self) -> str: ...

    @property
    def title(self) -> str: ...

    @property
    def remedy(self) -> str: ...

    def inputs(self, columns: Sequence[FileColumn]) -> tuple[Column, ...]:
        """The columns that files of this format have, in the order of the ledger's. columns: of the file at hand."""
        ...
