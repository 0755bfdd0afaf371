"""Why a finding is found no longer."""

from dataclasses import dataclass
from datetime import datetime

from assay.clouds.domain.inventory import Database, Details, Instance, Resource
from assay.recommendations.domain.found import Action
from assay.recommendations.domain.states import FindingState

STOPPED = frozenset({"stopped", "stopping", "shutting-down", "terminated"})


@dataclass(frozen=True, slots=True)
class Outcome:
    """reason: in words for a person. at: when the resource changed, as far as known."""

    state: FindingState
    reason: str
    at: datetime | None = None


def judge_disappearance(
    action: Action,
    *,
    was_type: str,
    resource: Resource | None,
    gone_at: datetime | None,
    changed_at: datetime | None,
    options_changed: bool,
) -> Outcome:
    """What became of a finding whose check ran well and did not find it again.

    was_type: machine type when it was found, or empty. resource: as it is now, None when it exists no longer. gone_at: since when.
    changed_at: when its type or state last changed. Only what the inventory shows counts as applied.
    """
    if resource is None:
        done = action in (Action.DELETE, Action.STOP)
        state = FindingState.APPLIED if done else FindingState.GONE
        return Outcome(state, "The resource was deleted.", gone_at)
    if action is Action.STOP and resource.state in STOPPED:
        return Outcome(FindingState.APPLIED, f"It is {resource.state}.", resource.state_since or changed_at)
    is_type = type_of(resource.details)
    if action in (Action.RESIZE, Action.MODERNISE) and is_type and was_type and is_type != was_type:
        return Outcome(FindingState.APPLIED, f"It became {is_type}; it was {was_type}.", changed_at)
    if options_changed:
        return Outcome(FindingState.GONE, "The options of the check were changed.")
    return Outcome(FindingState.GONE, "The rule holds no longer: the resource or its use changed.")


def type_of(details: Details) -> str:
    """Machine type of what has one; empty otherwise."""
    if isinstance(details, Instance):
        return details.instance_type
    return details.instance_class if isinstance(details, Database) else ""
