"""How long something has been so."""

from datetime import datetime, timedelta

from assay.clouds.domain.inventory import Resource


def time_in_state(resource: Resource, at: datetime) -> timedelta:
    """At least so long: since the provider says, else since Assay first saw it."""
    return at - (resource.state_since or resource.first_seen_at)
