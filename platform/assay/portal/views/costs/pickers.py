"""The range and basis that every money page reads from its URL."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from django.http import HttpRequest

from assay.accounts.domain.organizations import OrganizationView
from assay.core.clock import now
from assay.core.errors import Invalid
from assay.costs.domain.basis import Basis
from assay.costs.domain.charges import Freshness
from assay.portal.domain.ranges import LABELS, TimeRange, read_range
from assay.portal.selectors.ledger import find_freshness

BASIS_LABELS = {
    Basis.EFFECTIVE: "Effective",
    Basis.BILLED: "Billed",
    Basis.CONTRACTED: "Contracted",
    Basis.LIST: "List",
}


@dataclass(frozen=True, slots=True)
class Pickers:
    """What the pickers show, and what was picked."""

    span: TimeRange
    basis: Basis
    freshness: Freshness

    @property
    def billed_through(self) -> date | None:
        """The last day that the bill covers, in the organization's zone."""
        until = self.freshness.charged_until
        return (until - timedelta(microseconds=1)).astimezone(self.span.zone).date() if until else None

    @property
    def ranges(self) -> dict[str, str]:
        return LABELS

    @property
    def bases(self) -> list[tuple[str, str]]:
        return [(basis.value, label) for basis, label in BASIS_LABELS.items()]

    @property
    def basis_label(self) -> str:
        return BASIS_LABELS[self.basis]


def read_pickers(request: HttpRequest, organization: OrganizationView) -> Pickers:
    """`range` or `from` and `to` (days, both included) or `month`; `basis`. raises: Invalid."""
    first, last = request.GET.get("from", ""), request.GET.get("to", "")
    if "month" in request.GET:
        first, last = _days_of_month(request.GET["month"])
    freshness = find_freshness(organization.id)
    span = read_range(
        key=request.GET.get("range", ""),
        first=first,
        last=last,
        at=now(),
        zone_name=organization.timezone,
        charged_until=freshness.charged_until,
    )
    chosen = request.GET.get("basis", Basis.EFFECTIVE.value)
    return Pickers(span, Basis(chosen) if chosen in set(Basis) else Basis.EFFECTIVE, freshness)


def _days_of_month(text: str) -> tuple[str, str]:
    year, _, month = text.partition("-")
    if not (year.isdigit() and month.isdigit() and len(year) == 4 and 1 <= int(month) <= 12):
        raise Invalid("The month must look like 2025-01.")
    return f"{year}-{month}-01", f"{year}-{month}-{monthrange(int(year), int(month))[1]}"
