"""Spark gives DuckDB's answers: every kind of question, on the same tables, to the last digit."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import ibis
import ibis.expr.operations as ops
import pyarrow as pa
import pytest
from ibis.expr.types import Table
from pytest_django import Settings

from assay.accounts.models import Organization
from assay.core import tenancy
from assay.core.intervals import Interval
from assay.costs.domain.basis import Basis
from assay.costs.domain.charges import Credits
from assay.costs.domain.dimensions import Dimension, Extra, Tag
from assay.costs.domain.filters import parse_filter
from assay.costs.domain.focus_exports import ExportKind, FocusFormat
from assay.costs.domain.questions import CostQuestion, Granularity, Question, RowOrder
from assay.costs.models import BillPeriod
from assay.costs.selectors import changes, charges, engines, explorer, freshness, resource_bills, resource_charges
from assay.costs.selectors.checks import asking
from assay.costs.selectors.conditions import holds, value_of
from assay.costs.selectors.engines import databricks, duckdb, spark
from assay.costs.selectors.engines.statements import NO_TABLES
from assay.costs.selectors.focus_exports import start_export
from assay.costs.selectors.lake import LakeFile, Snapshot, find_snapshot
from assay.costs.selectors.rollups import charges_table
from assay.recommendations.selectors.coverable_usage import open_commitments
from tests.breadth import WIDE
from tests.factories import focus
from tests.factories.bills import charge
from tests.factories.ledgers import deliver
from tests.factories.organizations import found_organization

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cluster")]

JANUARY = datetime(2026, 1, 1, tzinfo=UTC)
MONTH = Interval(JANUARY, datetime(2026, 2, 1, tzinfo=UTC))
BEFORE = Interval(datetime(2025, 12, 1, tzinfo=UTC), JANUARY)
ODD = r"""a.b/c~d 'e' "f" \g ${env:HOME} [0] %_ ü😀?"""
"""A key of tags, and a value."""
COMMITMENT = {"CommitmentDiscountId": ODD, "CommitmentDiscountCategory": "Usage", "CommitmentDiscountQuantity": "2"}
TAGS = {ODD: ODD, "n": 1.5, "on": True, "no": None, "in": {"x": 1, "y": ["ü", 2]}, "": "empty"}
CONDITIONS = (
    f"tags.\"{ODD.replace(chr(34), chr(34) * 2)}\" = '{ODD.replace(chr(39), chr(39) * 2)}'",
    "tags.n = '1.5'",
    "tags.on = 'true'",
    "tags.no is null",
    "tags.in like '%\"ü\"%'",
    r"charge_description like '50%\_ o__'",
    r"charge_description like '50%\%'",
    "resource like 'i-😀_'",
    "resource in ('i-2', 'it''s')",
    "not account = '000000000007'",
    "region < 'a' or region is null",
    "effective_cost > 123456789012345678.999999999999998",
    "charge_period_start >= '2026-01-01T23:00:00Z'",
    "x.note = '=1+1'",
)


@dataclass(frozen=True)
class Both:
    """Asks DuckDB and Spark, and answers as DuckDB does; where tests are wide, the first of each kind also as said to Databricks.

    asked: what was.
    """

    ours: duckdb.DuckDBSession
    theirs: spark.SparkSession
    tables: Mapping[str, Sequence[LakeFile]]
    defined: dict[str, pa.Table]
    asked: set[Question]

    def ask(self, question: Question, expression: Table, *, given: Mapping[str, Table] = NO_TABLES) -> pa.Table:
        answer = self.ours.ask(question, expression, given=given)
        assert_same(answer, self.theirs.ask(question, expression, given=given), expression)
        if WIDE and question not in self.asked:
            with self._open_workspace() as session:
                assert_same(answer, session.ask(question, expression, given=given), expression)
        self.asked.add(question)
        return answer

    @contextmanager
    def _open_workspace(self) -> Iterator[engines.Session]:
        with databricks.open_session(self.tables) as session:
            for name, rows in self.defined.items():
                session.define(name, rows)
            yield session

    def stream(self, question: Question, expression: Table, *, batch_rows: int) -> Iterator[pa.RecordBatch]:
        ours, theirs = (list(each.stream(question, expression, batch_rows=batch_rows)) for each in (self.ours, self.theirs))
        assert all(batch.num_rows <= batch_rows for batch in theirs)
        answer = pa.Table.from_batches(ours)
        assert_same(answer, pa.Table.from_batches(theirs), expression)
        if WIDE:
            with self._open_workspace() as session:
                streamed = session.stream(question, expression, batch_rows=batch_rows)
                assert_same(answer, pa.Table.from_batches(streamed), expression)
        self.asked.add(question)
        yield from ours

    def define(self, name: str, rows: pa.Table) -> None:
        self.ours.define(name, rows)
        self.theirs.define(name, rows)
        self.defined[name] = rows


class Workspace:
    """What the SQL connector offers of a connection, with Spark in the place of Databricks': both read one language, and these files."""

    def __init__(self) -> None:
        with spark.open_session({}) as session:
            self.spark = session.spark
        self.spark.conf.set("spark.sql.runSQLOnFiles", "true")
        self.answer = pa.table({})

    @contextmanager
    def cursor(self) -> Iterator["Workspace"]:
        yield self

    def execute(self, statement: str) -> None:
        self.answer = self.spark.sql(statement).toArrow()

    def fetchall_arrow(self) -> pa.Table:
        return self.answer

    def fetchmany_arrow(self, rows: int) -> pa.Table:
        found, self.answer = self.answer.slice(0, rows), self.answer.slice(rows)
        return found


def assert_same(ours: pa.Table, theirs: pa.Table, expression: Table) -> None:
    """To the type and the last digit; in the same order where the question says one."""
    assert theirs.schema.equals(ours.schema), f"{ours.schema}\n\n{theirs.schema}"
    rows, others = ([repr(row) for row in table.to_pylist()] for table in (ours, theirs))
    assert Counter(others) == Counter(rows), str(expression)
    if expression.op().find(ops.Limit):
        assert others == rows, str(expression)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> set[Question]:
    """What the product asks from now on: of both engines."""
    found: set[Question] = set()

    @contextmanager
    def open_both(tables: Mapping[str, Sequence[LakeFile]]) -> Iterator[Both]:
        with duckdb.open_session(tables) as ours, spark.open_session(tables) as theirs:
            yield Both(ours, theirs, tables, {}, found)

    monkeypatch.setattr(databricks, "_connect", lambda: nullcontext(Workspace()))
    monkeypatch.setitem(engines.ENGINES, "duckdb", open_both)
    return found


@pytest.fixture
def organization(settings: Settings, tmp_path: Path) -> Organization:
    """Two months of charges that differ in what engines might see otherwise."""
    settings.ASSAY_LAKE_URL = str(tmp_path / "a lake")
    organization = found_organization()
    hour = timedelta(hours=1)
    rows = [
        charge("i-1", JANUARY, "0.000000000000001", Tags=json.dumps(TAGS), RegionId="US"),
        charge("i-2", JANUARY, "123456789012345678.999999999999999", x_note="=1+1", ListCost=None, ContractedCost=None),
        charge("i-2", JANUARY + hour, "-123456789012345678", ChargeDescription=r"50%\_ off", Tags=None),
        charge("it's", JANUARY + 23 * hour, "3", SubAccountId=None, RegionId=None, RegionName="Somewhere", ServiceName="Ünï"),
        charge(None, JANUARY + 700 * hour, "-1", ChargeCategory="Credit", ChargeDescription="50%\\"),
        charge("i-😀é", JANUARY + 743 * hour, "5", ConsumedQuantity="3.5", InvoiceId="2"),
        charge("i-1", JANUARY, "0", EffectiveCost="0.7", CommitmentDiscountStatus="Used", **COMMITMENT),
        charge("plan", JANUARY, "0", EffectiveCost="0.3", CommitmentDiscountStatus="Unused", **COMMITMENT),
        charge("i-1", BEFORE.start, "7", ConsumedQuantity="4", InvoiceId="1"),
        *[charge("i-3", BEFORE.end - hour, "7", ConsumedQuantity=None)] * 2,
    ]
    for number, month in enumerate((rows[:8], rows[8:])):
        content = focus.write_csv(month, columns=[*focus.VERSION_1_2, "x_note"])
        deliver(organization.id, content, file_name=f"{number}.csv")
    return organization


def test_every_question_has_one_answer(organization: Organization, asked: set[Question]) -> None:
    with tenancy.scope(organization.id):
        _ask_explorer(organization)
        _ask_charges(organization)
        _export(organization)
        _ask_checks(organization)
        _ask_period(organization)
        _ask_resources(organization)
        _ask_commitments(organization)
        BillPeriod.objects.filter(organization_id=organization.id).update(charged_until=None)
        freshness.find_charged_until(organization.id)
    assert asked == set(Question), "a question that the product asks has no case here"


def _ask_explorer(organization: Organization) -> None:
    groups = {
        Granularity.HOUR: (Dimension.RESOURCE, Tag(ODD)),
        Granularity.DAY: (Dimension.ACCOUNT, Tag("n")),
        Granularity.WEEK: (Dimension.REGION,),
        Granularity.MONTH: (Extra("note"), Dimension.DAY),
    }
    for granularity, group_by in groups.items():
        question = CostQuestion(MONTH, group_by=group_by, granularity=granularity, before=BEFORE, top=2)
        explorer.answer(organization.id, question)
    changed = CostQuestion(MONTH, Basis.LIST, Credits.EXCLUDED, (Dimension.SERVICE,), before=BEFORE, order=RowOrder.CHANGE)
    explorer.answer(organization.id, changed)
    explorer.summarize(organization.id, group_by=[Dimension.SERVICE, Dimension.MONTH], interval=MONTH)
    changes.explain_change(organization.id, changed, before=BEFORE)


def _ask_charges(organization: Organization) -> None:
    question = CostQuestion(Interval(BEFORE.start, MONTH.end))
    page = charges.list_charges(organization.id, question, limit=3)
    charges.list_charges(organization.id, question, limit=3, cursor=page.next_cursor)


def _export(organization: Organization) -> None:
    question = CostQuestion(Interval(BEFORE.start, MONTH.end))
    lines = b"".join(start_export(organization.id, question, FocusFormat.FOCUS_1_2, ExportKind.CSV)).splitlines()
    assert len(lines) == 1 + 11


def _ask_checks(organization: Organization) -> None:
    """What several charges say of one thing is one statement with other names: it is asked once."""
    one_of_each = {getattr(rule.groups, "__name__", type(rule.groups).__name__): rule for rule in asking.SUMS}
    asking._statements()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(asking, "SUMS", tuple(one_of_each.values()))
        assert len([one for one in asking.check_ledger(organization.id).results if one.failing]) > 3


def _ask_period(organization: Organization) -> None:
    file = _snapshot(organization).files[0]
    with (
        pytest.MonkeyPatch.context() as patched,
        resource_charges.open_period(organization.id, source_id=file.source_id, billing_period="2026-01") as period,
    ):
        patched.setattr(resource_charges, "BATCH_ROWS", 1)
        assert period is not None
        period.read_reach()
        assert [resource for resource, _ in period.read_charges(["it's", "i-2", "i-😀é"])] == ["i-2", "i-😀é", "it's"]


def _ask_resources(organization: Organization) -> None:
    sums = resource_bills.read_resource_sums(organization.id, MONTH)
    assert sums["i-1", "USD"].days == 1
    costs = resource_bills.read_daily_costs(organization.id, Interval(BEFORE.start, MONTH.end), resource_ids=["i-1", "i-3"])
    assert [len(days) for days in costs.values()] == [2, 1]


def _ask_commitments(organization: Organization) -> None:
    with open_commitments(organization.id, MONTH) as ledger:
        assert ledger is not None
        [held] = ledger.list_commitments()
        assert len(ledger.read_hours("USD")[held.id]) == 1
        assert {key.resource for key in ledger.read_usage_of("USD", ["i-1", "i-3"]).keys} == {"i-1"}
        assert {bool(key.commitment) for key in ledger.read_sums("USD")} == {True, False}
        assert len(ledger.read_usage("USD").keys) == len(ledger.read_sums("USD"))


def _snapshot(organization: Organization) -> Snapshot:
    snapshot = find_snapshot(organization.id)
    assert snapshot is not None
    return snapshot


def test_every_condition_holds_of_the_same_charges(organization: Organization, asked: set[Question]) -> None:
    table = charges_table()
    texts = {f"tag_{i}": value_of(table, Tag(key)) for i, key in enumerate((*TAGS, "absent"))}
    conditions = {f"holds_{i}": holds(table, parse_filter(text)) for i, text in enumerate(CONDITIONS)}
    with engines.open_session({"charges": _snapshot(organization).files}) as session:
        found = session.ask(Question.CHARGES, table.select("charge_description", **texts, **conditions)).to_pydict()
    assert [name for name in conditions if True not in found[name]] == [], "each holds of a charge"
    assert set(found["tag_0"]) == {ODD, None}


def test_a_setting_makes_spark_the_engine(organization: Organization, settings: Settings) -> None:
    answers = []
    for engine in ("duckdb", "spark"):
        settings.ASSAY_LAKE_ENGINE = engine
        with tenancy.scope(organization.id):
            answers.append(explorer.answer(organization.id, CostQuestion(MONTH, group_by=(Dimension.RESOURCE,))))
    assert answers[0] == answers[1]


def test_a_session_knows_its_own_tables_alone(organization: Organization) -> None:
    from pyspark.errors import AnalysisException

    files = _snapshot(organization).files
    path = f"parquet.`{files[0].address}`"
    with spark.open_session({"charges": files}) as mine, spark.open_session({"others": files}) as theirs:
        for session, table in ((theirs, "charges"), (mine, "others"), (mine, path)):
            with pytest.raises(AnalysisException, match=r"TABLE_OR_VIEW_NOT_FOUND|runSQLOnFiles"):
                session.spark.sql(f"SELECT * FROM {table}")
        with pytest.raises(AnalysisException, match="TABLE_OR_VIEW_NOT_FOUND"):
            mine.ask(Question.SUMS, ibis.table({"resource_id": "string"}, name="others"))
