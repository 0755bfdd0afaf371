"""What beat starts, and how often. Installed in the scheduler's tables when beat starts; people may change it there."""

from datetime import timedelta
from typing import Any

from workers.queues import DEFAULT


def _every(seconds: int, task: str) -> dict[str, Any]:
    """A hint that no worker took before the next one comes expires, so that none pile up while workers are down."""
    return {"task": task, "schedule": timedelta(seconds=seconds), "options": {"queue": DEFAULT, "expires": seconds}}


SCHEDULE = {
    "tracking: merge loose segments": _every(30, "tracking.merge_segments"),
    "tracking: mark lost runs": _every(30, "tracking.mark_lost_runs"),
    "tracking: purge what was deleted a week ago": _every(600, "tracking.purge_deleted"),
    "tuning: advance sweeps": _every(10, "tuning.advance_sweeps"),
    "costs: import received bills": _every(30, "costs.hint_imports"),
    "costs: sum bills again where sums are missing": _every(900, "costs.restore_rollups"),
    "costs: look for deliveries": _every(60, "costs.poll_sources"),
    "costs: charge runs that were missed": _every(300, "costs.resume_costs"),
    "clouds: look at inventories": _every(3_600, "clouds.refresh_inventories"),
    "clouds: measure whole days": _every(21_600, "clouds.refresh_utilization"),
    "clouds: go on with refreshes": _every(60, "clouds.hint_refreshes"),
    "tracking: remove abandoned uploads": _every(3_600, "tracking.sweep_uploads"),
    "recommendations: run checks": _every(60, "recommendations.resume_checks"),
    "recommendations: measure savings": _every(3_600, "recommendations.verify_all_savings"),
    "reports: send due reports": _every(60, "reports.send_due_reports"),
    "registry: deliver waiting webhooks": _every(15, "registry.deliver_waiting_webhooks"),
    "registry: leave out old deliveries": _every(3_600, "registry.forget_old_deliveries"),
    "accounts: send waiting mail": _every(60, "accounts.send_waiting_messages"),
}
