"""Runs of a leaderboard, ranked beside their dollars."""

import math
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest

from assay.costs.domain.run_costs import RunCostState
from assay.leaderboards.domain.rankings import Direction
from assay.leaderboards.domain.values import Included
from assay.leaderboards.selectors import rankings
from assay.leaderboards.selectors.rankings import rank
from assay.leaderboards.services.leaderboards import LeaderboardDraft, create_leaderboard
from assay.tracking.domain.states import RunStatus
from assay.tracking.services import runs
from tests.factories.runs import finish_run
from tests.factories.statements import noted_statements

AT = datetime(2026, 3, 3, 9, tzinfo=UTC)
KEY = "val accuracy"


def enter(ada: UUID, draft: LeaderboardDraft, name: str, value: float, hours: int, **more: object) -> None:
    finish_run(ada, draft.experiment_id, name=name, started_at=AT, hours=hours, metrics={KEY: value}, **more)  # type: ignore[arg-type]  # test values


def ranked(ada: UUID, draft: LeaderboardDraft, included: Included = Included.FINISHED) -> list[tuple[int, str, bool]]:
    made = create_leaderboard(ada, draft, actor_id=None)
    return [(row.rank, row.run.name, row.pareto) for row in rank(ada, made.id, included=included).rows]


def test_runs_are_ranked_by_metric_and_the_front_by_their_dollars(ada: UUID, draft: LeaderboardDraft) -> None:
    for name, value, hours in (("best", 0.9, 8), ("tied, dearer", 0.9, 9), ("dominated", 0.7, 4), ("cheap", 0.8, 2)):
        enter(ada, draft, name, value, hours)
    enter(ada, draft, "unpriced", 0.85, 1, priced=False)
    enter(ada, draft, "broken", math.nan, 1)
    assert ranked(ada, draft) == [
        (1, "best", True),
        (1, "tied, dearer", False),
        (3, "unpriced", False),
        (4, "cheap", True),
        (5, "dominated", False),
        (6, "broken", False),
    ]


def test_a_row_carries_the_run_its_value_and_its_cost(ada: UUID, draft: LeaderboardDraft) -> None:
    enter(ada, draft, "two hours", 0.9, 2)
    enter(ada, draft, "one hour", 0.8, 1)
    made = create_leaderboard(ada, draft, actor_id=None)
    two, one = rank(ada, made.id).rows
    assert (two.value, two.run.metrics[KEY].value, two.cost.state) == (0.9, 0.9, RunCostState.ESTIMATE)
    assert one.cost.amount is not None
    assert two.cost.amount == 2 * one.cost.amount > 0


def test_only_finished_runs_with_the_metric_take_part(ada: UUID, draft: LeaderboardDraft) -> None:
    enter(ada, draft, "finished", 0.9, 1)
    enter(ada, draft, "failed", 0.95, 1, status=RunStatus.FAILED)
    enter(ada, draft, "running", 0.99, 1, status=RunStatus.RUNNING)
    finish_run(ada, draft.experiment_id, name="without", started_at=AT, metrics={"loss": 1.0})
    deleted = finish_run(ada, draft.experiment_id, name="deleted", started_at=AT, metrics={KEY: 1.0})
    runs.delete_run(ada, deleted.id)
    assert [name for _, name, _ in ranked(ada, draft)] == ["finished"]


def test_all_runs_may_be_included(ada: UUID, draft: LeaderboardDraft) -> None:
    enter(ada, draft, "finished", 0.9, 1)
    enter(ada, draft, "failed", 0.95, 1, status=RunStatus.FAILED)
    assert [name for _, name, _ in ranked(ada, draft, Included.ALL)] == ["failed", "finished"]


def test_a_filter_in_the_search_grammar_narrows_the_field(ada: UUID, draft: LeaderboardDraft) -> None:
    enter(ada, draft, "rbf", 0.9, 1, tags={"kernel": "rbf"})
    enter(ada, draft, "poly", 0.95, 1, tags={"kernel": "poly"})
    assert ranked(ada, replace(draft, filter="tags.kernel = 'rbf'")) == [(1, "rbf", True)]


def test_smaller_is_better_where_it_is_said_so(ada: UUID, draft: LeaderboardDraft) -> None:
    enter(ada, draft, "low", 0.1, 2)
    enter(ada, draft, "high", 0.9, 1)
    assert ranked(ada, replace(draft, direction=Direction.MINIMIZE)) == [(1, "low", True), (2, "high", True)]


def test_pages_of_runs_are_all_ranked(ada: UUID, draft: LeaderboardDraft, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rankings, "RUNS_PER_PAGE", 2)
    for number in range(5):
        enter(ada, draft, f"run {number}", number / 10, 1 + number)
    assert ranked(ada, draft) == [(5 - number, f"run {number}", True) for number in reversed(range(5))]


def test_a_field_too_large_is_cut_at_the_best_and_said_so(
    ada: UUID, draft: LeaderboardDraft, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rankings, "MOST_RUNS", 2)
    for number in range(4):
        enter(ada, draft, f"run {number}", number / 10, 1)
    view = rank(ada, create_leaderboard(ada, draft, actor_id=None).id)
    assert view.truncated
    assert [row.run.name for row in view.rows] == ["run 3", "run 2"]


def test_the_number_of_queries_does_not_grow_with_the_field(ada: UUID, draft: LeaderboardDraft) -> None:
    made = create_leaderboard(ada, draft, actor_id=None)
    enter(ada, draft, "first", 0.5, 1)
    with noted_statements() as of_one:
        assert len(rank(ada, made.id).rows) == 1
    for number in range(5):
        enter(ada, draft, f"run {number}", number / 10, 1)
    with noted_statements() as of_six:
        assert len(rank(ada, made.id).rows) == 6
    assert len(of_one) == len(of_six)
