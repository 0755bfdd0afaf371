"""Spark as Assay uses it: in UTC, in exact decimals, and over the very files of one version of the ledger.

Every process has a Spark of its own, with a Java machine beside it; how much memory it may take and where its executors run is said
as Spark's users say it, in `spark-defaults.conf` (SPARK_CONF_DIR) and ASSAY_SPARK_MASTER. Executors must see the lake's folder, or the
folder that keeps files of a bucket, under the same path.
"""

import atexit
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
import sqlglot
from django.conf import settings
from ibis.expr.types import Table

from assay.core.errors import Unavailable
from assay.costs.domain.questions import Question
from assay.costs.selectors.engines.answers import conform
from assay.costs.selectors.engines.statements import NO_TABLES, say_to_spark
from assay.costs.selectors.lake import LakeFile, columns_beside, fetch_files

if TYPE_CHECKING:
    from pyspark.sql import DataFrame
    from pyspark.sql import SparkSession as Spark

OPTIONS = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.decimalOperations.allowPrecisionLoss": "false",
    "spark.sql.sources.partitionColumnTypeInference.enabled": "false",
    "spark.sql.runSQLOnFiles": "false",  # no statement names a file
    "spark.sql.variable.substitute": "false",  # ${env:…} in a filter is only text
    "spark.sql.catalogImplementation": "in-memory",
    "spark.sql.sources.parallelPartitionDiscovery.threshold": "100000",  # files are named one by one: nothing is searched
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
}
LOOPBACK = {"spark.driver.bindAddress": "127.0.0.1", "spark.driver.host": "127.0.0.1"}
GLOB, ESCAPED = re.compile(r"([][{}*?\\])"), r"\\\1"


@dataclass(frozen=True, slots=True)
class SparkSession:
    """Ibis's words, run by Spark itself; views are the session's own."""

    spark: "Spark"

    def ask(self, question: Question, expression: Table, *, given: Mapping[str, Table] = NO_TABLES) -> pa.Table:
        return conform(self._run(expression, given).toArrow(), expression)

    def stream(self, question: Question, expression: Table, *, batch_rows: int) -> Iterator[pa.RecordBatch]:
        """One of Spark's partitions at a time is in this process. PySpark itself streams only rows of Python."""
        from pyspark import RDD
        from pyspark.serializers import NoOpSerializer
        from pyspark.sql.pandas.types import to_arrow_schema

        self.spark.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", str(batch_rows))
        frame = self._run(expression)
        schema = to_arrow_schema(frame.schema, timezone="UTC")
        encoded = RDD(frame._jdf.toArrowBatchRdd().toJavaRDD(), self.spark.sparkContext, NoOpSerializer())
        for message in encoded.toLocalIterator():
            batch = pa.ipc.read_record_batch(pa.py_buffer(message), schema)
            yield from conform(pa.Table.from_batches([batch]), expression).to_batches(batch_rows)

    def define(self, name: str, rows: pa.Table) -> None:
        self.spark.createDataFrame(rows).createOrReplaceTempView(name)

    def _run(self, expression: Table, given: Mapping[str, Table] = NO_TABLES) -> "DataFrame":
        return self.spark.sql(say_to_spark(expression, given))


@contextmanager
def open_session(tables: Mapping[str, Sequence[LakeFile]]) -> Iterator[SparkSession]:
    """A session of this process's Spark: its views are temporary, and no other session knows them."""
    with _lock:
        spark = _open_process_engine().newSession()
    for name, files in tables.items():
        _read_files(spark, files).createTempView(name)
    try:
        yield SparkSession(spark)
    finally:
        for name in tables:
            spark.catalog.dropTempView(name)


def _read_files(spark: "Spark", files: Sequence[LakeFile]) -> "DataFrame":
    """Types are those of the first file, and texts for partition columns, which come from the paths."""
    from pyspark.sql.pandas.types import from_arrow_schema

    paths = [Path(path) for path in fetch_files(files)]
    base = next(folder for folder in paths[0].parents if "=" not in folder.name)
    named = [f"file://{GLOB.sub(ESCAPED, str(path.absolute()))}" for path in paths]
    reader = spark.read.schema(from_arrow_schema(pq.read_schema(paths[0])))
    frame = (reader if files[0].summed else reader.option("basePath", f"file://{base.absolute()}")).parquet(*named)
    beside = (
        f"{sqlglot.transpile(value, read='duckdb', write='spark')[0]} AS {column}"
        for column, value in columns_beside(files).items()
    )
    return frame.selectExpr("*", *beside)


_lock = Lock()
_engine: "list[tuple[int, Spark]]" = []
"""This process's number and its Spark, once there is one."""


def _open_process_engine() -> "Spark":
    """Starting Spark takes seconds."""
    if not _engine:
        _engine.append((os.getpid(), _open()))
    process, spark = _engine[0]
    if process != os.getpid():
        raise Unavailable(
            "Spark was started before this process was forked: ask the first question in the process that needs it."
        )
    return spark


def _open() -> "Spark":
    try:
        from pyspark.errors import PySparkRuntimeError
        from pyspark.sql import SparkSession as Spark
    except ImportError as error:
        raise Unavailable(
            "ASSAY_LAKE_ENGINE is spark, and PySpark is not installed: install Assay with its extra `spark`, or choose duckdb."
        ) from error
    master: str = settings.ASSAY_SPARK_MASTER
    options = OPTIONS | {"spark.master": master, "spark.sql.warehouse.dir": f"{settings.ASSAY_HOME}/spark-warehouse"}
    if master.startswith("local"):
        os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
        options |= LOOPBACK
    try:
        opened = Spark.builder.appName("assay").config(map=options).getOrCreate()
    except PySparkRuntimeError as error:
        raise Unavailable(
            f"Spark did not start: {error} Java 17 or newer is needed, on the PATH or named by JAVA_HOME; the log says more."
        ) from error
    atexit.register(stop_process_engine)
    return opened


def stop_process_engine() -> None:
    """At the end of the process; a question after that starts another."""
    while _engine:
        process, spark = _engine.pop()
        if process == os.getpid():
            spark.stop()
