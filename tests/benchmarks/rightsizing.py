"""Rightsizing of a simulated fleet: it sees 14 days, and the 14 days after them judge it; beside rules alike to others and an oracle."""

import os
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

from assay.recommendations.checks.rightsizing_instances import RightsizingInstances
from assay.recommendations.domain.facts import Quote, Wanted
from assay.recommendations.domain.found import HOURS_OF_A_MONTH
from assay.recommendations.domain.rightsizing.catalogue import Catalogue, Priced
from tests.benchmarks._fleets import SEEN, Simulated, simulate
from tests.benchmarks._sizing_rules import breaches, like_compute_optimizer, like_optscale, oracle
from tests.factories.facts import FactSet, make_instance

MACHINES = int(os.environ.get("ASSAY_BENCH_MACHINES", "2000"))
SEED = 20_260_316


def measure() -> dict[str, object]:
    """Per rule: breach (share of what was advised), captured (share of the oracle's saving, breaches counted as nothing), advised."""
    world = FactSet().knows_aws()
    types = list(world.machine_types("aws", "us-east-1"))
    fleet = simulate(MACHINES, types, seed=SEED)
    catalogue = Catalogue(types, lambda one: world.quote(Wanted("aws", "us-east-1", one.name)), platform="linux")
    safe = {one.number: _saved(one, catalogue, oracle(one, catalogue)) for one in fleet}
    advice, errors, seconds = _ours(fleet, world, catalogue)
    rules: dict[str, Callable[[Simulated], Priced | None]] = {
        "assay": lambda one: advice.get(one.number),
        "like_compute_optimizer": lambda one: like_compute_optimizer(one, catalogue),
        "like_optscale": lambda one: like_optscale(one, catalogue),
    }
    figures: dict[str, object] = {
        "machines": len(fleet),
        "oracle_saving_usd_a_month": round(sum(safe.values())),
        "saving_error_percent": round(100 * max(errors, default=0.0), 4),
        "seconds_per_1000_machines": round(1000 * seconds / len(fleet), 2),
    }
    for name, rule in rules.items():
        figures |= {f"{name}_{figure}": value for figure, value in _judge(fleet, catalogue, rule, safe).items()}
    return figures


def _ours(fleet: list[Simulated], world: FactSet, catalogue: Catalogue) -> tuple[dict[int, Priced], list[float], float]:
    """The first of each machine's choices; by how much its saving differs from the price book's for the days to come; seconds of CPU."""
    check = RightsizingInstances()
    advice: dict[int, Priced] = {}
    errors = []
    seconds = 0.0
    for one in fleet:
        series = {metric.name.lower(): values for metric, values in one.seen().items()}
        facts = replace(world, at=one.at).with_(make_instance(f"i-{one.number}", one.machine.name), **series)
        begun = time.process_time()
        findings = list(check.find(facts, check.options(larger="no")))
        seconds += time.process_time() - begun
        for found in findings:
            advice[one.number] = catalogue.by_name[found.choices[0].target]
            true = _saved(one, catalogue, advice[one.number])
            errors.append(abs(float(found.saving.before_commitments.amount) / true - 1))
    return advice, errors, seconds


def _saved(machine: Simulated, catalogue: Catalogue, then: Priced | None) -> float:
    """USD a month by the price book, for the hours of the days to come."""
    if then is None:
        return 0.0
    now: Quote = catalogue.by_name[machine.machine.name].quote
    cpu = next(iter(machine.demand.values()))[SEEN:]
    running = float((cpu == cpu).mean())  # noqa: PLR0124 - NaN differs from itself
    return float((now.per_hour.amount - then.quote.per_hour.amount) * HOURS_OF_A_MONTH) * running


def _judge(
    fleet: list[Simulated], catalogue: Catalogue, rule: Callable[[Simulated], Priced | None], safe: dict[int, float]
) -> dict[str, object]:
    broken: Counter[str] = Counter()
    advised, kept = 0, 0.0
    for one in fleet:
        then = rule(one)
        if then is None:
            continue
        advised += 1
        if found := breaches(one, then.machine):
            broken[f"{one.kind}: {found[0]}"] += 1
        else:
            kept += min(safe[one.number], _saved(one, catalogue, then))
    return {
        "advised": advised,
        "breach_percent": round(100 * sum(broken.values()) / max(1, advised), 2),
        "captured_percent": round(100 * kept / sum(safe.values()), 1),
        "breaches": dict(broken.most_common(6)),
    }
