"""A search of runs as SQL: what its clauses and its order become. `r` is the run in all of it.

Each part has two forms. Probed: asked of one run after another by the primary key, for those that stop at a page. Joined: asked of
all runs at once, as a range of the index by value, for those that must see them all.
"""

import re
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, field
from functools import partial
from math import isnan
from typing import Any, Self
from uuid import UUID

from assay.tracking.domain.queries import RunQuery
from assay.tracking.domain.search.clauses import Comparison, Identifier, Kind, Operator, OrderTerm
from assay.tracking.domain.search.parser import parse_order, parse_search
from assay.tracking.domain.search.vocabularies import RUNS
from assay.tracking.models.runs import INDEXED_CHARACTERS
from assay.tracking.selectors.filters import instant_at
from assay.tracking.selectors.keysets import load_instant, load_number, load_text, load_uuid

NAN = "'NaN'::float8"
STARTED_AT = "r.started_at"

_TABLES = {Kind.METRIC: "tracking_latestmetric", Kind.PARAM: "tracking_runparam", Kind.TAG: "tracking_runtag"}
_ATTRIBUTES = {
    "run_id": "r.id",
    "run_name": "r.name",
    "status": "r.status",
    "artifact_uri": "r.artifact_uri",
    "user_id": "r.user_name",
    "start_time": STARTED_AT,
    "end_time": "r.ended_at",
}
_INSTANTS = frozenset({"start_time", "end_time"})
_DATASET_COLUMNS = {"name": "d.name", "digest": "d.digest", "context": "c.context"}
_OPERATORS = {
    Operator.EQUAL: "{} = {}",
    Operator.UNEQUAL: "{} <> {}",
    Operator.GREATER: "{} > {}",
    Operator.GREATER_EQUAL: "{} >= {}",
    Operator.LESS: "{} < {}",
    Operator.LESS_EQUAL: "{} <= {}",
    Operator.LIKE: "{} LIKE {} ESCAPE ''",
    Operator.ILIKE: "{} ILIKE {} ESCAPE ''",
    Operator.IN: "{} = ANY({})",
    Operator.NOT_IN: "NOT {} = ANY({})",
}
_SHORT, _LONG = (f"length(c.value) {than} {INDEXED_CHARACTERS}" for than in ("<=", ">"))
"""Texts are indexed in two parts: the short ones by value, the long ones by key alone. Each says which part it asks."""
_RUNS, _VALUES = "SELECT c.run_id FROM {}", "SELECT c.run_id, c.value FROM {}"
_IDS = "SELECT c.run_id AS id FROM {}"
_OF_RUN = "c.run_id = r.id AND c.organization_id = %(organization)s"
_APART = " OFFSET 0"
"""Keeps the planner from making a join of what is probed."""
_RUN_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class SortColumn:
    """text: what to sort by. join: what brings it beside the run. Among numbers NaN comes after the numbers; what is missing is last."""

    text: str
    load: Any
    descending: bool = False
    nullable: bool = False
    numeric: bool = False
    join: str = ""

    @property
    def order(self) -> str:
        if not self.descending:
            return self.text
        missing_last = f"{self.text} DESC{' NULLS LAST' if self.nullable else ''}"
        return f"{self.text} = {NAN}, {missing_last}" if self.numeric else missing_last

    def place(self, value: object) -> tuple[int, object]:
        """Rank (0 a value, 1 NaN, 2 missing) and the value, as page tokens hold them."""
        if value is None:
            return 2, None
        return (1, None) if isinstance(value, float) and isnan(value) else (0, value)


TIES = (SortColumn(STARTED_AT, load_instant, descending=True), SortColumn("r.id", load_uuid))
"""Newest first."""


@dataclass(slots=True)
class RunClauses:
    """The parts of one query; `values` gathers the parameters of those that were made. raises: FilterRefused."""

    organization_id: UUID
    query: RunQuery
    values: dict[str, Any] = field(default_factory=dict)
    clauses: Sequence[Comparison] = field(init=False)
    terms: Sequence[OrderTerm] = field(init=False)

    def __post_init__(self) -> None:
        self.clauses = parse_search(self.query.filter, RUNS)
        self.terms = parse_order(self.query.order_by, RUNS)
        self._bind_own()

    def anew(self) -> Self:
        """The same query for another statement, with no parameters yet."""
        other = copy(self)
        other.values = {}
        other._bind_own()
        return other

    def _bind_own(self) -> None:
        self.values["organization"] = self.organization_id
        if self.query.experiment_ids is not None:
            self.values["experiments"] = list(self.query.experiment_ids)

    @property
    def asks_keys(self) -> bool:
        return any(clause.identifier.kind is not Kind.ATTRIBUTE for clause in self.clauses)

    def bind(self, value: object) -> str:
        name = f"m{len(self.values)}"
        self.values[name] = value
        return f"%({name})s"

    def own(self, alias: str, *, keyed: bool = False) -> str:
        """The rows of the organization and of the experiments. keyed: always name these, since the index begins with them."""
        own = f"{alias}.organization_id = %(organization)s"
        if self.query.experiment_ids is None:
            every = "ARRAY(SELECT id FROM tracking_experiment WHERE organization_id = %(organization)s)"
            return f"{own} AND {alias}.experiment_id = ANY({every})" if keyed else own
        if len(self.query.experiment_ids) == 1:
            return f"{own} AND {alias}.experiment_id = (%(experiments)s::uuid[])[1]"
        return f"{own} AND {alias}.experiment_id = ANY(%(experiments)s::uuid[])"

    def conditions(self, *, probed: bool) -> list[str]:
        return [self.of_stage(), *(self._condition(clause, probed) for clause in self.clauses)]

    def of_stage(self) -> str:
        return f"r.lifecycle_stage = ANY({self.bind([stage.value for stage in self.query.view.stages])}::text[])"

    def matched(self) -> tuple[str, str]:
        """What to draw `r` from, of which `id` is read, and the conditions on it.

        Where every clause is about a key, their ranges alone say which runs these are, but not of which stage.
        """
        keyed = [clause for clause in self.clauses if clause.identifier.kind in _TABLES]
        first = next((clause for clause in keyed if clause.operator is not Operator.IS_NULL), None)
        if first is None or len(keyed) < len(self.clauses):
            return "tracking_run r", " AND ".join([self.own("r"), *self.conditions(probed=False)])
        rest = [self._condition(clause, False) for clause in keyed if clause is not first]
        return f"({self._rows(first, _IDS)}) r", " AND ".join(rest) or "true"

    def first_range(self) -> str:
        """Where what comes first in the order stands by value: of a key."""
        identifier = self.terms[0].identifier
        numeric = identifier.kind is Kind.METRIC
        return f"{self._of_key(identifier)} AND {f'c.value < {NAN}' if numeric else _SHORT}"

    def columns(self, *, probed: bool) -> list[SortColumn]:
        """The order asked for, then what decides between equals."""
        asked = [self._column(f"o{position}", term, probed) for position, term in enumerate(self.terms)]
        return [*asked, *TIES]

    def since(self, column: SortColumn, place: tuple[int, object]) -> str:
        """Rows that by this sort value alone may come after a place."""
        rank, value = place
        if rank == 0:
            bound = self.bind(value)
            return f"({column.text} = {bound} OR {_beyond(column, 0, bound)})"
        return f"({column.text} = {NAN} OR {column.text} IS NULL)" if rank == 1 else f"{column.text} IS NULL"

    def after(self, columns: Sequence[SortColumn], last: Sequence[tuple[int, object]]) -> str:
        """Rows strictly after the last one: equal in the first k sort values and beyond in the next, for any k."""
        ways, equal = [], list[str]()
        for column, (rank, value) in zip(columns, last, strict=True):
            bound = self.bind(value) if rank == 0 else ""
            ways.append(" AND ".join([*equal, _beyond(column, rank, bound)]))
            equal.append((f"{column.text} = {bound}", f"{column.text} = {NAN}", f"{column.text} IS NULL")[rank])
        beyond = "(" + " OR ".join(f"({way})" for way in ways) + ")"
        first = columns[0]
        if first.nullable:
            return beyond
        return f"{first.text} {'<=' if first.descending else '>='} {self.bind(last[0][1])} AND {beyond}"

    def _condition(self, clause: Comparison, probed: bool) -> str:
        identifier, operator = clause.identifier, clause.operator
        if identifier.kind is Kind.ATTRIBUTE:
            return self._compare_attribute(clause)
        if identifier.kind is Kind.DATASET:
            compared = self._compare(_DATASET_COLUMNS[identifier.key], operator, clause.value)
            rows = f"tracking_runinput c JOIN tracking_dataset d ON d.id = c.dataset_id WHERE {_OF_RUN} AND {compared}"
            return f"EXISTS (SELECT FROM {rows}{_APART if probed else ''})"
        negation = "NOT " if operator is Operator.IS_NULL else ""
        if probed:
            return f"{negation}EXISTS (SELECT FROM {self._below_run(identifier)}{self._compare_value(clause)}{_APART})"
        if negation:
            parts = [f"{self._of_key(identifier)}{part}" for part in _parts_of(clause)]
            return " AND ".join(f"NOT EXISTS (SELECT FROM {part} AND c.run_id = r.id)" for part in parts)
        return f"r.id IN ({self._rows(clause, _RUNS)})"

    def _rows(self, clause: Comparison, select: str) -> str:
        """Of all runs at once, what a clause about a key holds of."""
        compared = self._compare_value(clause)
        return " UNION ALL ".join(
            select.format(f"{self._of_key(clause.identifier)}{compared}{part}") for part in _parts_of(clause)
        )

    def _column(self, alias: str, term: OrderTerm, probed: bool) -> SortColumn:
        identifier = term.identifier
        if identifier.kind is Kind.ATTRIBUTE:
            load = load_instant if identifier.key in _INSTANTS else load_uuid if identifier.key == "run_id" else load_text
            nullable = identifier.key == "end_time"
            return SortColumn(_ATTRIBUTES[identifier.key], load, descending=term.descending, nullable=nullable)
        numeric = identifier.kind is Kind.METRIC
        if probed:
            join = f"LEFT JOIN LATERAL ({_VALUES.format(self._below_run(identifier))}{_APART}) {alias} ON true"
        else:
            parts = [_VALUES.format(self._of_key(identifier) + part) for part in _parts_of_kind(identifier.kind)]
            join = f"LEFT JOIN ({' UNION ALL '.join(parts)}) {alias} ON {alias}.run_id = r.id"
        column = partial(SortColumn, f"{alias}.value", load_number if numeric else load_text, nullable=True, numeric=numeric)
        return column(descending=term.descending, join=join)

    def _below_run(self, identifier: Identifier) -> str:
        return f"{_TABLES[identifier.kind]} c WHERE {_OF_RUN} AND c.key = {self.bind(identifier.key)}"

    def _of_key(self, identifier: Identifier) -> str:
        return f"{_TABLES[identifier.kind]} c WHERE {self.own('c', keyed=True)} AND c.key = {self.bind(identifier.key)}"

    def _compare_value(self, clause: Comparison) -> str:
        if clause.value is None:
            return ""
        compared = f" AND {self._compare('c.value', clause.operator, clause.value)}"
        beyond = clause.identifier.kind is Kind.METRIC and clause.operator in (Operator.GREATER, Operator.GREATER_EQUAL)
        return f"{compared} AND c.value < {NAN}" if beyond else compared

    def _compare_attribute(self, clause: Comparison) -> str:
        key, value = clause.identifier.key, clause.value
        if key == "run_id" and clause.operator not in (Operator.LIKE, Operator.ILIKE):
            texts = value if isinstance(value, tuple) else (str(value),)
            ids = [UUID(text) for text in texts if _RUN_ID.fullmatch(text)]
            wanted = clause.operator in (Operator.EQUAL, Operator.IN)
            return f"{'' if wanted else 'NOT '}r.id = ANY({self.bind(ids)}::uuid[])"
        if key == "run_id":
            return self._compare("replace(r.id::text, '-', '')", clause.operator, value)
        if key in _INSTANTS and isinstance(value, float):
            return self._compare(_ATTRIBUTES[key], clause.operator, instant_at(value))
        return self._compare(_ATTRIBUTES[key], clause.operator, value)

    def _compare(self, left: str, operator: Operator, value: object) -> str:
        if isinstance(value, tuple):
            return _OPERATORS[operator].format(left, f"{self.bind(list(value))}::text[]")
        return _OPERATORS[operator].format(
            left, f"{self.bind(value)}::float8" if isinstance(value, float) else self.bind(value)
        )


def _parts_of(clause: Comparison) -> list[str]:
    """Which parts of the texts can hold what a clause asks for."""
    if clause.operator is Operator.EQUAL and isinstance(clause.value, str):
        return [f" AND {_SHORT if len(clause.value) <= INDEXED_CHARACTERS else _LONG}"]
    return _parts_of_kind(clause.identifier.kind)


def _parts_of_kind(kind: Kind) -> list[str]:
    return [""] if kind is Kind.METRIC else [f" AND {_SHORT}", f" AND {_LONG}"]


def _beyond(column: SortColumn, rank: int, bound: str) -> str:
    missing = f"{column.text} IS NULL"
    if rank:
        return missing if rank == 1 else "false"
    if not column.descending:
        further = f"{column.text} > {bound}"
    else:
        further = f"{column.text} < {bound}" + (f" OR {column.text} = {NAN}" if column.numeric else "")
    return f"({further} OR {missing})" if column.nullable else f"({further})"
