"""Engines that answer questions, in Ibis's words, about files of the lake."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

import pyarrow as pa
from django.conf import settings
from ibis.expr.types import Table

from assay.costs.domain.questions import Question
from assay.costs.selectors.engines import databricks, duckdb, spark
from assay.costs.selectors.engines.statements import NO_TABLES
from assay.costs.selectors.lake import LakeFile


class Session(Protocol):
    """An engine that knows some tables, and nothing else."""

    def ask(self, question: Question, expression: Table, *, given: Mapping[str, Table] = NO_TABLES) -> pa.Table:
        """The whole answer; amounts are exact decimals, times aware. given: expressions by the names under which this one reads them."""
        ...

    def stream(self, question: Question, expression: Table, *, batch_rows: int) -> Iterator[pa.RecordBatch]:
        """The same in batches of at most so many rows."""
        ...

    def define(self, name: str, rows: pa.Table) -> None:
        """One more table for expressions of this session, of rows in memory."""
        ...


@contextmanager
def open_session(tables: Mapping[str, Sequence[LakeFile]]) -> Iterator[Session]:
    """tables: name → its files, at least one; expressions can name no other table."""
    with ENGINES[settings.ASSAY_LAKE_ENGINE](tables) as session:
        yield session


ENGINES: dict[str, Callable[[Mapping[str, Sequence[LakeFile]]], AbstractContextManager[Session]]] = {
    "duckdb": duckdb.open_session,
    "spark": spark.open_session,
    "databricks": databricks.open_session,
}
"""What ASSAY_LAKE_ENGINE may say."""
