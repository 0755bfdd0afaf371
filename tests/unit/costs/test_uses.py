"""What run tags say about a machine, and what that costs by the list."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.core.intervals import Interval
from assay.core.money import Money
from assay.costs.domain.uses import Machine, MachineUse, estimate_cost, read_machine, read_use

START = datetime(2026, 11, 2, tzinfo=UTC)
TAGS = {
    "assay.compute.provider": "aws",
    "assay.compute.resource_id": "i-0d18c6e2a9b4f0754",
    "assay.compute.instance_type": "g5.xlarge",
    "assay.compute.region": "us-east-1",
    "assay.compute.lifecycle": "on-demand",
    "mlflow.user": "ada",
}


def test_tags_name_the_machine() -> None:
    assert read_machine(TAGS) == Machine("aws", "i-0d18c6e2a9b4f0754", "g5.xlarge", "us-east-1", "on-demand", Decimal(1))


def test_a_run_that_names_no_machine_uses_none() -> None:
    assert read_machine({"assay.compute.provider": "slurm", "assay.compute.job_run_id": "7"}) is None


def test_an_instance_is_billed_by_aws_whatever_schedules_on_it() -> None:
    machine = read_machine(TAGS | {"assay.compute.provider": "kubernetes"})
    assert machine is not None
    assert machine.provider == "aws"


@pytest.mark.parametrize(
    ("text", "share"), [("0.25", "0.25"), (" 1 ", "1"), ("1e-3", "0.001"), ("0.33333333333333", "0.333333333")]
)
def test_a_share_is_a_decimal_up_to_one(text: str, share: str) -> None:
    machine = read_machine(TAGS | {"assay.compute.share": text})
    assert machine is not None
    assert (machine.share, machine.note) == (Decimal(share), "")


@pytest.mark.parametrize("text", ["0", "-0.5", "1.01", "half", "", "NaN", "sNaN", "Infinity", "1e-10", "1e999999999", "1/2"])
def test_a_wrong_share_counts_as_one_and_is_noted(text: str) -> None:
    machine = read_machine(TAGS | {"assay.compute.share": text})
    assert machine is not None
    assert machine.share == 1
    assert machine.note == f"assay.compute.share is {text!r}, not a decimal in (0, 1]; the run counts with share 1."


def test_an_over_long_name_is_ignored_and_noted() -> None:
    machine = read_machine(TAGS | {"assay.compute.resource_id": "i" * 513})
    assert machine is not None
    assert (machine.resource_id, machine.instance_type) == ("", "g5.xlarge")
    assert machine.note == "assay.compute.resource_id is longer than 512 characters and was ignored."


def test_a_run_that_ends_before_it_starts_holds_nothing_and_is_noted() -> None:
    use = read_use(TAGS, started_at=START, ended_at=START - timedelta(seconds=3))
    assert use is not None
    assert (use.started_at, use.ended_at) == (START, START)
    assert use.machine.note == "The run ends before it starts, so it holds the machine for no time."


@pytest.mark.parametrize("ended_at", [None, START, START + timedelta(hours=1)])
def test_a_hold_has_the_times_of_its_run(ended_at: datetime | None) -> None:
    machine = read_machine(TAGS)
    assert machine is not None
    assert read_use(TAGS, started_at=START, ended_at=ended_at) == MachineUse(machine, START, ended_at)
    assert read_use({}, started_at=START, ended_at=ended_at) is None


@given(st.dictionaries(st.sampled_from([*TAGS, "assay.compute.share"]), st.text(max_size=600)))
def test_any_tags_are_read_without_an_error(tags: dict[str, str]) -> None:
    machine = read_machine(tags)
    assert machine is None or 0 < machine.share <= 1


@pytest.mark.parametrize(
    ("price", "duration", "share", "cost"),
    [
        ("1.006", timedelta(hours=2), "1", "2.012"),
        ("21.957642", timedelta(minutes=90), "0.5", "16.4682315"),
        ("0.096", timedelta(seconds=1), "1", "0.000026666666667"),
        ("0.096", timedelta(0), "1", "0"),
    ],
)
def test_an_estimate_is_price_times_duration_times_share(price: str, duration: timedelta, share: str, cost: str) -> None:
    estimate = estimate_cost(Money(Decimal(price), "USD"), interval=Interval(START, START + duration), share=Decimal(share))
    assert estimate == Money(Decimal(cost), "USD")
