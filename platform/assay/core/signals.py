"""What apps may hear from others that they may not know, after commit where nothing else is said."""

from typing import Any

from django.db import transaction
from django.dispatch import Signal

run_changed = Signal()
"""organization_id: UUID, run_id: UUID. A run with an `assay.` tag was created or changed its status or times; any run changed its
visibility or such a tag. Of other runs nobody above tracking keeps anything."""

bill_imported = Signal()
"""organization_id: UUID, import_id: UUID. The lake holds a new version of one or more billing periods."""

sweep_changed = Signal()
"""organization_id: UUID, sweep_id: UUID. A sweep or one of its trials changed state."""

findings_opened = Signal()
"""organization_id: UUID, findings: mappings of plain values. Checks found these for the first time. Sent *inside* their transaction, so that
what is written because of them is written with them, or not at all."""


def send_after_commit(signal: Signal, **values: Any) -> None:  # a signal's values are its own contract
    """Receivers run after the commit; one that fails is logged, and the write it followed stays answered as done."""
    transaction.on_commit(lambda: signal.send(sender=None, **values), robust=True)
