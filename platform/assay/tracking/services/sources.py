"""The code and surroundings that a run was started with."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from hashlib import sha256
from uuid import UUID

from django.db import transaction

from assay.core.clock import now
from assay.core.errors import Invalid
from assay.tracking.domain.content import DIFF_BYTES, PACKAGES_LIMIT, Source
from assay.tracking.domain.limits import check_length
from assay.tracking.models import SourceSnapshot
from assay.tracking.services.batches import note_heartbeat
from assay.tracking.services.locks import lock_run

LENGTHS = {
    "commit": 64,
    "branch": 500,
    "remote": 2_000,
    "command": 16_000,
    "entry_point": 2_000,
    "folder": 4_000,
    "host": 500,
    "operating_system": 500,
    "python_version": 200,
}


def record_source(organization_id: UUID, run_id: UUID, source: Source) -> Source:
    """Keep it as the run's latest start; the one before is replaced. returns: it, with digest and time.

    raises: RunNotFound, NotActive, Invalid when something is too long: a diff is cut by its sender, who says how much is missing.
    """
    _check(source)
    kept = replace(source, packages_digest=digest_packages(source.packages), recorded_at=now())
    with transaction.atomic():
        run = lock_run(organization_id, run_id)
        values = asdict(kept)
        SourceSnapshot.objects.update_or_create(
            run_id=run_id, defaults=values, create_defaults={**values, "organization_id": organization_id}
        )
        note_heartbeat(run)
    return kept


def digest_packages(packages: Mapping[str, str]) -> str:
    """Empty without packages."""
    if not packages:
        return ""
    lines = sorted(f"{name}=={version}" for name, version in packages.items())
    return sha256("\n".join(lines).encode("utf-8", "replace")).hexdigest()


def _check(source: Source) -> None:
    for name, limit in LENGTHS.items():
        check_length(getattr(source, name), limit, what=f"The field {name}")
    size_bytes = len(source.diff.encode("utf-8", "replace"))
    if size_bytes > DIFF_BYTES:
        raise Invalid(
            f"The diff has {size_bytes:,} bytes, the limit is {DIFF_BYTES:,}: cut it and say diff_omitted_bytes.", field="diff"
        )
    check_length(source.diff, DIFF_BYTES, what="The diff")
    if source.diff_omitted_bytes not in range(2**63):
        raise Invalid("diff_omitted_bytes counts bytes, from 0 to 2^63 - 1.", field="diff_omitted_bytes")
    if len(source.packages) > PACKAGES_LIMIT:
        raise Invalid(f"At most {PACKAGES_LIMIT:,} packages are kept, not {len(source.packages):,}.", field="packages")
    for name, version in source.packages.items():
        check_length(name, 250, what="The name of a package")
        check_length(version, 250, what=f"The version of {name[:40]!r}")
