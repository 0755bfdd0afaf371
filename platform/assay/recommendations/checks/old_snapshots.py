"""Snapshots of volumes that are gone."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

from assay.clouds.domain.inventory import Resource, ResourceKind, Snapshot
from assay.recommendations.domain.checks import Check, Group, Options, option
from assay.recommendations.domain.commands import aws
from assay.recommendations.domain.consoles import console_address
from assay.recommendations.domain.facts import Facts
from assay.recommendations.domain.found import Action, Confidence, Effort, Evidence, Found, Remedy, Risk
from assay.recommendations.domain.monthly import saving_of_all

BILLED_DAYS = 30
KEPT_BY_A_POLICY = ("aws:backup:", "aws:dlm:", "dlm:managed")
"""Beginnings of tag keys by which AWS Backup and Data Lifecycle Manager mark what they delete themselves."""


@dataclass(frozen=True, slots=True)
class OldSnapshotsOptions(Options):
    days: int = option(30, unit="days", least=1, most=3_650, meaning="made at least so long ago")


class OldSnapshots(Check):
    """A snapshot at least `days` days old whose volume exists no longer and of which no image is made.

    Left are those that a backup policy made, which deletes them by itself. Snapshots share blocks: what the bill charges for one is what is
    freed only as far as no other has the same blocks, so the expected saving is also the greatest. It may be the last copy of its data: the risk is
    never low.

    >>> snapshot = make_resource(ResourceKind.SNAPSHOT, "snap-1", Snapshot("vol-gone", 100), state="completed",
    ...                          created_at=AT - timedelta(days=45))
    >>> facts = FactSet().with_(snapshot, bill=make_bill("1.50", days=30))
    >>> [one] = check.find(facts, check.options())
    >>> one.saving.expected
    Money(amount=Decimal('1.520833333333333'), currency='USD')
    """

    name = "old_snapshots"
    title = "Snapshots of volumes that are gone"
    group = Group.ORPHANED
    kinds = (ResourceKind.SNAPSHOT,)
    action = Action.DELETE
    needs = frozenset({"ec2:DescribeSnapshots", "ec2:DescribeVolumes", "ec2:DescribeImages"})
    options = OldSnapshotsOptions

    def find(self, facts: Facts, options: OldSnapshotsOptions) -> Iterator[Found]:
        for resource in facts.resources(ResourceKind.SNAPSHOT):
            snapshot = resource.details
            if not isinstance(snapshot, Snapshot) or snapshot.image_ids or is_kept(resource.tags):
                continue
            age = facts.at - resource.created_at if resource.created_at else timedelta(0)
            if age >= timedelta(days=options.days) and not _has_volume(facts, resource, snapshot):
                yield self._describe(facts, resource, snapshot, age.days, options)

    def _describe(
        self, facts: Facts, resource: Resource, snapshot: Snapshot, age_days: int, options: OldSnapshotsOptions
    ) -> Found:
        key = resource.key
        return Found(
            resource=key,
            action=self.action,
            reason=f"It was made {age_days} days ago of {snapshot.volume_id}, which exists no longer, and no image is made of it.",
            saving=saving_of_all(facts.bill(resource, days=BILLED_DAYS), days=BILLED_DAYS, currency=facts.currency),
            evidence=(
                Evidence("Age", f"{age_days} days", f"at least {options.days} days"),
                Evidence("Its volume", f"{snapshot.volume_id} is gone"),
                Evidence("Size of the volume", f"{snapshot.size_gib} GiB"),
            ),
            confidence=Confidence.MEDIUM,
            risk=Risk.MEDIUM,
            effort=Effort.VERY_LOW,
            remedy=Remedy(
                command=aws(key, "ec2", "delete-snapshot", "--snapshot-id", key.native_id),
                terraform="Remove its `aws_ebs_snapshot`.",
                console=console_address(key),
            ),
        )


def is_kept(tags: Mapping[str, str]) -> bool:
    return any(key.startswith(KEPT_BY_A_POLICY) for key in tags)


def _has_volume(facts: Facts, resource: Resource, snapshot: Snapshot) -> bool:
    key = resource.key
    return facts.find(ResourceKind.VOLUME, key.account_id, key.region, snapshot.volume_id) is not None
