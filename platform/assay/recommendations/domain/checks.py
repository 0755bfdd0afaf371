"""The contract of checks: a data sheet, options with defaults, and a pure search."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any, ClassVar

from assay.clouds.domain.inventory import ResourceKind
from assay.core.errors import Invalid
from assay.recommendations.domain.facts import Facts
from assay.recommendations.domain.found import Action, Found


class Group(StrEnum):
    RIGHTSIZING = "rightsizing"
    IDLE = "idle"
    ORPHANED = "orphaned"
    COMMITMENTS = "commitments"
    WASTE = "waste"
    SECURITY = "security"


def option(default: float, *, unit: str, least: float, most: float, meaning: str) -> Any:
    """A numeric field of a check's Options. least, most: both allowed."""
    return field(default=default, metadata={"unit": unit, "least": least, "most": most, "meaning": meaning})


def choice(default: str, *, among: tuple[str, ...], meaning: str) -> Any:
    """A field of a check's Options that is one of several words."""
    return field(default=default, metadata={"among": among, "meaning": meaning})


@dataclass(frozen=True, slots=True)
class Options:
    """Of one check; fields by `option` and `choice`."""

    def __post_init__(self) -> None:
        for one in fields(self):
            value = getattr(self, one.name)
            if "among" in one.metadata:
                if value not in one.metadata["among"]:
                    raise Invalid(f"{one.name} must be one of {', '.join(one.metadata['among'])}.", field=one.name)
            elif isinstance(value, bool) or not isinstance(value, (int, float)) or not _within(value, one.metadata):
                least, most, unit = (one.metadata[name] for name in ("least", "most", "unit"))
                raise Invalid(f"{one.name} must be a number from {least} to {most} ({unit}).", field=one.name)


def _within(value: float, metadata: Any) -> bool:
    return bool(metadata["least"] <= value <= metadata["most"])


class Check(ABC):
    """One rule. Stateless; a file of its own in `assay.recommendations.checks`, whose docstring holds the rule and a worked example.

    name: snake_case, never changed once used. needs: IAM actions without which the rule cannot be judged.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    group: ClassVar[Group]
    kinds: ClassVar[tuple[ResourceKind, ...]]
    action: ClassVar[Action]
    needs: ClassVar[frozenset[str]]
    options: ClassVar[type[Options]] = Options

    @abstractmethod
    def find(self, facts: Facts, options: Any) -> Iterator[Found]:
        """options: of the class's own type. At most one per resource. Without I/O, clock or chance."""
