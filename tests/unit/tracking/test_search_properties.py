"""Whatever runs hold and whatever is asked of them: a search finds what a reading of every run one by one finds, in that order."""

import math
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cmp_to_key
from unittest.mock import patch
from uuid import UUID, uuid4

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assay.core.ids import new_id
from assay.tracking.domain.queries import RunQuery
from assay.tracking.domain.states import LifecycleStage, RunStatus, Visibility
from assay.tracking.models import LatestMetric, Run, RunParam, RunTag
from assay.tracking.models.runs import INDEXED_CHARACTERS
from assay.tracking.selectors import run_search
from assay.tracking.selectors.runs import count_runs, list_runs, match_runs, order_runs
from assay.tracking.selectors.statements import read_ids
from assay.tracking.services import experiments

START = datetime(2026, 3, 1, tzinfo=UTC)
Value = float | str | datetime | None

NUMBERS = [-1.5, 0.0, 2.0, 1e300]
TEXTS = ["", "a", "A", "ab", "a%", "x_y", "it's", "\\", "b" * INDEXED_CHARACTERS, "b" * (INDEXED_CHARACTERS + 1)]
PATTERNS = ["%", "a%", "_", "%B", "x_y", "b%", "\\", "%'%"]
KEYS = ["k", "odd key"]


@dataclass(frozen=True)
class Logged:
    """What a run holds. experiment: 0 or 1; started, ended: hours."""

    experiment: int
    status: RunStatus
    user: str
    started: int
    ended: int | None
    stage: LifecycleStage
    metrics: Mapping[str, float]
    params: Mapping[str, str]
    tags: Mapping[str, str]


@dataclass(frozen=True)
class Clause:
    text: str
    holds: Callable[[Logged], bool]


@dataclass(frozen=True)
class Term:
    text: str
    value: Callable[[Logged], Value]
    descending: bool


def _keyed(values: Sequence[float] | Sequence[str]) -> st.SearchStrategy[dict[str, float | str]]:
    return st.dictionaries(st.sampled_from(KEYS), st.sampled_from(list(values)), max_size=2)


logged = st.builds(
    Logged,
    experiment=st.sampled_from([0, 0, 0, 1]),
    status=st.sampled_from([RunStatus.RUNNING, RunStatus.FINISHED]),
    user=st.sampled_from(TEXTS),
    started=st.integers(0, 2),
    ended=st.none() | st.integers(0, 2),
    stage=st.sampled_from([LifecycleStage.ACTIVE, LifecycleStage.ACTIVE, LifecycleStage.DELETED]),
    metrics=_keyed([*NUMBERS, math.nan, math.inf, -math.inf]),
    params=_keyed(TEXTS),
    tags=_keyed(TEXTS),
)

COMPARE: Mapping[str, Callable[..., bool]] = {
    "=": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip


def _like(text: str, pattern: str, flags: int) -> bool:
    parts = {"%": ".*", "_": "."}
    return re.fullmatch("".join(parts.get(sign, re.escape(sign)) for sign in pattern), text, flags | re.DOTALL) is not None


TEXTUAL: Mapping[str, Callable[[str, str], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "LIKE": lambda text, pattern: _like(text, pattern, 0),
    "ILIKE": lambda text, pattern: _like(text, pattern, re.IGNORECASE),
}


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _metric_clause(key: str, sign: str, number: float) -> Clause:
    def holds(run: Logged) -> bool:
        return key in run.metrics and COMPARE[sign](run.metrics[key], number)

    return Clause(f"metrics.`{key}` {sign} {number!r}", holds)


def _text_clause(kind: str, key: str, sign: str, text: str) -> Clause:
    def holds(run: Logged) -> bool:
        held: Mapping[str, str] = getattr(run, kind)
        return key in held and TEXTUAL[sign](held[key], text)

    return Clause(f"{kind}.`{key}` {sign} {_quoted(text)}", holds)


def _presence_clause(kind: str, key: str, there: bool) -> Clause:
    return Clause(f"{kind}.`{key}` IS {'NOT ' if there else ''}NULL", lambda run: (key in getattr(run, kind)) is there)


def _user_clause(texts: list[str], there: bool) -> Clause:
    wanted = ", ".join(map(_quoted, texts))
    return Clause(f"user_id {'' if there else 'NOT '}IN ({wanted})", lambda run: (run.user in texts) is there)


def _instant_clause(name: str, sign: str, hour: int) -> Clause:
    def holds(run: Logged) -> bool:
        value = run.started if name == "start_time" else run.ended
        return value is not None and COMPARE[sign](value, hour)

    return Clause(f"{name} {sign} {_instant(hour).timestamp() * 1000:.0f}", holds)


kinds, keys, texts = st.sampled_from(["params", "tags"]), st.sampled_from(KEYS), st.sampled_from([*TEXTS, *PATTERNS])
clauses = st.one_of(
    st.builds(_metric_clause, keys, st.sampled_from(list(COMPARE)), st.sampled_from(NUMBERS)),
    st.builds(_text_clause, kinds, keys, st.sampled_from(list(TEXTUAL)), texts),
    st.builds(_presence_clause, kinds, keys, st.booleans()),
    st.builds(_user_clause, st.lists(st.sampled_from(TEXTS), min_size=1, max_size=3), st.booleans()),
    st.builds(_instant_clause, st.sampled_from(["start_time", "end_time"]), st.sampled_from(list(COMPARE)), st.integers(0, 2)),
)
values: Mapping[str, Callable[[Logged], Value]] = {
    **{f"metrics.`{key}`": lambda run, key=key: run.metrics.get(key) for key in KEYS},  # type: ignore[misc]
    **{f"params.`{key}`": lambda run, key=key: run.params.get(key) for key in KEYS},  # type: ignore[misc]
    **{f"tags.`{key}`": lambda run, key=key: run.tags.get(key) for key in KEYS},  # type: ignore[misc]
    "start_time": lambda run: float(run.started),
    "end_time": lambda run: None if run.ended is None else float(run.ended),
    "user_id": lambda run: run.user,
}
terms = st.builds(
    lambda text, descending: Term(f"{text} {'DESC' if descending else 'ASC'}", values[text], descending),
    st.sampled_from(list(values)),
    st.booleans(),
)
by_metric = st.sampled_from(
    [Term("metrics.k ASC", values["metrics.`k`"], False), Term("metrics.k DESC", values["metrics.`k`"], True)]
)
orders = st.builds(lambda term: [term], by_metric) | st.lists(
    terms, max_size=3, unique_by=lambda term: term.text.rpartition(" ")[0]
)
examples = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def _instant(hour: int) -> datetime:
    return START + timedelta(hours=hour)


def _store(organization: UUID, experiment_ids: Sequence[UUID], held: Sequence[Logged]) -> dict[UUID, Logged]:
    found = {new_id(): run for run in held}
    Run.objects.bulk_create(
        Run(
            id=run_id,
            organization_id=organization,
            experiment_id=experiment_ids[run.experiment],
            name=run_id.hex,
            user_name=run.user,
            status=run.status,
            started_at=_instant(run.started),
            ended_at=None if run.ended is None else _instant(run.ended),
            lifecycle_stage=run.stage,
        )
        for run_id, run in found.items()
    )
    for table, kind in ((LatestMetric, "metrics"), (RunParam, "params"), (RunTag, "tags")):
        rest = {"step": 0, "timestamp_ms": 0, "count": 1} if table is LatestMetric else {}
        table.objects.bulk_create(
            table(
                organization_id=organization,
                experiment_id=experiment_ids[run.experiment],
                run_id=run_id,
                key=key,
                value=value,
                **rest,
            )
            for run_id, run in found.items()
            for key, value in getattr(run, kind).items()
        )
    return found


def _before(term: Term, one: Logged, other: Logged) -> int:
    """Numbers and texts in order, NaN after them, what is missing last."""

    def rank(value: Value) -> int:
        return 2 if value is None else int(isinstance(value, float) and math.isnan(value))

    left, right = term.value(one), term.value(other)
    if rank(left) or rank(right):
        return rank(left) - rank(right)
    way = (left > right) - (left < right)  # type: ignore[operator]  # of one key, so of one type
    return -way if term.descending else way


def _expected(found: Mapping[UUID, Logged], matched: Callable[[Logged], bool], order: Sequence[Term]) -> list[UUID]:
    def compare(one: UUID, other: UUID) -> int:
        for term in order:
            if way := _before(term, found[one], found[other]):
                return way
        return (found[other].started - found[one].started) or (1 if one > other else -1)

    return sorted((run_id for run_id, run in found.items() if matched(run)), key=cmp_to_key(compare))


@examples
@given(
    held=st.lists(logged, max_size=12),
    asked=st.lists(clauses, max_size=3),
    order=orders,
    view=st.sampled_from(list(Visibility)),
    both=st.booleans(),
    limit=st.integers(1, 5),
    reach=st.sampled_from([1, 1, 2, 4]),
    most=st.sampled_from([1, 3, 100, 100]),
)
def test_a_search_finds_what_a_reading_of_every_run_finds(
    ada: UUID,
    held: list[Logged],
    asked: list[Clause],
    order: list[Term],
    view: Visibility,
    both: bool,
    limit: int,
    reach: int,
    most: int,
) -> None:
    experiment_ids = [experiments.create_experiment(ada, name=str(uuid4())).id for _ in range(2)]
    found = _store(ada, experiment_ids, held)

    def matched(run: Logged) -> bool:
        within = (both or run.experiment == 0) and run.stage in view.stages
        return within and all(clause.holds(run) for clause in asked)

    expected = _expected(found, matched, order)
    query = RunQuery(
        tuple(experiment_ids if both else experiment_ids[:1]),
        filter=" AND ".join(clause.text for clause in asked),
        order_by=tuple(term.text for term in order),
        limit=limit,
        view=view,
    )
    with patch.multiple(run_search, REACH=reach, MOST_PROBED=most):
        assert _read_pages(ada, query) == expected
    assert count_runs(ada, query) == len(expected)
    assert [run_id for ids in read_ids(order_runs(ada, query), at_once=5) for run_id in ids] == expected
    assert {run_id for ids in read_ids(match_runs(ada, query), at_once=5) for run_id in ids} == set(expected)


@examples
@given(
    held=st.lists(logged, min_size=2, max_size=8),
    later=st.lists(logged, max_size=8),
    order=orders,
    limit=st.integers(1, 3),
    reach=st.sampled_from([1, 1, 2, 4]),
    most=st.sampled_from([1, 3, 100, 100]),
)
def test_runs_that_start_meanwhile_shift_no_page(
    ada: UUID, held: list[Logged], later: list[Logged], order: list[Term], limit: int, reach: int, most: int
) -> None:
    experiment_ids = [experiments.create_experiment(ada, name=str(uuid4())).id for _ in range(2)]
    found = _store(ada, experiment_ids, held)
    meanwhile = iter(later)

    def start_another() -> None:
        found.update(_store(ada, experiment_ids, [run for run in [next(meanwhile, None)] if run]))

    expected = set(_expected(found, lambda run: run.stage is LifecycleStage.ACTIVE, order))
    query = RunQuery(tuple(experiment_ids), order_by=tuple(term.text for term in order), limit=limit)
    with patch.multiple(run_search, REACH=reach, MOST_PROBED=most):
        read = _read_pages(ada, query, between=start_another)
    assert len(read) == len(set(read))
    assert expected <= set(read)
    assert read == [run_id for run_id in _expected(found, lambda run: True, order) if run_id in read]


def _read_pages(organization: UUID, query: RunQuery, *, between: Callable[[], None] = lambda: None) -> list[UUID]:
    read: list[UUID] = []
    token = ""
    while True:
        page = list_runs(
            organization, RunQuery(query.experiment_ids, query.filter, query.order_by, query.limit, token, query.view)
        )
        read += [run.id for run in page.runs]
        assert len(page.runs) <= query.limit
        if page.next_page_token is None:
            return read
        token = page.next_page_token
        between()
