"""Machines of an older generation, where a newer one of the same size is cheaper."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import ClassVar

from assay.clouds.domain.inventory import Instance, Resource, ResourceKind
from assay.clouds.domain.machine_types import MachineType
from assay.clouds.domain.utilization import Metric
from assay.recommendations.domain.checks import Check, Group, Options, choice, option
from assay.recommendations.domain.facts import Facts
from assay.recommendations.domain.found import Action, Choice, Confidence, Evidence, Found, Risk, Saving
from assay.recommendations.domain.rightsizing.catalogue import Catalogue, Priced
from assay.recommendations.domain.rightsizing.catalogues import Catalogues
from assay.recommendations.domain.rightsizing.compatibility import Change, Terms, refuse_attachments
from assay.recommendations.domain.rightsizing.dimensions import capacities
from assay.recommendations.domain.rightsizing.families import is_newer
from assay.recommendations.domain.rightsizing.judgement import in_words
from assay.recommendations.domain.rightsizing.owners import size_is_anothers
from assay.recommendations.domain.rightsizing.remedies import change_instance
from assay.recommendations.domain.rightsizing.savings import Paid, saving_with
from assay.recommendations.domain.rightsizing.window import look_at

MOST_CHOICES = 3


@dataclass(frozen=True, slots=True)
class GenerationOptions(Options):
    days: float = option(14, unit="days", least=7, most=93, meaning="of the bill and of running that are looked at")
    least_saving: float = option(1, unit="currency a month", least=0, most=1_000_000, meaning="below which nothing is said")
    architecture: str = choice("any", among=("any", "same"), meaning="whether another architecture (Graviton) is advised")


class InstanceGenerationUpgrade(Check):
    """A running machine that a type with newer cores and no less of anything replaces for less money.

    No less: vCPUs, memory, sustained network and EBS, GPUs of the same kind, instance store, and for burstable types the baseline; so nothing
    has to be measured, and performance is at no risk. What the change asks for is said (drivers from Xen to Nitro, another
    architecture). Groups, clusters, spot machines and dedicated hosts are left to their owner.

    A t2.large (2 vCPUs, of which 30 % for ever, and 8 GiB) at 0.0928 an hour; a t3.large has all of that at 0.0832: 7.01 USD a month less.

    >>> old = MachineType("t2.large", 2, 8192, burstable=True, baseline_percent=30, hypervisor="xen", nvme=False, current_generation=False)
    >>> facts = FactSet().knows_aws().offers(old).sells({"t2.large": "0.0928"}).with_(make_instance("i-1", "t2.large"))
    >>> [found] = check.find(facts, check.options())
    >>> found.choices[0].target, str(found.saving.expected.amount.quantize(Decimal("0.01")))
    ('t3.large', '7.01')
    """

    name: ClassVar[str] = "instance_generation_upgrade"
    title: ClassVar[str] = "Instances of an older generation"
    group: ClassVar[Group] = Group.RIGHTSIZING
    kinds: ClassVar[tuple[ResourceKind, ...]] = (ResourceKind.INSTANCE,)
    action: ClassVar[Action] = Action.MODERNISE
    needs: ClassVar[frozenset[str]] = frozenset({"ec2:DescribeInstances"})
    options: ClassVar[type[Options]] = GenerationOptions

    def find(self, facts: Facts, options: GenerationOptions) -> Iterator[Found]:
        catalogues = Catalogues(facts)
        for resource in facts.resources(ResourceKind.INSTANCE):
            instance = resource.details
            if not isinstance(instance, Instance) or resource.state != "running" or size_is_anothers(instance):
                continue
            catalogue = catalogues.of_instance(resource.key, instance)
            now = catalogue.by_name.get(instance.instance_type)
            if now is None:
                continue
            newer = _newer(now, catalogue, instance, options)
            paid = _paid(facts, resource, now, int(options.days)) if newer else None
            if paid and (found := _found(resource, now, newer, paid, options)):
                yield found


def _newer(now: Priced, catalogue: Catalogue, instance: Instance, options: GenerationOptions) -> list[tuple[Priced, Change]]:
    """The cheapest first."""
    least = {dimension: capacity for dimension, capacity in capacities(now.machine).items() if capacity is not None}
    terms = Terms(other_architecture=options.architecture == "any", smaller_store=False)
    refuse = partial(refuse_attachments, instance)
    found = []
    for priced in catalogue.holding(least, below=float(now.quote.per_hour.amount)):
        change = catalogue.change(now.machine, priced.machine, terms)
        if (
            is_newer(now.machine, priced.machine)
            and not change.refusal
            and not refuse(priced.machine)
            and _earns(now.machine, priced.machine)
        ):
            found.append((priced, change))
    return found[:MOST_CHOICES]


def _earns(now: MachineType, then: MachineType) -> bool:
    """What it may use for ever is no less."""
    return then.vcpus * (then.baseline_percent or 100) >= now.vcpus * (now.baseline_percent or 100)


def _paid(facts: Facts, resource: Resource, now: Priced, days: int) -> Paid:
    """Hours are those in which its CPU was measured; all of them where it never was."""
    cpu = facts.series(resource, Metric.CPU, days=days)
    window = look_at(cpu, days=days) if cpu is not None else None
    hours, days_running = (window.running_share, window.running_days) if window else (1.0, 1.0)
    return Paid(now.quote, hours, days_running, facts.bill(resource, days=days))


def _found(
    resource: Resource, now: Priced, newer: list[tuple[Priced, Change]], paid: Paid, options: GenerationOptions
) -> Found | None:
    least = max(Decimal("0.01"), Decimal(str(options.least_saving)))
    choices = [
        (one, change, saving) for one, change in newer if (saving := saving_with(paid, one.quote)).expected.amount >= least
    ]
    if not choices:
        return None
    best, change, saving = choices[0]
    return Found(
        resource=resource.key,
        action=Action.MODERNISE,
        reason=f"{best.machine.name} is newer than {now.machine.name}, no smaller, and costs {in_words(saving.expected)} a month less.",
        saving=saving,
        evidence=(
            _price("Type now", now),
            _price("Newer type", best),
        ),
        confidence=Confidence.HIGH if paid.bill else Confidence.MEDIUM,
        risk=Risk.NONE,
        effort=change.effort,
        remedy=change_instance(resource.key, now.machine, best.machine),
        choices=tuple(_choice(*one) for one in choices),
    )


def _choice(priced: Priced, change: Change, saving: Saving) -> Choice:
    return Choice(priced.machine.name, saving, Risk.NONE, change.effort, change.differences)


def _price(what: str, priced: Priced) -> Evidence:
    machine, quote = priced.machine, priced.quote
    size = f"{machine.vcpus} vCPUs, {machine.memory_mib / 1024:g} GiB"
    return Evidence(
        what, f"{machine.name}: {size}, {quote.per_hour.amount:f} {quote.per_hour.currency} an hour ({quote.source})"
    )
