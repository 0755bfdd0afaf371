"""Runs put together by what they share: a param, a tag, their status or their user."""

from dataclasses import dataclass
from enum import StrEnum

from assay.tracking.domain.search.clauses import Comparison, Identifier, Kind, Operator


class GroupKind(StrEnum):
    PARAM = "param"
    TAG = "tag"
    STATUS = "status"
    USER = "user"


@dataclass(frozen=True, slots=True)
class GroupKey:
    """key: of the param or tag; empty for status and user."""

    kind: GroupKind
    key: str = ""

    def clause(self, value: str | None) -> str:
        """The search clause that the runs of a group satisfy. value: None for runs without the key."""
        return str(Comparison(self._identifier(), Operator.IS_NULL if value is None else Operator.EQUAL, value))

    def _identifier(self) -> Identifier:
        if self.kind is GroupKind.PARAM:
            return Identifier(Kind.PARAM, self.key)
        if self.kind is GroupKind.TAG:
            return Identifier(Kind.TAG, self.key)
        return Identifier(Kind.ATTRIBUTE, {GroupKind.STATUS: "status", GroupKind.USER: "user_id"}[self.kind])


class Goal(StrEnum):
    """Whether more or less of a metric is better."""

    MAXIMIZE = "max"
    MINIMIZE = "min"


@dataclass(frozen=True, slots=True)
class RunGroup:
    """value: what the runs share; None when they lack the key. best, mean: of the finite latest values of the metric asked about."""

    value: str | None
    runs: int
    running: int
    best: float | None
    mean: float | None


@dataclass(frozen=True, slots=True)
class RunGroups:
    """groups: the best first, without a metric the largest; those beyond the limit are left out. total: groups in all."""

    groups: tuple[RunGroup, ...]
    total: int
