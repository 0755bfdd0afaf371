"""What the ledger charged for resources: sums over whole days, by resource."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date
from decimal import Decimal
from uuid import UUID

import ibis
from django.db.models import Min

from assay.core.intervals import Interval
from assay.costs.domain.basis import Basis
from assay.costs.domain.questions import Question
from assay.costs.models import BillPeriod
from assay.costs.selectors.freshness import find_reach
from assay.costs.selectors.questions import Choice, amount_of, needs_of, open_ledger

COLUMNS = ("resource_id", "charge_date", "charge_category", "commitment_discount_status")
USED = "Used"


@dataclass(frozen=True, slots=True)
class ResourceSums:
    """Of one resource in one currency. effective: commitments amortised. contracted: the same use without commitments.

    covered: the part of contracted that commitments covered. days: how many had a charge; last_day: the last of them.
    """

    effective: Decimal
    contracted: Decimal
    covered: Decimal
    days: int
    last_day: date


def find_billed_days(organization_id: UUID) -> tuple[date, date] | None:
    """The first day that a bill may cover, and the first (UTC) from which on it may still grow; None without a bill."""
    until = find_reach(organization_id).complete_until
    first = BillPeriod.objects.filter(organization_id=organization_id).aggregate(first=Min("billing_period"))["first"]
    return None if until is None or first is None else (date.fromisoformat(f"{first}-01"), until.astimezone(UTC).date())


def read_resource_sums(organization_id: UUID, interval: Interval) -> Mapping[tuple[str, str], ResourceSums]:
    """(resource id, currency) → sums of every resource that has a charge for use in the interval, which has whole days."""
    choice = Choice((interval,))
    with open_ledger(organization_id, needs_of(choice, columns=COLUMNS)) as ledger:
        if ledger is None:
            return {}
        chosen = ledger.choose(choice)
        usage = chosen.filter((chosen.charge_category == "Usage") & chosen.resource_id.notnull())
        contracted = amount_of(usage, Basis.CONTRACTED)
        zero = ibis.literal(0, type="decimal(33, 15)")
        sums = usage.group_by(resource_id=usage.resource_id, currency=usage.billing_currency).aggregate(
            effective=amount_of(usage, Basis.EFFECTIVE).sum(),
            contracted=contracted.sum(),
            covered=ibis.ifelse(usage.commitment_discount_status == USED, contracted, zero).sum(),
            days=usage.charge_date.nunique(),
            last_day=usage.charge_date.max(),
        )
        rows = ledger.ask(Question.RESOURCE_SUMS, sums)
    return {
        (row["resource_id"], row["currency"]): ResourceSums(
            row["effective"], row["contracted"], row["covered"], row["days"], row["last_day"]
        )
        for row in rows
    }


def read_daily_costs(
    organization_id: UUID, interval: Interval, *, resource_ids: Collection[str]
) -> Mapping[tuple[str, str], Mapping[date, Decimal]]:
    """(resource id, currency) → day → effective cost, whatever kind of charge; days without one are missing."""
    choice = Choice((interval,))
    with open_ledger(organization_id, needs_of(choice, columns=COLUMNS)) as ledger:
        if ledger is None or not resource_ids:
            return {}
        chosen = ledger.choose(choice)
        chosen = chosen.filter(chosen.resource_id.isin(sorted(set(resource_ids))))
        keys = {"resource_id": chosen.resource_id, "currency": chosen.billing_currency, "day": chosen.charge_date}
        rows = ledger.ask(
            Question.RESOURCE_DAYS, chosen.group_by(**keys).aggregate(amount=amount_of(chosen, Basis.EFFECTIVE).sum())
        )
    costs: defaultdict[tuple[str, str], dict[date, Decimal]] = defaultdict(dict)
    for row in rows:
        costs[row["resource_id"], row["currency"]][row["day"]] = row["amount"]
    return costs
