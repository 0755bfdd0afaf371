"""What several findings on one resource save together: never more than the resource costs, and nothing twice."""

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from assay.core.money import Money
from assay.recommendations.domain.found import Action

ORDER = tuple(Action)
"""The strongest first."""
TOGETHER = frozenset({frozenset({Action.RESIZE, Action.COMMIT}), frozenset({Action.MODERNISE, Action.COMMIT})})
"""Pairs that can both be done. Purchase advice counts what is left after open resizes, so their savings add up."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One finding's claim on a resource. key: of the finding. resource: whatever tells resources apart."""

    key: Hashable
    resource: Hashable
    action: Action
    saving: Money


@dataclass(frozen=True, slots=True)
class Counted:
    """included_in: the finding that counts in this one's place, or None when it counts itself."""

    saving: Money
    included_in: Hashable | None = None


def count_savings(claims: Sequence[Claim]) -> Mapping[Hashable, Counted]:
    """What each finding adds to the total of what can really be saved.

    Of findings on one resource that exclude each other the one that saves most counts, of equals the stronger action, and then the
    earlier in order of key as text; the others count nothing.

    >>> usd = lambda text: Money(Decimal(text), "USD")
    >>> counted = count_savings([
    ...     Claim("idle", "i-1", Action.DELETE, usd("70.08")), Claim("too large", "i-1", Action.RESIZE, usd("35.04")),
    ...     Claim("gp2", "vol-1", Action.MODERNISE, usd("2"))])
    >>> {key: str(one.saving.amount) for key, one in counted.items()}
    {'idle': '70.08', 'too large': '0', 'gp2': '2'}
    >>> counted["too large"].included_in
    'idle'
    """
    by_resource: defaultdict[tuple[Hashable, str], list[Claim]] = defaultdict(list)
    for claim in claims:
        by_resource[claim.resource, claim.saving.currency].append(claim)
    counted: dict[Hashable, Counted] = {}
    for of_resource in by_resource.values():
        chosen: list[Claim] = []
        for claim in sorted(of_resource, key=_rank):
            rival = next((one for one in chosen if frozenset({one.action, claim.action}) not in TOGETHER), None)
            if rival is None:
                chosen.append(claim)
                counted[claim.key] = Counted(claim.saving)
            else:
                counted[claim.key] = Counted(Money(Decimal(0), claim.saving.currency), included_in=rival.key)
    return {claim.key: counted[claim.key] for claim in claims}


def _rank(claim: Claim) -> tuple[Decimal, int, str]:
    return -claim.saving.amount, ORDER.index(claim.action), str(claim.key)
