"""Bills that the ledger holds, imported as a delivery is."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from assay.core import tenancy
from assay.costs.domain.imports import ImportState
from assay.costs.selectors.imports import get_import
from assay.costs.services import imports
from tests.factories import focus


def charge(resource_id: str | None, start: datetime, cost: Decimal | str, **values: str | None) -> dict[str, str | None]:
    """An hour from start on, on the bill of the month that start lies in."""
    first = start.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    following = (first + timedelta(days=32)).replace(day=1)
    times = {
        "BillingPeriodStart": first.isoformat(),
        "BillingPeriodEnd": following.isoformat(),
        "ChargePeriodStart": start.isoformat(),
        "ChargePeriodEnd": (start + timedelta(hours=1)).isoformat(),
    }
    return focus.make_charge(str(cost), ResourceId=resource_id, **{**times, **values})


def import_bill(organization_id: UUID, charges: Sequence[focus.Row], *, source_name: str = "aws") -> UUID:
    """Deliver a file and import it; outside a scope, as a worker does. Runs are not charged yet."""
    received = imports.receive_bill(
        organization_id, source_name=source_name, file_name="bill.csv", chunks=[focus.write_csv(charges)]
    )
    imports.import_bills(organization_id)
    with tenancy.scope(organization_id):
        delivered = get_import(organization_id, received.id)
    assert delivered.state is ImportState.IMPORTED, delivered.message
    return received.id
