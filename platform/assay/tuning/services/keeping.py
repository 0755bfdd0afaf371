"""Keeping a lease while the command runs."""

import time
from collections.abc import Callable

import structlog
from django.db import InterfaceError, OperationalError, close_old_connections

from assay.core import tenancy
from assay.tuning.domain.attempts import Claim, Renewal
from assay.tuning.domain.retries import LEASE, RENEW_EVERY
from assay.tuning.services.leases import renew_lease

log = structlog.get_logger(__name__)

DATABASE_AWAY = (OperationalError, InterfaceError)


class LeaseKeeper:
    """Renews every 5 seconds. While the database is away the lease holds until it would have ended, and not a moment longer."""

    def __init__(self, claim: Claim, *, read_seconds: Callable[[], float] = time.monotonic) -> None:
        """read_seconds: a clock that never goes back."""
        self.claim = claim
        self.last = Renewal.HELD
        self.read_seconds = read_seconds
        self.due = read_seconds() + RENEW_EVERY.total_seconds()
        self.ends = read_seconds() + LEASE.total_seconds()

    def keep(self) -> Renewal:
        """Called at any rate; once lost, a lease stays lost."""
        at = self.read_seconds()
        if at < min(self.due, self.ends) or self.last is Renewal.LOST:
            return self.last
        self.due = at + RENEW_EVERY.total_seconds()
        try:
            with tenancy.scope(self.claim.organization_id):
                self.last = renew_lease(self.claim.organization_id, self.claim.trial_id, lease_token=self.claim.lease_token)
            self.ends = at + LEASE.total_seconds()
        except DATABASE_AWAY as error:
            log.warning("lease_not_renewed", trial_id=str(self.claim.trial_id), reason=str(error))
            close_old_connections()
            if at >= self.ends:
                self.last = Renewal.LOST
        return self.last
