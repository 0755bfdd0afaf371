"""Telling a server what accounts hold that it does not read itself."""

from collections.abc import Sequence
from typing import Any

from assay_client.server import Server

DAYS_AT_ONCE = 200


def send_report(server: Server, report: dict[str, Any]) -> dict[str, int]:
    """returns: held, gone, days. raises: ClientFailed at the first part that is refused; what was sent before stays."""
    done = {"held": 0, "gone": 0, "days": 0}
    for one in report.get("lists", []):
        answer = server.put("inventory", "lists", body=one)
        done["held"] += answer["held"]
        done["gone"] += answer["gone"]
    days: Sequence[Any] = report.get("utilization", [])
    for start in range(0, len(days), DAYS_AT_ONCE):
        done["days"] += server.put("inventory", "utilization", body={"items": list(days[start : start + DAYS_AT_ONCE])})[
            "taken"
        ]
    return done
