"""The worked tables of docs/algorithms/rightsizing.md are what the code does."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from assay.clouds.selectors.machine_types import shipped_machine_types
from assay.core.money import Money
from assay.recommendations.domain.facts import ResourceBill
from assay.recommendations.domain.rightsizing.burstable import sustains
from assay.recommendations.domain.rightsizing.catalogue import Priced
from assay.recommendations.domain.rightsizing.compatibility import Change
from assay.recommendations.domain.rightsizing.dimensions import Dimension
from assay.recommendations.domain.rightsizing.needs import Need, growth, need_of
from assay.recommendations.domain.rightsizing.presets import PRESETS
from assay.recommendations.domain.rightsizing.risk import rate
from assay.recommendations.domain.rightsizing.runs import StageUse, plan_on
from assay.recommendations.domain.rightsizing.savings import Paid, saving_with
from tests.factories.facts import FIVE_MINUTES, make_quote, make_series

PAGE = Path(__file__).resolve().parents[3] / "docs" / "algorithms" / "rightsizing.md"


def read_table(first_column: str) -> list[list[str]]:
    """Rows of the table whose header begins so."""
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    begun = next(number for number, line in enumerate(lines) if line.startswith(f"| {first_column} |"))
    rows = []
    for line in lines[begun + 2 :]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return rows


def test_needs_grow_as_the_table_says() -> None:
    rows = read_table("percents of the older week")
    for older, latest, amount, grown, likely in (map(float, row) for row in rows):
        series = make_series([older] * (7 * 288) + [latest] * (7 * 288))
        need = need_of(series, percentile=99.5)
        found = (need.amount, growth(series), need.likely)
        assert found == pytest.approx((amount, grown, likely), abs=1e-4)
    assert len(rows) == 4


def test_presets_are_those_of_the_table() -> None:
    rows = read_table("preset")
    assert {row[0] for row in rows} == set(PRESETS)
    for name, percentile, cpu, memory in rows:
        preset = PRESETS[name]
        assert preset.percentile == float(percentile)
        assert preset.headroom(Dimension.NETWORK) == float(cpu.removesuffix(" %")) / 100
        assert preset.headroom(Dimension.GPU_MEMORY) == float(memory.removesuffix(" %")) / 100


def test_risks_are_those_of_the_table() -> None:
    rows = read_table("amount")
    for amount, likely, headroom, capacity, risk in (map(float, row) for row in rows):
        assert rate(Need(0, amount, amount, likely), capacity, headroom=headroom) == risk
    assert len(rows) == 6


def test_burstable_types_live_on_their_credits_as_the_table_says() -> None:
    types = {one.name: one for one in shipped_machine_types("aws")}
    rows = read_table("type")
    for name, used, share, headroom, lives in rows:
        busy = round(float(share) * 288)
        day = np.array([float(used)] * busy + [0.0] * (288 - busy), np.float32)
        found = sustains(types[name], np.tile(day, 14), FIVE_MINUTES, headroom=float(headroom))
        assert found is (lives == "yes"), (name, used, share)
    assert len(rows) == 6


def test_savings_are_those_of_the_table() -> None:
    rows = read_table("price now")
    for now, then, runs, billed, covered, before, after in rows:
        bill = None
        if billed:
            days = Decimal(billed) / 730 * 24 * 14
            amount = Money(days, "USD").times(Decimal(1))
            bill = ResourceBill(14, amount, amount, Decimal(covered), date(2026, 3, 15))
        saving = saving_with(Paid(make_quote(now), float(runs), 1, bill), make_quote(then))
        found = (saving.before_commitments.amount, saving.expected.amount)
        assert found == pytest.approx((Decimal(before), Decimal(after)), abs=Decimal("1e-9"))
    assert len(rows) == 8


def test_runs_take_and_cost_what_the_table_says() -> None:
    types = {one.vcpus: one for one in shipped_machine_types("aws") if one.family == "c5"}
    rows = read_table("samples: minutes × vCPUs used")
    for samples, vcpus, takes, price, costs in rows:
        parts = [part.split(" × ") for part in samples.split(", ")]
        used = np.concatenate([np.full(int(minutes), float(of), np.float32) for minutes, of in parts])
        stage = StageUse("train", np.full(len(used), 60, np.float32), {Dimension.CPU: used})
        plan = plan_on([stage], 1, Priced(types[int(vcpus)], make_quote(price)), Change())
        assert plan.hours == pytest.approx(float(takes.removesuffix(" h")))
        assert plan.cost.amount == pytest.approx(Decimal(costs), abs=Decimal("1e-9"))
    assert len(rows) == 4
