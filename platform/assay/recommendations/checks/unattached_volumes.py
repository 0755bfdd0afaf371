"""Volumes that no machine uses."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from assay.clouds.domain.inventory import Resource, ResourceKind, Volume
from assay.recommendations.domain.ages import time_in_state
from assay.recommendations.domain.checks import Check, Group, Options, option
from assay.recommendations.domain.commands import aws
from assay.recommendations.domain.consoles import console_address
from assay.recommendations.domain.facts import Facts
from assay.recommendations.domain.found import Action, Confidence, Effort, Evidence, Found, Remedy, Risk
from assay.recommendations.domain.monthly import saving_of_all

BILLED_DAYS = 30
KEEP = "assay:keep"
"""A tag of this key says that somebody wants the volume as it is."""


@dataclass(frozen=True, slots=True)
class UnattachedVolumesOptions(Options):
    days: int = option(7, unit="days", least=1, most=365, meaning="unattached for at least so long")


class UnattachedVolumes(Check):
    """A volume that has been attached to nothing for at least `days` days.

    How long is known from the time at which the volume came into its state, or else from when Assay first saw it, so that one that was
    detached an hour before the first look does not count. It is paid in full whether attached or not; its whole cost is saved. Volumes with the tag
    `assay:keep` are left. The remedy makes a snapshot first.

    >>> volume = make_resource(ResourceKind.VOLUME, "vol-1", Volume("gp3", 500), state="available", state_since=AT - timedelta(days=8))
    >>> facts = FactSet().with_(volume, bill=make_bill("12.00", days=9))
    >>> [one] = check.find(facts, check.options())
    >>> one.saving.expected
    Money(amount=Decimal('40.555555555555556'), currency='USD')
    """

    name = "unattached_volumes"
    title = "Volumes that no machine uses"
    group = Group.ORPHANED
    kinds = (ResourceKind.VOLUME,)
    action = Action.DELETE
    needs = frozenset({"ec2:DescribeVolumes"})
    options = UnattachedVolumesOptions

    def find(self, facts: Facts, options: UnattachedVolumesOptions) -> Iterator[Found]:
        for resource in facts.resources(ResourceKind.VOLUME):
            volume, idle = resource.details, time_in_state(resource, facts.at)
            if not isinstance(volume, Volume) or volume.attached_to or resource.state != "available" or KEEP in resource.tags:
                continue
            if idle >= timedelta(days=options.days):
                yield self._describe(facts, resource, volume, idle.days, options)

    def _describe(
        self, facts: Facts, resource: Resource, volume: Volume, idle_days: int, options: UnattachedVolumesOptions
    ) -> Found:
        key = resource.key
        return Found(
            resource=key,
            action=self.action,
            reason=f"{volume.size_gib} GiB of {volume.volume_type} have been attached to nothing for {idle_days} days.",
            saving=saving_of_all(facts.bill(resource, days=BILLED_DAYS), days=BILLED_DAYS, currency=facts.currency),
            evidence=(Evidence("Unattached", f"{idle_days} days", f"at least {options.days} days"),),
            confidence=Confidence.HIGH if resource.state_since else Confidence.MEDIUM,
            risk=Risk.LOW,
            effort=Effort.VERY_LOW,
            remedy=Remedy(
                command="\n".join(
                    (
                        aws(
                            key,
                            "ec2",
                            "create-snapshot",
                            "--volume-id",
                            key.native_id,
                            "--description",
                            f"last of {key.native_id}",
                        ),
                        aws(key, "ec2", "delete-volume", "--volume-id", key.native_id),
                    )
                ),
                terraform="Remove its `aws_ebs_volume`, after a snapshot.",
                console=console_address(key),
            ),
        )
