"""Groups of the runs that a search matches: one pass over the match, beside one index range of the key and one of the metric."""

from uuid import UUID

from django.db import connection

from assay.tracking.domain.groups import Goal, GroupKey, GroupKind, RunGroup, RunGroups
from assay.tracking.domain.queries import RunQuery
from assay.tracking.models.runs import INDEXED_CHARACTERS
from assay.tracking.selectors.runs import match_runs
from assay.tracking.selectors.statements import Statement

_TABLES = {GroupKind.PARAM: "tracking_runparam", GroupKind.TAG: "tracking_runtag"}
_COLUMNS = {GroupKind.STATUS: "r.status", GroupKind.USER: "nullif(r.user_name, '')"}

_OF_ROW = """
SELECT m.id, {column} AS value FROM ({matching}) m
JOIN tracking_run r ON r.id = m.id AND r.organization_id = %(organization)s
"""
_OF_KEY = """
SELECT m.id, k.value FROM ({matching}) m
LEFT JOIN {table} k ON k.run_id = m.id AND k.key = %(group_key)s AND k.organization_id = %(organization)s
"""
# Short and long texts stand in indexes of their own, which answer without the table.
_OF_KEY_WITHIN = """
SELECT m.id, k.value FROM ({matching}) m LEFT JOIN (
    SELECT run_id, value FROM {table} WHERE organization_id = %(organization)s AND experiment_id = ANY(%(experiments)s)
    AND key = %(group_key)s AND length(value) <= {indexed}
    UNION ALL
    SELECT run_id, value FROM {table} WHERE organization_id = %(organization)s AND experiment_id = ANY(%(experiments)s)
    AND key = %(group_key)s AND length(value) > {indexed}
) k ON k.run_id = m.id
"""
_WITHIN = "AND v.experiment_id = ANY(%(experiments)s)"
"""The experiment also stands on keyed rows, so that the index by value answers for all runs at once."""

_GROUPS = """
SELECT g.value, count(*), count(*) FILTER (WHERE r.status = 'RUNNING'), {best}(v.value), avg(v.value), count(*) OVER ()
FROM ({grouped}) g
JOIN tracking_run r ON r.id = g.id AND r.organization_id = %(organization)s
LEFT JOIN tracking_latestmetric v ON v.run_id = g.id AND v.key = %(metric)s AND v.organization_id = %(organization)s
     AND v.value BETWEEN '-1.7976931348623157e308'::float8 AND '1.7976931348623157e308'::float8 {within}
GROUP BY g.value ORDER BY 4 {direction} NULLS LAST, 2 DESC, g.value NULLS LAST LIMIT %(limit)s
"""
_AGGREGATES = {Goal.MAXIMIZE: ("max", "DESC"), Goal.MINIMIZE: ("min", "ASC")}


def list_groups(
    organization_id: UUID, query: RunQuery, by: GroupKey, *, metric: str, goal: Goal, limit: int = 100
) -> RunGroups:
    """metric: key whose best and mean each group gets; empty for none. raises: FilterRefused."""
    grouped = assign_groups(organization_id, query, by)
    best, direction = _AGGREGATES[goal]
    text = _GROUPS.format(grouped=grouped.text, best=best, direction=direction, within=_WITHIN if query.experiment_ids else "")
    with connection.cursor() as cursor:
        cursor.execute(text, {**grouped.parameters, "metric": metric, "limit": limit})
        rows = cursor.fetchall()
    return RunGroups(tuple(RunGroup(*row[:5]) for row in rows), rows[0][5] if rows else 0)


def assign_groups(organization_id: UUID, query: RunQuery, by: GroupKey) -> Statement:
    """A statement that selects the `id` of each matching run and the `value` by which it is grouped. raises: FilterRefused."""
    matching = match_runs(organization_id, query)
    parameters = {**matching.parameters, "organization": organization_id, "experiments": list(query.experiment_ids or ())}
    if by.kind in _COLUMNS:
        return Statement(_OF_ROW.format(column=_COLUMNS[by.kind], matching=matching.text), parameters)
    text = _OF_KEY_WITHIN if query.experiment_ids else _OF_KEY
    return Statement(
        text.format(table=_TABLES[by.kind], matching=matching.text, indexed=INDEXED_CHARACTERS),
        {**parameters, "group_key": by.key},
    )
