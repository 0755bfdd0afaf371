"""What an organization chooses for a check."""

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction

from assay.accounts.services import audit
from assay.core.clock import now
from assay.core.errors import Invalid
from assay.core.ids import new_id
from assay.recommendations.models import CheckSettings
from assay.recommendations.selectors.registry import get_check
from assay.recommendations.selectors.settings import Chosen, read_settings, show_options


def change_settings(
    organization_id: UUID,
    check_name: str,
    *,
    options: Mapping[str, object] | None = None,
    paused: bool | None = None,
    actor_id: UUID | None,
) -> Chosen:
    """options: those to differ from the check's own, all of them; None leaves them. From the next run on.

    raises: NotFound for the check; Invalid naming the option.
    """
    check = get_check(check_name)
    if options is not None:
        known = show_options(check.options())
        unknown = sorted(set(options) - set(known))
        if unknown:
            raise Invalid(f"{check_name} has no option {unknown[0]}; it has {', '.join(known) or 'none'}.", field=unknown[0])
        check.options(**options)
    with transaction.atomic():
        row, _ = CheckSettings.objects.select_for_update().get_or_create(
            organization_id=organization_id, check_name=check_name, defaults={"id": new_id()}
        )
        row.options = dict(options) if options is not None else row.options
        row.paused = row.paused if paused is None else paused
        row.changed_at = now()
        row.save()
        told = {"options": row.options, "paused": row.paused}
        audit.record(organization_id, actor_id=actor_id, action="check.changed", subject=check_name, details=told)
    return read_settings(organization_id)[check_name]
