"""Which of the latest runs carry a tag: a walk of the index of starts, with a probe of each run's tags on the way."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection

# Without OFFSET the planner may read every tag of these keys that any run ever had.
_TAGGED = """
SELECT r.id FROM tracking_run r
WHERE r.organization_id = %(organization)s AND r.started_at >= %(since)s AND EXISTS (
    SELECT FROM tracking_runtag t
    WHERE t.run_id = r.id AND t.organization_id = %(organization)s AND t.key = ANY(%(keys)s) OFFSET 0
)
ORDER BY r.started_at DESC, r.id
"""


def list_tagged_runs(organization_id: UUID, keys: Sequence[str], *, since: datetime) -> list[UUID]:
    """Runs in any stage that started since then and carry a tag of one of these keys, the newest first."""
    with connection.cursor() as cursor:
        cursor.execute(_TAGGED, {"organization": organization_id, "since": since, "keys": list(keys)})
        return [row[0] for row in cursor.fetchall()]
