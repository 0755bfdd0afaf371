"""How states look: never by colour alone."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Look:
    tone: str
    icon: str
    label: str


_LOOKS = {
    "ok": Look("good", "circle-check", "Answered"),
    "denied": Look("bad", "lock", "Denied"),
    "partial": Look("bad", "alert-triangle", "Partly refused"),
    "running": Look("live", "player-play", "Running"),
    "importing": Look("live", "refresh", "Importing"),
    "stopping": Look("live", "hourglass", "Stopping"),
    "scheduled": Look("wait", "clock", "Scheduled"),
    "waiting": Look("wait", "clock", "Waiting"),
    "received": Look("wait", "clock", "Received"),
    "finished": Look("good", "circle-check", "Finished"),
    "succeeded": Look("good", "circle-check", "Succeeded"),
    "imported": Look("good", "circle-check", "Imported"),
    "unchanged": Look("calm", "check", "Unchanged"),
    "superseded": Look("calm", "check", "Superseded"),
    "incomplete": Look("wait", "clock", "Incomplete"),
    "fresh": Look("good", "circle-check", "Up to date"),
    "failing": Look("bad", "alert-triangle", "Failing"),
    "paused": Look("calm", "ban", "Paused"),
    "empty": Look("calm", "dots", "Nothing yet"),
    "sending": Look("live", "send", "Sending"),
    "interrupted": Look("bad", "alert-triangle", "Interrupted"),
    "sent": Look("good", "circle-check", "Sent"),
    "delivered": Look("good", "circle-check", "Delivered"),
    "disabled": Look("calm", "ban", "Switched off"),
    "failed": Look("bad", "circle-x", "Failed"),
    "refused": Look("bad", "circle-x", "Refused"),
    "lost": Look("bad", "alert-triangle", "Lost"),
    "killed": Look("calm", "ban", "Killed"),
    "stopped": Look("calm", "ban", "Stopped"),
    "revoked": Look("calm", "ban", "Revoked"),
    "expired": Look("calm", "ban", "Expired"),
    "active": Look("good", "circle-check", "Active"),
    "open": Look("wait", "clock", "Open"),
    "accepted": Look("good", "circle-check", "Accepted"),
    "withdrawn": Look("calm", "ban", "Withdrawn"),
    "applied": Look("good", "check", "Applied"),
    "verified": Look("good", "circle-check", "Verified"),
    "dismissed": Look("calm", "ban", "Dismissed"),
    "gone": Look("calm", "check", "Gone"),
    "stale": Look("bad", "alert-triangle", "Stale"),
    "found": Look("good", "circle-check", "Looked"),
    "queued": Look("wait", "clock", "Queued"),
    "complete": Look("good", "circle-check", "Complete"),
}


UNENDED = frozenset({"running", "scheduled", "stopping", "importing", "waiting", "received", "sending", "queued"})
"""States that still change on their own."""


def look_of(state: str) -> Look:
    key = state.lower()
    return _LOOKS.get(key) or Look("calm", "dots", key.replace("_", " ").capitalize())
