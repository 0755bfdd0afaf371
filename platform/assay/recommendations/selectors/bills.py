"""How the bill names a resource."""

from datetime import UTC, date, datetime, time

from assay.recommendations.models import Finding

_ARN_KINDS = {"snapshot": "snapshot", "address": "elastic-ip", "image": "image"}


def bill_names(row: Finding) -> tuple[str, ...]:
    """All spellings under which a bill may name it: AWS writes plain ids for some kinds and ARNs for others."""
    return names_of(row.kind, row.account_id, row.region, row.native_id)


def names_of(kind: str, account_id: str, region: str, native_id: str) -> tuple[str, ...]:
    if native_id.startswith("arn:") or kind not in _ARN_KINDS:
        return (native_id,)
    return (native_id, f"arn:aws:ec2:{region}:{account_id}:{_ARN_KINDS[kind]}/{native_id}")


def midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=UTC)
