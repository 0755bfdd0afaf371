"""Virtual machines that are larger, or smaller, than their work."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from assay.clouds.domain.inventory import Instance, Manager, Resource, ResourceKind
from assay.core.money import Money
from assay.recommendations.domain.checks import Check, Group, Options, choice, option
from assay.recommendations.domain.facts import Facts
from assay.recommendations.domain.found import Action, Choice, Found, Risk, Saving
from assay.recommendations.domain.rightsizing.candidates import FELT, Option, options, risk_of
from assay.recommendations.domain.rightsizing.catalogue import Priced
from assay.recommendations.domain.rightsizing.catalogues import Catalogues
from assay.recommendations.domain.rightsizing.compatibility import Terms
from assay.recommendations.domain.rightsizing.confidence import confidence_of, doubts
from assay.recommendations.domain.rightsizing.dimensions import Dimension, capacities
from assay.recommendations.domain.rightsizing.evidence import amount, evidence_of
from assay.recommendations.domain.rightsizing.presets import PRESETS, Preset
from assay.recommendations.domain.rightsizing.readings import Reading, paid_for, read
from assay.recommendations.domain.rightsizing.remedies import change_instance
from assay.recommendations.domain.rightsizing.savings import Paid, extra_cost, saving_with


@dataclass(frozen=True, slots=True)
class RightsizingOptions(Options):
    preset: str = choice("default", among=tuple(PRESETS), meaning="percentile and headroom, as Compute Optimizer's preferences")
    days: float = option(14, unit="days", least=14, most=93, meaning="that must have been measured")
    lookback: float = option(35, unit="days", least=14, most=93, meaning="whose weeks count where they were measured")
    unseen_month: float = option(
        50, unit="percent of now", least=0, most=100, meaning="that stays while no turn of a month was seen"
    )
    risk: float = option(0, unit="performance risk", least=0, most=4, meaning="highest performance risk of what is advised")
    least_saving: float = option(1, unit="currency a month", least=0, most=1_000_000, meaning="below which nothing is said")
    architecture: str = choice("any", among=("any", "same"), meaning="whether another architecture (Graviton) is advised")
    instance_store: str = choice("smaller", among=("smaller", "same"), meaning="whether a smaller instance store will do")
    larger: str = choice("yes", among=("yes", "no"), meaning="whether larger machines are advised for those that are too small")


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
    options: ClassVar[type[Options]] = RightsizingOptions

    def find(self, facts: Facts, options: RightsizingOptions) -> Iterator[Found]:
        catalogues = Catalogues(facts)
        for resource in facts.resources(ResourceKind.INSTANCE):
            if isinstance(resource.details, Instance) and not left_alone(resource, resource.details):
                found = _Judge(facts, catalogues, options, resource, resource.details).judge()
                if found:
                    yield found


def left_alone(resource: Resource, instance: Instance) -> bool:
    return (
        resource.state != "running"
        or instance.lifecycle == "spot"
        or instance.manager is not Manager.NOBODY
        or instance.tenancy == "host"
        or instance.root_device == "instance-store"
    )


@dataclass(frozen=True, slots=True)
class _Judge:
    facts: Facts
    catalogues: Catalogues
    options: RightsizingOptions
    resource: Resource
    instance: Instance

    @property
    def preset(self) -> Preset:
        return PRESETS[self.options.preset]

    def judge(self) -> Found | None:
        catalogue = self.catalogues.of_instance(self.resource.key, self.instance)
        now = catalogue.by_name.get(self.instance.instance_type)
        if now is None:
            return None
        days = int(self.options.days)
        reading = read(
            self.facts,
            self.resource,
            now.machine,
            preset=self.preset,
            days=days,
            lookback=int(self.options.lookback),
            unseen_month=self.options.unseen_month / 100,
            unlimited=self.instance.unlimited_credits,
        )
        if reading is None:
            return None
        paid = paid_for(self.facts, self.resource, reading, now.quote, platform=self.instance.platform, days=days)
        return self._cheaper(now, reading, paid) or self._larger(now, reading, paid)

    def _cheaper(self, now: Priced, reading: Reading, paid: Paid) -> Found | None:
        found = self._options(now, reading, below=float(now.quote.per_hour.amount))
        choices = [
            (one, saving) for one in found if (saving := saving_with(paid, one.priced.quote)).expected.amount >= self._least
        ]
        if not choices:
            return None
        best, saving = choices[0]
        reason = (
            f"{self._says(reading, now)}: {best.priced.machine.name} does its work for {money(saving.expected)} a month less."
        )
        return self._found(now, reading, choices, reason)

    def _larger(self, now: Priced, reading: Reading, paid: Paid) -> Found | None:
        if (
            self.options.larger == "no"
            or self._short(reading) is None
            or risk_of(reading.work, now.machine, self.preset) < Risk.HIGH
        ):
            return None
        found = self._options(now, reading, below=None)
        if not found:
            return None
        nothing = Saving.exactly(Money(0 * now.quote.per_hour.amount, now.quote.per_hour.currency), now.quote.source)
        best = found[0].priced
        reason = f"{self._says(reading, now)}, too little to spare: {best.machine.name} costs {money(extra_cost(paid, best.quote))} a month more."
        return self._found(now, reading, [(one, nothing) for one in found], reason)

    def _options(self, now: Priced, reading: Reading, *, below: float | None) -> list[Option]:
        terms = Terms(
            other_architecture=self.options.architecture == "any",
            smaller_store=self.options.instance_store == "smaller",
            gpus_unused=reading.work.gpus_unused,
        )
        return options(
            reading.work,
            self.catalogues.of_instance(self.resource.key, self.instance),
            instance=self.instance,
            preset=self.preset,
            terms=terms,
            allowed=Risk(int(self.options.risk)),
            below=below,
        )

    def _short(self, reading: Reading) -> Dimension | None:
        """The felt dimension that takes the most of what is held, where it takes too much."""
        held = capacities(reading.work.machine)
        return next(
            (one for one in FELT if one in reading.work.needs and reading.work.needs[one].amount > 0.9 * (held[one] or 0.0)),
            None,
        )

    @property
    def _least(self) -> Decimal:
        return Decimal(str(self.options.least_saving))

    def _says(self, reading: Reading, now: Priced) -> str:
        held = capacities(now.machine)
        needs = [
            f"{amount(reading.work.needs[one].amount, one).split(' ')[0]} of {amount(held[one] or 0.0, one)}"
            for one in (Dimension.CPU, Dimension.MEMORY)
            if one in reading.work.needs
        ]
        return f"It needs {' and '.join(needs)}"

    def _found(self, now: Priced, reading: Reading, choices: list[tuple[Option, Saving]], reason: str) -> Found:
        best, saving = choices[0]
        uncertain = doubts(reading.window, reading.work.needs, now.machine)
        return Found(
            resource=self.resource.key,
            action=Action.RESIZE,
            reason=reason,
            saving=saving,
            evidence=evidence_of(reading.work, reading.window, self.preset, uncertain),
            confidence=confidence_of(uncertain),
            risk=best.risk,
            effort=best.change.effort,
            remedy=change_instance(self.resource.key, now.machine, best.priced.machine),
            choices=tuple(
                Choice(
                    target=one.priced.machine.name,
                    saving=what,
                    risk=one.risk,
                    effort=one.change.effort,
                    differences=one.change.differences,
                    projected={str(dimension): round(100 * share, 1) for dimension, share in one.projected.items()},
                )
                for one, what in choices
            ),
        )


def money(one: Money) -> str:
    return f"{one.amount:,.2f} {one.currency}"
