"""A machine judged: whether a cheaper one does its work, or only a larger one, and what to say of it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal

from assay.clouds.domain.inventory import Resource
from assay.clouds.domain.machine_types import MachineType
from assay.core.money import Money
from assay.recommendations.domain.checks import Options, choice, option
from assay.recommendations.domain.facts import Facts
from assay.recommendations.domain.found import Action, Choice, Found, Remedy, Risk, Saving
from assay.recommendations.domain.rightsizing.candidates import FELT, Option, Search, options, risk_of
from assay.recommendations.domain.rightsizing.catalogue import Catalogue, Priced
from assay.recommendations.domain.rightsizing.compatibility import Terms
from assay.recommendations.domain.rightsizing.confidence import confidence_of, doubts
from assay.recommendations.domain.rightsizing.dimensions import Dimension, capacities
from assay.recommendations.domain.rightsizing.evidence import amount, evidence_of
from assay.recommendations.domain.rightsizing.presets import PRESETS, Preset
from assay.recommendations.domain.rightsizing.readings import Reading, paid_for, read
from assay.recommendations.domain.rightsizing.savings import Paid, extra_cost, saving_with


@dataclass(frozen=True, slots=True)
class SizingOptions(Options):
    preset: str = choice("default", among=tuple(PRESETS), meaning="percentile and headroom, as Compute Optimizer's preferences")
    days: float = option(14, unit="days", least=14, most=93, meaning="that must have been measured")
    lookback: float = option(35, unit="days", least=14, most=93, meaning="whose weeks count where they were measured")
    unseen_month: float = option(
        50, unit="percent of now", least=0, most=100, meaning="that stays while no turn of a month was seen"
    )
    risk: float = option(0, unit="performance risk", least=0, most=4, meaning="highest performance risk of what is advised")
    least_saving: float = option(1, unit="currency a month", least=0, most=1_000_000, meaning="below which nothing is said")
    architecture: str = choice("any", among=("any", "same"), meaning="whether another architecture (Graviton) is advised")
    larger: str = choice("yes", among=("yes", "no"), meaning="whether larger ones are advised for those that are too small")


@dataclass(frozen=True, slots=True)
class Subject:
    """What is judged. refuse: why a machine cannot take its place, besides what types say; empty where it can.

    platform: for the price of surplus credits. unlimited: whether it may use them; None where nobody knows.
    """

    resource: Resource
    type_name: str
    catalogue: Catalogue
    terms: Terms
    refuse: Callable[[MachineType], str]
    remedy: Callable[[MachineType, MachineType], Remedy]
    platform: str = "linux"
    unlimited: bool | None = None


def judge(facts: Facts, subject: Subject, options: SizingOptions) -> Found | None:
    """None where its size is right, where it is not known well enough, or where its type has no price."""
    now = subject.catalogue.by_name.get(subject.type_name)
    if now is None:
        return None
    days = int(options.days)
    reading = read(
        facts,
        subject.resource,
        now.machine,
        preset=PRESETS[options.preset],
        days=days,
        lookback=int(options.lookback),
        unseen_month=options.unseen_month / 100,
        unlimited=subject.unlimited,
    )
    if reading is None:
        return None
    paid = paid_for(facts, subject.resource, reading, now.quote, platform=subject.platform, days=days)
    case = _Case(subject, options, now, reading, paid)
    return case.cheaper() or case.larger()


@dataclass(frozen=True, slots=True)
class _Case:
    subject: Subject
    options: SizingOptions
    now: Priced
    reading: Reading
    paid: Paid

    @property
    def preset(self) -> Preset:
        return PRESETS[self.options.preset]

    def cheaper(self) -> Found | None:
        found = [
            (one, saving_with(self.paid, one.priced.quote)) for one in self._search(below=float(self.now.quote.per_hour.amount))
        ]
        least = Decimal(str(self.options.least_saving))
        choices = [(one, saving) for one, saving in found if saving.expected.amount >= max(least, Decimal("0.01"))]
        if not choices:
            return None
        best, saving = choices[0]
        return self._found(choices, f"{best.priced.machine.name} does its work for {in_words(saving.expected)} a month less")

    def larger(self) -> Found | None:
        if (
            self.options.larger == "no"
            or not self._short()
            or risk_of(self.reading.work, self.now.machine, self.preset) < Risk.HIGH
        ):
            return None
        found = self._search(below=None)
        if not found:
            return None
        best = found[0].priced
        nothing = Saving.exactly(Money(Decimal(0), self.now.quote.per_hour.currency), self.now.quote.source)
        more = in_words(extra_cost(self.paid, best.quote))
        return self._found(
            [(one, nothing) for one in found], f"too little to spare: {best.machine.name} costs {more} a month more"
        )

    def _search(self, *, below: float | None) -> list[Option]:
        terms = replace(self.subject.terms, gpus_unused=self.reading.work.gpus_unused)
        allowed = Risk(int(self.options.risk))
        return options(
            self.reading.work, self.subject.catalogue, Search(self.preset, terms, allowed, self.subject.refuse, below)
        )

    def _short(self) -> bool:
        """Whether what is felt is short, and not the network or disks alone."""
        held, needs = capacities(self.now.machine), self.reading.work.needs
        return any(needs[one].amount > (1 - self.preset.headroom(one) / 2) * (held[one] or 0.0) for one in FELT if one in needs)

    def _found(self, choices: list[tuple[Option, Saving]], verdict: str) -> Found:
        best, saving = choices[0]
        reading, now = self.reading, self.now.machine
        uncertain = doubts(reading.window, reading.work.needs, now)
        held = capacities(now)
        needs = [
            f"{amount(need.amount, one)} of {amount(held[one] or 0.0, one)}" + (" memory" if one is Dimension.MEMORY else "")
            for one, need in reading.work.needs.items()
            if one in FELT
        ]
        return Found(
            resource=self.subject.resource.key,
            action=Action.RESIZE,
            reason=f"{now.name} needs {' and '.join(needs)}: {verdict}.",
            saving=saving,
            evidence=evidence_of(reading.work, reading.window, self.preset, uncertain),
            confidence=confidence_of(uncertain),
            risk=best.risk,
            effort=best.change.effort,
            remedy=self.subject.remedy(now, best.priced.machine),
            choices=tuple(_choice(one, what) for one, what in choices),
        )


def _choice(option: Option, saving: Saving) -> Choice:
    return Choice(
        target=option.priced.machine.name,
        saving=saving,
        risk=option.risk,
        effort=option.change.effort,
        differences=option.change.differences,
        projected={str(dimension): round(100 * share, 1) for dimension, share in option.projected.items()},
    )


def in_words(money: Money) -> str:
    return f"{money.amount:,.2f} {money.currency}"
