"""A question takes no more memory than questions are given, however much it asks for."""

from collections.abc import Iterator

import duckdb
import ibis
import pytest

from assay.accounts.models import Organization
from assay.costs.domain.questions import Question
from assay.costs.selectors.engines import duckdb as engine
from assay.costs.selectors.engines import open_session
from assay.costs.selectors.lake import find_snapshot
from assay.costs.selectors.rollups import charges_table
from tests.factories import focus
from tests.factories.ledgers import deliver
from tests.factories.organizations import found_organization

pytestmark = pytest.mark.django_db

BOUND = 32 << 20
COPIES = 4_000_000


@pytest.fixture(autouse=True)
def bounded(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An engine of its own for these questions, with less memory."""
    engines: dict[int, duckdb.DuckDBPyConnection] = {}
    monkeypatch.setattr(engine, "QUESTION_MEMORY_BYTES", BOUND)
    monkeypatch.setattr(engine, "_process_engines", engines)
    yield
    for opened in engines.values():
        opened.close()


@pytest.fixture
def organization() -> Organization:
    organization = found_organization()
    deliver(organization.id, focus.write_csv([focus.make_charge()]))
    return organization


def test_a_question_that_needs_more_memory_than_there_is_fails_and_the_next_is_answered(organization: Organization) -> None:
    snapshot = find_snapshot(organization.id)
    assert snapshot is not None
    charges = charges_table()
    copied = charges.mutate(copy=ibis.range(COPIES).unnest())
    greedy = copied.group_by(copied.copy).aggregate(names=copied.resource_id.collect())
    with open_session({"charges": snapshot.files}) as first, open_session({"charges": snapshot.files}) as second:
        with pytest.raises(duckdb.OutOfMemoryException):
            first.ask(Question.SUMS, greedy)
        counted = second.ask(Question.SUMS, charges.aggregate(found=charges.count()))
    assert counted.to_pylist() == [{"found": 1}]
