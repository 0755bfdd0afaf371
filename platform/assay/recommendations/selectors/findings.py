"""Findings as lists, one by one, and as totals."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, date
from decimal import Decimal
from uuid import UUID

from django.db.models import Count, Min, Q, QuerySet, Sum

from assay.clouds.domain.inventory import ResourceKey, ResourceKind
from assay.core.errors import NotFound
from assay.core.money import EXACT, Money
from assay.recommendations.domain.documents import read_document
from assay.recommendations.domain.found import PriceSource
from assay.recommendations.domain.states import ACTIVE, DONE, FindingState
from assay.recommendations.domain.values import EventView, FindingQuery, FindingView, Savings, SavingsRow, SavingsStep
from assay.recommendations.models import Finding, FindingEvent
from assay.recommendations.selectors.registry import checks_by_name, title_of

ZERO = Decimal(0)
UNPRICED = Q(price_source=PriceSource.UNKNOWN.value)
ORDER = ("-counted", "-expected", "check_name", "native_id", "id")


def list_findings(organization_id: UUID, query: FindingQuery) -> list[FindingView]:
    """Those that save most first."""
    rows = _chosen(organization_id, query).select_related("team", "owner").order_by(*ORDER)
    return [view_finding(row) for row in rows[query.offset : query.offset + query.limit]]


def count_findings(organization_id: UUID, query: FindingQuery) -> int:
    return _chosen(organization_id, query).count()


def get_finding(organization_id: UUID, finding_id: UUID) -> FindingView:
    """raises: NotFound."""
    row = Finding.objects.select_related("team", "owner").filter(organization_id=organization_id, id=finding_id).first()
    if row is None:
        raise NotFound(f"There is no finding {finding_id}.", finding_id=str(finding_id))
    return view_finding(row)


def list_findings_of(organization_id: UUID, *, account_id: str, native_id: str) -> list[FindingView]:
    """All of one resource, whatever became of them."""
    rows = Finding.objects.filter(organization_id=organization_id, account_id=account_id, native_id=native_id)
    return [view_finding(row) for row in rows.select_related("team", "owner").order_by(*ORDER)]


def list_events(organization_id: UUID, finding_id: UUID) -> list[EventView]:
    """What happened to a finding, the newest first."""
    rows = FindingEvent.objects.filter(organization_id=organization_id, finding_id=finding_id).select_related("actor")
    return [
        EventView(row.at, row.actor.name or row.actor.email if row.actor else "", row.state, row.details)
        for row in rows.order_by("-at", "-id")
    ]


def describe_findings(organization_id: UUID, finding_ids: Collection[UUID]) -> list[dict[str, object]]:
    """As plain values, for messages; in the order of their ids. What a rule leaves out is not among them."""
    rows = Finding.objects.filter(organization_id=organization_id, id__in=finding_ids, excluded=False).order_by("id")
    return [
        {
            "id": str(row.id),
            "check": row.check_name,
            "finding": row.document["reason"],
            "resource": row.native_id,
            "account_id": row.account_id,
            "region": row.region,
            "saving_a_month": {"amount": f"{row.expected:f}", "currency": row.currency},
            "price_source": row.price_source,
        }
        for row in rows
    ]


def sum_savings(organization_id: UUID) -> Savings:
    rows = Finding.objects.filter(organization_id=organization_id)
    active = rows.filter(state__in=ACTIVE, excluded=False)
    return Savings(
        open=_totals(active, "counted"),
        accepted=_totals(active.filter(state=FindingState.ACCEPTED), "counted"),
        applied=_totals(rows.filter(state=FindingState.APPLIED), "promised"),
        verified=_totals(rows.filter(state=FindingState.VERIFIED), "verified_saving"),
        findings=active.count(),
        stale=active.exclude(stale_since=None).count(),
        unpriced=active.filter(UNPRICED).count(),
        by_check=_parts(active, "check_name", {name: check.title for name, check in checks_by_name().items()}),
        by_team=_parts(active, "team__name", {None: "No team"}),
        by_account=_parts(active, "account_id", {}),
    )


def savings_over_time(organization_id: UUID, currency: str) -> list[SavingsStep]:
    """Day by day on which something happened: what was accepted, done and measured until then, per month, in one currency.

    A finding counts from its first such event on, with its saving of now; what was opened again or dismissed counts no more.
    """
    counted = {
        FindingState.ACCEPTED: ({FindingState.ACCEPTED, *DONE}, "expected"),
        FindingState.APPLIED: (DONE, "promised"),
        FindingState.VERIFIED: ({FindingState.VERIFIED}, "verified_saving"),
    }
    gains: defaultdict[date, dict[FindingState, Decimal]] = defaultdict(dict)
    for state, (states, column) in counted.items():
        rows = Finding.objects.filter(organization_id=organization_id, currency=currency, state__in=states, excluded=False)
        reached = rows.filter(events__state__in=states).annotate(first=Min("events__at", filter=Q(events__state__in=states)))
        for first, amount in reached.values_list("first", column):
            day = first.astimezone(UTC).date()
            gains[day][state] = EXACT.add(gains[day].get(state, ZERO), amount or ZERO)
    totals, steps = dict.fromkeys(counted, ZERO), []
    for day in sorted(gains):
        totals |= {state: EXACT.add(totals[state], amount) for state, amount in gains[day].items()}
        steps.append(SavingsStep(day, *totals.values()))
    return steps


def view_finding(row: Finding) -> FindingView:
    check = checks_by_name().get(row.check_name)

    def money(amount: Decimal) -> Money:
        return Money(amount, row.currency)

    return FindingView(
        id=row.id,
        check=row.check_name,
        check_title=title_of(row.check_name),
        group=check.group.value if check else "",
        resource=ResourceKey(row.provider, row.account_id, row.region, ResourceKind(row.kind), row.native_id),
        name=row.name,
        team_id=row.team_id,
        team_name=row.team.name if row.team else "",
        state=FindingState(row.state),
        action=row.action,
        expected=money(row.expected),
        least=money(row.least),
        most=money(row.most),
        before_commitments=money(row.before_commitments),
        counted=money(row.counted),
        included_in=row.included_in_id,
        price_source=row.price_source,
        confidence=row.confidence,
        risk=row.risk,
        effort=row.effort,
        explanation=read_document(row.document),
        excluded=row.excluded,
        first_seen_at=row.first_seen_at,
        last_seen_at=row.last_seen_at,
        stale_since=row.stale_since,
        owner_id=row.owner_id,
        owner_name=(row.owner.name or row.owner.email) if row.owner else "",
        due_on=row.due_on,
        dismissed_until=row.dismissed_until,
        reason=row.reason,
        applied_at=row.applied_at,
        promised=None if row.promised is None else money(row.promised),
        verified_saving=None if row.verified_saving is None else money(row.verified_saving),
        verified_at=row.verified_at,
    )


def _chosen(organization_id: UUID, query: FindingQuery) -> QuerySet[Finding]:
    rows = Finding.objects.filter(organization_id=organization_id, excluded=query.excluded)
    if query.states:
        rows = rows.filter(state__in=query.states)
    if query.group:
        rows = rows.filter(check_name__in=[name for name, check in checks_by_name().items() if check.group == query.group])
    exact = {"check_name": query.check, "account_id": query.account_id, "team_id": query.team_id}
    rows = rows.filter(**{name: value for name, value in exact.items() if value})
    if query.text:
        rows = rows.filter(Q(native_id__icontains=query.text) | Q(name__icontains=query.text))
    return rows if query.least is None else rows.filter(expected__gte=query.least)


def _totals(rows: QuerySet[Finding], column: str) -> tuple[Money, ...]:
    found = rows.values_list("currency").annotate(total=Sum(column)).order_by("currency")
    return tuple(Money(total, currency) for currency, total in found if total is not None)


def _parts(rows: QuerySet[Finding], column: str, labels: Mapping[str | None, str]) -> tuple[SavingsRow, ...]:
    """The largest first, per value and currency."""
    found: Iterable[tuple[str | None, str, Decimal, int, int]] = rows.values_list(column, "currency").annotate(
        total=Sum("counted"), findings=Count("id"), unpriced=Count("id", filter=UNPRICED)
    )
    parts = [
        SavingsRow(key or "", labels.get(key, key or ""), findings, unpriced, Money(total, currency))
        for key, currency, total, findings, unpriced in found
    ]
    return tuple(sorted(parts, key=lambda part: (-part.counted.amount, part.label)))


def totals_by_check(organization_id: UUID) -> dict[str, tuple[int, tuple[Money, ...]]]:
    """Check → how many findings are active, and what they count."""
    by_check: defaultdict[str, list[SavingsRow]] = defaultdict(list)
    active = Finding.objects.filter(organization_id=organization_id, state__in=ACTIVE, excluded=False)
    for part in _parts(active, "check_name", {}):
        by_check[part.key].append(part)
    return {
        name: (sum(part.findings for part in parts), tuple(part.counted for part in parts)) for name, parts in by_check.items()
    }
