"""Where the portal shows a figure of the report."""

from dataclasses import dataclass
from urllib.parse import urlencode

from assay.reports.domain.figures import WeeklyFigures

PARTS = {"service": "account", "account": "service"}
"""What a line of a breakdown is made of."""


@dataclass(frozen=True, slots=True)
class Links:
    """Addresses of the portal's pages, with the week and basis of the report."""

    public_url: str
    figures: WeeklyFigures

    def costs(self, group_by: str) -> str:
        """The week by day, service or account."""
        return f"{self.public_url}/costs?{urlencode({'group_by': group_by, **self._view()})}"

    def within(self, dimension: str, key: str | None) -> str:
        """One service by account, or one account by service; for what has no value of its own, the whole week."""
        if key is None:
            return self.costs(dimension)
        parts = {"filter": f"{dimension}:{key}", "group_by": PARTS[dimension]}
        return f"{self.public_url}/costs?{urlencode({**parts, **self._view()})}"

    def resources(self) -> str:
        return f"{self.public_url}/costs/resources?{urlencode(self._view())}"

    def run(self, run_hex: str) -> str:
        return f"{self.public_url}/runs/{run_hex}"

    def leaderboard(self, leaderboard_hex: str) -> str:
        return f"{self.public_url}/leaderboards/{leaderboard_hex}"

    def _view(self) -> dict[str, str]:
        week = self.figures.week
        return {"from": week.monday.isoformat(), "to": week.last_day.isoformat(), "basis": self.figures.basis.value}
