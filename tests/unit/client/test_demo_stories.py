"""What the demo's trainings say of themselves."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from assay_client.demo.trainings.plans import TRAININGS
from assay_client.demo.trainings.stories import list_events, list_lines
from assay_client.demo.trainings.windows import Window

START = datetime(2026, 9, 1, tzinfo=UTC)
WINDOW = Window(START, START + timedelta(hours=10))
CURVES = {"train_loss": [3.0, 2.0, 1.0, 0.5], "val_loss": [3.0, 1.0, 2.0, 2.5]}


def test_a_training_has_stages_and_its_best_step_within_its_time() -> None:
    events = list_events("r", WINDOW, curves=CURVES, error="")
    assert [(event["kind"], event["name"], event["step"]) for event in events] == [
        ("stage", "load data", None), ("stage", "fit", None), ("stage", "evaluate", None), ("milestone", "best val_loss: 1", 1),
    ]  # fmt: skip
    assert all(WINDOW.start <= datetime.fromisoformat(event["at"]) < WINDOW.end for event in events)
    assert events == list_events("r", WINDOW, curves=CURVES, error="")


def test_its_lines_come_in_order_of_time() -> None:
    lines = list_lines(TRAININGS[0], WINDOW, curves=CURVES, error="")
    assert len(lines) == 2 + 4 + 1
    assert all(one[0] <= following[0] for one, following in pairwise(lines))
    assert len(list_lines(TRAININGS[0], WINDOW, curves={"loss": [1.0] * 100_000}, error="")) < 300


def test_a_broken_training_says_why_on_stderr() -> None:
    lines = list_lines(TRAININGS[0], WINDOW, curves={}, error="ValueError: NaN")
    assert (lines[-1][1], "ValueError: NaN" in lines[-1][2]) == ("stderr", True)
