"""Which runs a search finds, in its order, page by page.

A page is first looked for by walking the index of what is sorted by, probing each run on the way: most questions find theirs within
a few hundred steps. What is not found within REACH steps is looked for among all runs at once, in time that grows with their number
but not with how rare the match is: first by what the conditions and the first term of the order say alone, which leaves few runs to
ask for the rest, and where too many are alike in that, by all at once. Tokens hold the sort values of a page's last row, so inserts
before it shift nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from assay.core.statements import execute_over_all, execute_prepared
from assay.tracking.domain.queries import RunQuery
from assay.tracking.selectors.keysets import mark_of, read_token, write_token
from assay.tracking.selectors.run_clauses import NAN, STARTED_AT, RunClauses, SortColumn
from assay.tracking.selectors.statements import Statement

REACH = 5
"""Steps of a walk per row of the page."""
LONGEST_REACH = 2_500
LARGEST_WALKED_PAGE = 1_000
MOST_PROBED = 10_000
"""Runs that are asked one after the other for less than all of them are joined."""

Place = Sequence[tuple[int, object]]

_COUNT = "SELECT count(*) FROM tracking_run r WHERE {where}"
_MATCH = "SELECT r.id, r.started_at FROM tracking_run r WHERE {where}"
_ORDER = "SELECT r.id FROM tracking_run r {joins} WHERE {where} ORDER BY {order}"
_PAGE = "SELECT {columns} FROM tracking_run r {joins} WHERE {where} ORDER BY {order} LIMIT {limit}"

# Rows that equal the first one beyond the walk may lie beyond it too, so only those before it count.
_WALK = """
WITH edge AS MATERIALIZED ({walked} OFFSET {reach} LIMIT 1)
SELECT (SELECT value FROM edge) IS NULL, {columns}
FROM ({walked} LIMIT {reach}) w
CROSS JOIN LATERAL (SELECT * FROM tracking_run WHERE id = w.run_id AND organization_id = %(organization)s OFFSET 0) r
{joins}
WHERE ((SELECT value FROM edge) IS NULL OR w.value {before} (SELECT value FROM edge)) AND {where}
ORDER BY {order} LIMIT {limit}
"""

# All runs that match, with what comes first in the order alone; those up to a value that leaves more than a page are then asked for
# the rest, one after the other. That is for nothing where few runs have what comes first, or crowds of them the same: whether so is
# seen in any runs of the experiment beforehand. One row at least says whether the page may go on beyond.
_NARROWED = """
WITH first AS MATERIALIZED (
    SELECT count(*) BETWEEN 1 AND {most} AS tells FROM (
        SELECT FROM {range} AND c.value = (SELECT c.value FROM {range} ORDER BY c.value {direction} OFFSET {reach} LIMIT 1)
        LIMIT {most} + 1
    ) AS alike
),
matched AS MATERIALIZED (SELECT r.id, {value} AS value FROM {source} {join} WHERE (SELECT tells FROM first) AND {matches}),
edge AS MATERIALIZED (SELECT value FROM matched WHERE {comparable} ORDER BY value {direction} OFFSET {reach} LIMIT 1),
kept AS MATERIALIZED (
    SELECT * FROM matched
    WHERE NOT EXISTS (SELECT FROM edge) OR ({comparable} AND value {before} (SELECT value FROM edge)) LIMIT {most} + 1
)
SELECT NOT (SELECT tells FROM first) OR EXISTS (SELECT FROM edge) OR (SELECT count(*) FROM kept) > {most}, {columns}
FROM (VALUES (1)) AS one LEFT JOIN (
    (SELECT * FROM kept WHERE (SELECT count(*) FROM kept) <= {most}) w
    CROSS JOIN LATERAL (SELECT * FROM tracking_run WHERE id = w.id AND organization_id = %(organization)s OFFSET 0) r
    {joins}
) ON {where}
ORDER BY {order} LIMIT {limit}
"""
_BY_METRIC = """
SELECT c.run_id, c.value FROM tracking_latestmetric c WHERE {own} AND c.key = {key} AND {within} ORDER BY c.value {direction}
"""
_BY_START = """
SELECT c.id AS run_id, c.started_at AS value FROM tracking_run c WHERE {own} AND {within} ORDER BY c.started_at {direction}
"""


@dataclass(frozen=True, slots=True)
class RunIds:
    """next_page_token: None on the last page."""

    run_ids: tuple[UUID, ...]
    next_page_token: str | None


def find_runs(organization_id: UUID, query: RunQuery) -> RunIds:
    """One page. raises: FilterRefused, PageTokenRefused."""
    search = RunClauses(organization_id, query)
    columns = search.anew().columns(probed=True)
    mark = mark_of((query.experiment_ids, query.filter, query.order_by, query.view))
    last = read_token(query.page_token, mark, columns) if query.page_token else None
    if query.experiment_ids == ():
        return RunIds((), None)
    found = _walk(search.anew(), last)
    if found is None:
        found = _narrow(search.anew(), last)
    if found is None:
        found = _look_through(search.anew(), last)
    run_ids = tuple(row[-1] for row in found[: query.limit])
    if len(found) <= query.limit:
        return RunIds(run_ids, None)
    place = [column.place(value) for column, value in zip(columns, found[query.limit - 1], strict=True)]
    return RunIds(run_ids, write_token(place, mark))


def count_runs(organization_id: UUID, query: RunQuery) -> int:
    """How many runs all pages of the query hold. raises: FilterRefused."""
    search = RunClauses(organization_id, query)
    with execute_over_all(_COUNT.format(where=_where(search)), search.values) as cursor:
        return int(cursor.fetchall()[0][0])


def match_runs(organization_id: UUID, query: RunQuery) -> Statement:
    """A statement that selects `id` and `started_at` of the runs that all pages of the query hold, in no order."""
    search = RunClauses(organization_id, query)
    return Statement(_MATCH.format(where=_where(search)), search.values)


def order_runs(organization_id: UUID, query: RunQuery) -> Statement:
    """A statement that selects the `id` of every run that the pages of the query hold, in their order."""
    search = RunClauses(organization_id, query)
    columns = search.columns(probed=False)
    text = _ORDER.format(where=_where(search), joins=_joins(columns), order=_order(columns))
    return Statement(text, search.values)


def _walk(search: RunClauses, last: Place | None) -> list[tuple[Any, ...]] | None:
    """returns: sort values of one row more than a page has, id last; None where a walk cannot tell."""
    query, columns = search.query, search.columns(probed=True)
    first = columns[0]
    if not _can_walk(search, first) or query.limit > LARGEST_WALKED_PAGE or (last and last[0][0]):
        return None
    walked = replace(first, text="w.value", nullable=False, numeric=False, join="")
    columns = [walked, *columns[1:]]
    statement = _WALK.format(
        walked=_walked(search, first, last),
        reach=min(REACH * query.limit, LONGEST_REACH),
        columns=_texts(columns),
        joins=_joins(columns),
        before=">" if first.descending else "<",
        where=" AND ".join([*search.conditions(probed=True), *([search.after(columns, last)] if last else [])]),
        order=_order(columns),
        limit=query.limit + 1,
    )
    with execute_prepared(statement, search.values) as cursor:
        rows = cursor.fetchall()
    reached_the_end = bool(rows) and rows[0][0] and not first.nullable
    return [row[1:] for row in rows] if len(rows) > query.limit or reached_the_end else None


def _can_walk(search: RunClauses, first: SortColumn) -> bool:
    """One index holds the order; and by start alone, with no clause about keys, PostgreSQL walks by itself."""
    one = _is_of_one_experiment(search.query)
    if first.text == STARTED_AT:
        return search.asks_keys and (one or search.query.experiment_ids is None)
    return first.numeric and one


def _is_of_one_experiment(query: RunQuery) -> bool:
    return query.experiment_ids is not None and len(query.experiment_ids) == 1


def _walked(search: RunClauses, first: SortColumn, last: Place | None) -> str:
    value = "c.value" if first.numeric else "c.started_at"
    within = f"{value} < {NAN}" if first.numeric and first.descending else "true"
    if last:
        within = f"{value} {'<=' if first.descending else '>='} {search.bind(last[0][1])}"
    direction = "DESC" if first.descending else "ASC"
    if first.numeric:
        key = search.bind(search.terms[0].identifier.key)
        return _BY_METRIC.format(own=search.own("c", keyed=True), key=key, within=within, direction=direction)
    return _BY_START.format(own=search.own("c"), within=within, direction=direction)


def _narrow(search: RunClauses, last: Place | None) -> list[tuple[Any, ...]] | None:
    """As _walk: None where too many runs are alike in what comes first."""
    query, first = search.query, search.columns(probed=False)[0]
    if not first.join or not _is_of_one_experiment(query) or query.limit > LARGEST_WALKED_PAGE:
        return None
    source, matches = search.matched()
    columns = [replace(first, text="w.value", join=""), *search.columns(probed=True)[1:]]
    statement = _NARROWED.format(
        range=search.first_range(),
        value=first.text,
        source=source,
        join=first.join,
        matches=" AND ".join([matches, *([search.since(first, last[0])] if last else [])]),
        comparable=f"value < {NAN}" if first.numeric else "value IS NOT NULL",
        direction="DESC" if first.descending else "ASC",
        before=">=" if first.descending else "<=",
        reach=min(REACH * query.limit, LONGEST_REACH),
        most=MOST_PROBED,
        columns=_texts(columns),
        joins=_joins(columns),
        where=" AND ".join([search.of_stage(), *([search.after(columns, last)] if last else [])]),
        order=_order(columns),
        limit=query.limit + 1,
    )
    with execute_over_all(statement, search.values) as cursor:
        rows = cursor.fetchall()
    found = [row[1:] for row in rows if row[-1] is not None]
    return found if len(found) > query.limit or not rows[0][0] else None


def _look_through(search: RunClauses, last: Place | None) -> list[tuple[Any, ...]]:
    columns = search.columns(probed=False)
    where = " AND ".join([_where(search), *([search.after(columns, last)] if last else [])])
    statement = _PAGE.format(
        columns=_texts(columns), joins=_joins(columns), where=where, order=_order(columns), limit=search.query.limit + 1
    )
    with execute_over_all(statement, search.values) as cursor:
        return cursor.fetchall()


def _where(search: RunClauses) -> str:
    return " AND ".join([search.own("r"), *search.conditions(probed=False)])


def _texts(columns: Sequence[SortColumn]) -> str:
    return ", ".join(column.text for column in columns)


def _joins(columns: Sequence[SortColumn]) -> str:
    return " ".join(column.join for column in columns)


def _order(columns: Sequence[SortColumn]) -> str:
    return ", ".join(column.order for column in columns)
