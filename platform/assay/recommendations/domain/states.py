"""The life of a finding: open → accepted → applied → verified, or dismissed, or gone by itself."""

from dataclasses import dataclass
from enum import StrEnum


class FindingState(StrEnum):
    """DISMISSED: a person does not want it, perhaps until a day. GONE: it holds no longer, and nobody did what it asked."""

    OPEN = "open"
    ACCEPTED = "accepted"
    APPLIED = "applied"
    VERIFIED = "verified"
    DISMISSED = "dismissed"
    GONE = "gone"


ACTIVE = frozenset({FindingState.OPEN, FindingState.ACCEPTED})
"""Whose savings can still be had."""
DONE = frozenset({FindingState.APPLIED, FindingState.VERIFIED})

MOVES = {
    FindingState.OPEN: frozenset({FindingState.ACCEPTED, FindingState.DISMISSED, FindingState.APPLIED}),
    FindingState.ACCEPTED: frozenset({FindingState.ACCEPTED, FindingState.OPEN, FindingState.DISMISSED, FindingState.APPLIED}),
    FindingState.DISMISSED: frozenset({FindingState.OPEN, FindingState.DISMISSED}),
    FindingState.APPLIED: frozenset({FindingState.OPEN}),
    FindingState.VERIFIED: frozenset(),
    FindingState.GONE: frozenset(),
}
"""What a person may make of it. Checks and bills do the rest: verified, gone, and open again when it is found anew."""


class CheckRunState(StrEnum):
    RUNNING = "running"
    COMPLETE = "complete"


class CheckResultState(StrEnum):
    """WAITING: a fact that the check needs may not be read. FAILED: the check itself broke; its older findings are stale."""

    QUEUED = "queued"
    RUNNING = "running"
    FOUND = "found"
    WAITING = "waiting"
    FAILED = "failed"
    PAUSED = "paused"


ENDED = frozenset(CheckResultState) - {CheckResultState.QUEUED, CheckResultState.RUNNING}


@dataclass(frozen=True, slots=True)
class BlindSpot:
    """Where nothing could be read: what was found there before is stale, not gone. region: empty for the whole account."""

    account_id: str
    region: str
    permission: str

    def covers(self, account_id: str, region: str) -> bool:
        return account_id == self.account_id and self.region in ("", region)
