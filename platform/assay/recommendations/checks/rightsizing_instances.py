"""Virtual machines that are larger, or smaller, than their work."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from assay.clouds.domain.inventory import Instance, ResourceKind
from assay.recommendations.domain.checks import Check, Group, Options, choice
from assay.recommendations.domain.facts import Facts
from assay.recommendations.domain.found import Action, Found
from assay.recommendations.domain.rightsizing.catalogues import Catalogues
from assay.recommendations.domain.rightsizing.compatibility import Terms, refuse_attachments
from assay.recommendations.domain.rightsizing.judgement import SizingOptions, Subject, judge
from assay.recommendations.domain.rightsizing.owners import size_is_anothers
from assay.recommendations.domain.rightsizing.remedies import change_instance


@dataclass(frozen=True, slots=True)
class InstanceSizingOptions(SizingOptions):
    instance_store: str = choice("smaller", among=("smaller", "same"), meaning="whether a smaller instance store will do")


class RightsizingInstances(Check):
    """A running machine whose work a cheaper type does with room to spare, or which is too small for it.

    Need of CPU, memory, network, EBS and GPUs: the preset's percentile of five-minute maxima in the highest week of those measured, and what
    it is likely to be in two weeks. A type fits when every need leaves the headroom; what is not measured keeps its capacity, so memory that
    nobody measures is never made smaller, and while no turn of a month was seen half of everything stays. Burstable types must live on their own credits. Architecture, hypervisor, GPUs, instance
    store, interfaces, addresses and volumes are looked at; what changes is said. Spot machines, dedicated hosts, machines with an
    instance-store root, and members of groups or clusters are left: their owner sets the size. Figures: docs/algorithms/rightsizing.md.

    An m5.2xlarge (8 vCPUs, 32 GiB) that never needs more than 15 % of its CPU and 30 % of its memory: 1.2 vCPUs and 9.6 GiB, which with a
    fifth to spare ask for 1.5 vCPUs and 12 GiB. An r5.large has 2 and 16, at 0.126 instead of 0.384 an hour: 188.34 USD a month less. Of
    its hours 40 % are covered by a Savings Plan, which is paid anyway: 113.00 are really saved. A t3.xlarge would do as well, since
    0.64 vCPUs in the mean are less than the 1.28 that it earns with a fifth to spare.

    >>> facts = FactSet().knows_aws().with_(
    ...     make_instance("i-1", "m5.2xlarge"), bill=make_bill("129.024", covered="0.4"), cpu=make_series(15, 8), memory=make_series(30),
    ...     network_in=make_series(1e6), network_out=make_series(1e6), disk_read=make_series(1e6), disk_write=make_series(1e6),
    ...     disk_read_operations=make_series(100), disk_write_operations=make_series(100),
    ... )
    >>> [found] = check.find(facts, check.options())
    >>> [(one.target, str(one.saving.before_commitments.amount.quantize(Decimal("0.01")))) for one in found.choices]
    [('r5.large', '188.34'), ('t3.xlarge', '158.85'), ('m5.xlarge', '140.16')]
    >>> str(found.saving.expected.amount.quantize(Decimal("0.01")))
    '113.00'
    """

    name: ClassVar[str] = "rightsizing_instances"
    title: ClassVar[str] = "Instances of the wrong size"
    group: ClassVar[Group] = Group.RIGHTSIZING
    kinds: ClassVar[tuple[ResourceKind, ...]] = (ResourceKind.INSTANCE,)
    action: ClassVar[Action] = Action.RESIZE
    needs: ClassVar[frozenset[str]] = frozenset({"ec2:DescribeInstances", "cloudwatch:GetMetricData"})
    options: ClassVar[type[Options]] = InstanceSizingOptions

    def find(self, facts: Facts, options: InstanceSizingOptions) -> Iterator[Found]:
        catalogues = Catalogues(facts)
        terms = Terms(other_architecture=options.architecture == "any", smaller_store=options.instance_store == "smaller")
        for resource in facts.resources(ResourceKind.INSTANCE):
            instance = resource.details
            if not isinstance(instance, Instance) or resource.state != "running" or size_is_anothers(instance):
                continue
            subject = Subject(
                resource,
                instance.instance_type,
                catalogues.of_instance(resource.key, instance),
                terms,
                partial(refuse_attachments, instance),
                partial(change_instance, resource.key),
                platform=instance.platform,
                unlimited=instance.unlimited_credits,
            )
            if found := judge(facts, subject, options):
                yield found
