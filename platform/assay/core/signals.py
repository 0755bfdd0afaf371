"""What upper apps may hear from lower ones, always after commit."""

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


def send_after_commit(signal: Signal, **values: Any) -> None:  # a signal's values are its own contract
    """Receivers run after the commit; one that fails is logged, and the write it followed stays answered as done."""
    transaction.on_commit(lambda: signal.send(sender=None, **values), robust=True)
