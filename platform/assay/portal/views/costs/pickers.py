"""The range and basis that every money page reads from its URL."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, timedelta

from django.http import HttpRequest

from assay.accounts.domain.organizations import OrganizationView
from assay.core.clock import now
from assay.core.errors import Invalid
from assay.costs.domain.basis import Basis
from assay.costs.domain.charges import Credits, Freshness
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
    credits: Credits = Credits.INCLUDED

    @property
    def billed_through(self) -> date | None:
        """The last day that the bill covers."""
        until = self.freshness.charged_until
        return (until - timedelta(microseconds=1)).astimezone(UTC).date() if until else None

    @property
    def ranges(self) -> dict[str, str]:
        return LABELS

    @property
    def bases(self) -> list[tuple[str, str]]:
        return [(basis.value, label) for basis, label in BASIS_LABELS.items()]

    @property
    def credit_choices(self) -> list[tuple[str, str]]:
        return [(Credits.INCLUDED.value, "Net of credits"), (Credits.EXCLUDED.value, "Before credits")]

    @property
    def leaves_out_purchases(self) -> bool:
        """Whether the purchase of what covers other charges counts for nothing."""
        return self.basis in (Basis.CONTRACTED, Basis.LIST)

    @property
    def basis_label(self) -> str:
        return BASIS_LABELS[self.basis]


def read_pickers(request: HttpRequest, organization: OrganizationView) -> Pickers:
    """`range` or `from` and `to` (days, both included) or `month`; `basis`, `credits`. raises: Invalid."""
    first, last = request.GET.get("from", ""), request.GET.get("to", "")
    if "month" in request.GET:
        first, last = _days_of_month(request.GET["month"])
    freshness = find_freshness(organization.id)
    span = read_range(
        key=request.GET.get("range", ""),
        first=first,
        last=last,
        at=now(),
        charged_until=freshness.charged_until,
    )
    basis, credit = request.GET.get("basis", ""), request.GET.get("credits", "")
    return Pickers(
        span,
        Basis(basis) if basis in set(Basis) else Basis.EFFECTIVE,
        freshness,
        Credits(credit) if credit in set(Credits) else Credits.INCLUDED,
    )


def _days_of_month(text: str) -> tuple[str, str]:
    year, _, month = text.partition("-")
    if not (year.isdigit() and month.isdigit() and len(year) == 4 and 1 <= int(month) <= 12):
        raise Invalid("The month must look like 2025-01.")
    return f"{year}-{month}-01", f"{year}-{month}-{monthrange(int(year), int(month))[1]}"
