"""What each finding adds to the total of what can really be saved."""

from uuid import UUID

from django.db import connection

from assay.core.money import Money
from assay.recommendations.domain.found import Action
from assay.recommendations.domain.interactions import Claim, Counted, count_savings
from assay.recommendations.domain.states import ACTIVE
from assay.recommendations.models import Finding

BATCH = 1_000


def recount(organization_id: UUID) -> None:
    """In the transaction of whatever changed findings; two at once wait for each other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"recommendations.count:{organization_id}"])
    fields = (
        "id",
        "provider",
        "account_id",
        "region",
        "kind",
        "native_id",
        "action",
        "currency",
        "expected",
        "counted",
        "included_in",
    )
    rows = list(Finding.objects.filter(organization_id=organization_id, state__in=ACTIVE, excluded=False).only(*fields))
    counted = count_savings([_claim(row) for row in rows])
    changed = [row for row in rows if _apply(row, counted[row.id])]
    Finding.objects.bulk_update(changed, ["counted", "included_in"], batch_size=BATCH)
    uncounted = Finding.objects.filter(organization_id=organization_id).exclude(state__in=ACTIVE, excluded=False)
    uncounted.exclude(counted=0, included_in=None).update(counted=0, included_in=None)


def _claim(row: Finding) -> Claim:
    resource = (row.provider, row.account_id, row.region, row.kind, row.native_id)
    return Claim(row.id, resource, Action(row.action), Money(row.expected, row.currency))


def _apply(row: Finding, counted: Counted) -> bool:
    """returns: whether that changed anything."""
    if (row.counted, row.included_in_id) == (counted.saving.amount, counted.included_in):
        return False
    row.counted, row.included_in_id = counted.saving.amount, counted.included_in  # type: ignore[assignment]  # keys are ids here
    return True
