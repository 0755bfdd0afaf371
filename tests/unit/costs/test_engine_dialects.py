"""Every question of the product can be said to every engine."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

import pyarrow as pa
import pytest
from ibis.expr.types import Table

from assay.core import tenancy
from assay.core.intervals import Interval
from assay.costs.domain.dimensions import Dimension, Tag
from assay.costs.domain.focus_exports import ExportKind, FocusFormat
from assay.costs.domain.questions import CostQuestion, Granularity, Question
from assay.costs.models import BillPeriod
from assay.costs.selectors import changes, charges, explorer, freshness, resource_bills
from assay.costs.selectors.checks import check_ledger
from assay.costs.selectors.engines.duckdb import DuckDBSession
from assay.costs.selectors.engines.statements import NO_TABLES, say_to_databricks, say_to_spark
from assay.costs.selectors.focus_exports import start_export
from assay.costs.selectors.resource_charges import open_period
from assay.recommendations.selectors.coverable_usage import open_commitments
from tests.factories import focus
from tests.factories.ledgers import deliver
from tests.factories.organizations import found_organization

pytestmark = pytest.mark.django_db

YEAR = Interval(datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))
COMMITMENT = {"CommitmentDiscountId": "plan", "CommitmentDiscountCategory": "Usage", "CommitmentDiscountQuantity": "1"}
BEFORE = Interval(datetime(2025, 1, 1, tzinfo=UTC), YEAR.start)
Asked = list[tuple[Question, Table, Mapping[str, Table]]]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    """What the product asks from now on."""
    found: Asked = []
    ask, stream = DuckDBSession.ask, DuckDBSession.stream

    def note_ask(
        session: DuckDBSession, question: Question, expression: Table, *, given: Mapping[str, Table] = NO_TABLES
    ) -> pa.Table:
        found.append((question, expression, given))
        return ask(session, question, expression, given=given)

    def note_stream(
        session: DuckDBSession, question: Question, expression: Table, *, batch_rows: int
    ) -> Iterator[pa.RecordBatch]:
        found.append((question, expression, NO_TABLES))
        return stream(session, question, expression, batch_rows=batch_rows)

    monkeypatch.setattr(DuckDBSession, "ask", note_ask)
    monkeypatch.setattr(DuckDBSession, "stream", note_stream)
    return found


def test_every_question_compiles_for_spark_and_databricks(asked: Asked) -> None:
    organization = found_organization()
    bill = [
        focus.make_charge("1", ListCost=None),
        focus.make_charge("1", ListCost=None),
        focus.make_charge("2", ResourceId="i-2"),
    ]
    delivered = deliver(organization.id, focus.write_csv(bill))
    with tenancy.scope(organization.id):
        explorer.summarize(organization.id, group_by=[Dimension.SERVICE, Dimension.MONTH], interval=YEAR)
        for granularity in Granularity:
            month = Interval(YEAR.start, datetime(2026, 2, 1, tzinfo=UTC))
            groups = (Dimension.RESOURCE, Tag("team"))
            explorer.answer(organization.id, CostQuestion(month, group_by=groups, granularity=granularity, before=BEFORE))
        question = CostQuestion(YEAR)
        changes.explain_change(organization.id, question, before=BEFORE)
        charges.list_charges(organization.id, question)
        assert len(b"".join(start_export(organization.id, question, FocusFormat.FOCUS_1_2, ExportKind.CSV)).splitlines()) == 4
        assert len([one for one in check_ledger(organization.id).results if one.failing]) == 2
        resource_bills.read_resource_sums(organization.id, month)
        resource_bills.read_daily_costs(organization.id, month, resource_ids=["i-2"])
        BillPeriod.objects.filter(organization_id=organization.id).update(charged_until=None)
        freshness.find_charged_until(organization.id)
        with open_period(organization.id, source_id=delivered.source_id, billing_period="2026-01") as period:
            assert period is not None
            period.read_reach()
            assert [resource for resource, _ in period.read_charges(["i-2"])] == ["i-2"]
    _ask_commitments()
    assert {question for question, *_ in asked} == set(Question)
    for _, expression, given in asked:
        for say in (say_to_spark, say_to_databricks):
            statement = say(expression, given)
            assert "FROM `charges`" in statement or "FROM `whole`" in statement


def _ask_commitments() -> None:
    organization = found_organization()
    row = focus.make_charge("0", EffectiveCost="1", CommitmentDiscountStatus="Used", **COMMITMENT)
    deliver(organization.id, focus.write_csv([row]))
    with tenancy.scope(organization.id), open_commitments(organization.id, YEAR) as committed:
        assert committed is not None
        assert len(committed.list_commitments()) == 1
        for read in (committed.read_hours, committed.read_sums, committed.read_usage):
            read("USD")
        assert len(committed.read_usage_of("USD", ["i-0123456789abcdef0"]).keys) == 1
