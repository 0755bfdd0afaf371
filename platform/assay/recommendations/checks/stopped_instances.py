"""Machines that were stopped and are still paid for."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from assay.clouds.domain.inventory import Instance, Manager, Resource, ResourceKind, Volume
from assay.recommendations.domain.checks import Check, Group, Options, option
from assay.recommendations.domain.commands import aws
from assay.recommendations.domain.consoles import console_address
from assay.recommendations.domain.facts import Facts
from assay.recommendations.domain.found import Action, Confidence, Effort, Evidence, Found, Remedy, Risk, Saving
from assay.recommendations.domain.monthly import add_savings, saving_of_all

BILLED_DAYS = 30


@dataclass(frozen=True, slots=True)
class StoppedInstancesOptions(Options):
    days: int = option(30, unit="days", least=1, most=365, meaning="stopped for at least so long")


class StoppedInstances(Check):
    """A machine that has been stopped for at least `days` days while its volumes are paid for.

    A stopped machine costs nothing on AWS; its volumes cost what they always do, and that is the saving. Left are machines whose time of
    stopping nobody knows, members of groups, whose size somebody else decides, and those without a volume. The remedy keeps an image, whose snapshots
    cost less than the volumes did.

    >>> machine = make_resource(ResourceKind.INSTANCE, "i-1", Instance("m5.large", volume_ids=("vol-1",)), state="stopped",
    ...                         state_since=AT - timedelta(days=31))
    >>> volume = make_resource(ResourceKind.VOLUME, "vol-1", Volume("gp3", 100, attached_to=("i-1",)), state="in-use")
    >>> facts = FactSet().with_(machine).with_(volume, bill=make_bill("7.20", days=30))
    >>> [one] = check.find(facts, check.options())
    >>> one.saving.expected
    Money(amount=Decimal('7.300000000000000'), currency='USD')
    """

    name = "stopped_instances"
    title = "Machines stopped for long"
    group = Group.IDLE
    kinds = (ResourceKind.INSTANCE,)
    action = Action.DELETE
    needs = frozenset({"ec2:DescribeInstances", "ec2:DescribeVolumes"})
    options = StoppedInstancesOptions

    def find(self, facts: Facts, options: StoppedInstancesOptions) -> Iterator[Found]:
        for resource in facts.resources(ResourceKind.INSTANCE):
            instance = resource.details
            if not isinstance(instance, Instance) or resource.state != "stopped" or resource.state_since is None:
                continue
            if instance.manager is not Manager.NOBODY or facts.at - resource.state_since < timedelta(days=options.days):
                continue
            volumes = _volumes_of(facts, resource, instance)
            if volumes:
                yield self._describe(facts, resource, volumes, options)

    def _describe(self, facts: Facts, resource: Resource, volumes: list[Resource], options: StoppedInstancesOptions) -> Found:
        key, since = resource.key, resource.state_since or facts.at
        days = (facts.at - since).days
        size = sum(one.details.size_gib for one in volumes if isinstance(one.details, Volume))
        return Found(
            resource=key,
            action=self.action,
            reason=f"It has been stopped for {days} days, and its {len(volumes)} volumes of {size} GiB are paid for.",
            saving=add_savings([_cost(facts, volume) for volume in volumes], facts.currency),
            evidence=(
                Evidence("Stopped", f"{days} days", f"at least {options.days} days"),
                Evidence("Volumes", ", ".join(one.key.native_id for one in volumes)),
            ),
            confidence=Confidence.HIGH,
            risk=Risk.LOW,
            effort=Effort.LOW,
            remedy=Remedy(
                command="\n".join(
                    (
                        aws(key, "ec2", "create-image", "--instance-id", key.native_id, "--name", f"last of {key.native_id}"),
                        aws(key, "ec2", "terminate-instances", "--instance-ids", key.native_id),
                    )
                ),
                terraform="Remove its `aws_instance`, after an image was made.",
                console=console_address(key),
            ),
        )


def _volumes_of(facts: Facts, resource: Resource, instance: Instance) -> list[Resource]:
    key = resource.key
    found = (facts.find(ResourceKind.VOLUME, key.account_id, key.region, volume_id) for volume_id in instance.volume_ids)
    return [volume for volume in found if volume is not None]


def _cost(facts: Facts, volume: Resource) -> Saving:
    return saving_of_all(facts.bill(volume, days=BILLED_DAYS), days=BILLED_DAYS, currency=facts.currency)
