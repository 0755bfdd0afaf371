"""Filling an organization with the demo: every step, in order, and only what is missing."""

from collections.abc import Callable

import pytest

from assay_client import imports
from assay_client.demo import filling
from assay_client.demo.trainings import Trained, TrainingOrder
from tests.unit.client.assay_server import TOKEN, AssayServer
from tests.unit.client.conftest import Assay, json_of

NOTHING: dict[str, object] = {"items": [], "next_cursor": None}
LISTS = ("costs/imports", "inventory", "leaderboards", "reports/subscriptions", "reports/deliveries", "sweeps")
EXPERIMENTS = {"items": [{"name": name, "id": f"id of {name}"} for _, name, _, _ in filling.LEADERBOARDS], "next_cursor": None}
IMPORTED = {"id": "b1", "state": "imported", "source": {"name": filling.SOURCE}, "billing_periods": ["2026-05", "2026-04"]}


@pytest.fixture
def trained(monkeypatch: pytest.MonkeyPatch) -> list[TrainingOrder]:
    """What was ordered; the trainings themselves have tests of their own."""
    orders: list[TrainingOrder] = []

    def take_order(order: TrainingOrder, report: Callable[[str], None]) -> Trained:
        orders.append(order)
        return Trained(run=("mlp-64",), found=())

    monkeypatch.setattr(filling, "train", take_order)
    monkeypatch.setattr(filling, "register_best", lambda order, report: False)
    monkeypatch.setattr(imports, "FIRST_WAIT_SECONDS", 0)
    return orders


@pytest.fixture
def empty(logged_in: AssayServer) -> AssayServer:
    for path in LISTS:
        logged_in.answer("GET", path, NOTHING)
    logged_in.answer("GET", "experiments", EXPERIMENTS)
    logged_in.answer("POST", "costs/imports", {"id": "b1", "state": "received"}, status=202)
    logged_in.answer("GET", "costs/imports/b1", IMPORTED)
    logged_in.answer("POST", "reports/subscriptions", {"id": "r1"}, status=201)
    logged_in.answer("PUT", "inventory/lists", {"held": 1, "gone": 0})
    logged_in.answer("PUT", "inventory/utilization", {"taken": 1})
    for path in ("findings/runs", "leaderboards", "reports/subscriptions/r1/send", "sweeps"):
        logged_in.answer("POST", path, {}, status=201)
    return logged_in


def posted(server: AssayServer) -> list[str]:
    return [asked.path for asked in server.asked if asked.method == "POST"]


def test_an_empty_organization_gets_everything_in_order(empty: AssayServer, run: Assay, trained: list[TrainingOrder]) -> None:
    result = run("demo", "fill", "--rows", "16000", "--count", "6")
    assert result.exit_code == 0, result.stderr
    assert posted(empty) == [
        "costs/imports", "findings/runs", "leaderboards", "leaderboards", "leaderboards", "reports/subscriptions",
        "reports/subscriptions/r1/send", "sweeps",
    ]  # fmt: skip
    assert "bill of 16000 charges" in result.stderr
    assert "The demo is complete" in result.stdout


def test_trainings_are_ordered_in_the_callers_name_and_the_bills_months(
    empty: AssayServer, run: Assay, trained: list[TrainingOrder]
) -> None:
    answer = json_of(run("demo", "fill", "--rows", "16000", "--json"))
    (order,) = trained
    assert (order.tracking_uri, order.token, order.user_name) == (empty.url, TOKEN, "ada@example.com")
    assert list(order.months) == answer["months"]
    assert len(order.months) == 2


def test_what_is_there_is_left_alone(empty: AssayServer, run: Assay, trained: list[TrainingOrder]) -> None:
    empty.replace(
        "GET", "costs/imports", {"items": [{"id": "b0", "state": "refused", "source": {"name": filling.SOURCE}}, IMPORTED]}
    )
    empty.replace("GET", "inventory", {"items": [{"id": "v1"}]})
    empty.replace("GET", "leaderboards", {"items": [{"name": name} for name, _, _, _ in filling.LEADERBOARDS]})
    empty.replace("GET", "reports/subscriptions", {"items": [{"id": "r1"}]})
    empty.replace("GET", "reports/deliveries", {"items": [{"id": "d1"}]})
    empty.replace("GET", "sweeps", {"items": [{"name": filling.SWEEP_NAME}]})
    assert json_of(run("demo", "fill", "--json")) == {"months": ["2026-04", "2026-05"], "made": ["training mlp-64"]}
    assert posted(empty) == []


def test_the_inventory_is_that_of_the_bill_and_checks_look_at_once(
    empty: AssayServer, run: Assay, trained: list[TrainingOrder]
) -> None:
    run("demo", "fill", "--rows", "16000")
    told = [asked.path for asked in empty.asked if asked.path.startswith(("inventory/", "findings/"))]
    assert told[0] == "inventory/lists"
    assert set(told) == {"inventory/lists", "inventory/utilization", "findings/runs"}
    assert told[-1] == "findings/runs"


def test_a_leaderboard_names_its_experiment(empty: AssayServer, run: Assay, trained: list[TrainingOrder]) -> None:
    run("demo", "fill", "--rows", "16000")
    assert empty.bodies("leaderboards")[2] == {
        "name": "Diabetes: error against dollars", "experiment_id": "id of diabetes-progression",
        "metric": "val_rmse", "direction": "minimize",
    }  # fmt: skip


def test_the_report_that_is_sent_covers_a_week_inside_the_bill(
    empty: AssayServer, run: Assay, trained: list[TrainingOrder]
) -> None:
    empty.replace("GET", "costs/imports", {"items": [IMPORTED]})
    run("demo", "fill")
    assert empty.bodies("reports/subscriptions/r1/send") == [{"day": "2026-05-25"}]


def test_the_sweep_is_the_file_that_is_shipped(empty: AssayServer, run: Assay, trained: list[TrainingOrder]) -> None:
    run("demo", "fill", "--rows", "16000")
    (body,) = empty.bodies("sweeps")
    assert f"name: {filling.SWEEP_NAME}\n" in body["spec"]
    assert (filling.SWEEP_FILE.parent / "train_digits.py").exists()
    assert body["spec"] == filling.SWEEP_FILE.read_text()
    assert body["workdir"] == str(filling.SWEEP_FILE.parent)


def test_the_sweep_has_as_many_trials_as_are_asked_for(empty: AssayServer, run: Assay, trained: list[TrainingOrder]) -> None:
    run("demo", "fill", "--rows", "16000", "--trials", "3")
    (body,) = empty.bodies("sweeps")
    assert "\nmax_trials: 3\n" in body["spec"]


def test_a_refused_bill_ends_the_filling(empty: AssayServer, run: Assay, trained: list[TrainingOrder]) -> None:
    empty.replace("GET", "costs/imports/b1", {"id": "b1", "state": "refused", "message": "No."})
    assert run("demo", "fill", "--rows", "16000").exit_code == 1
    assert trained == []
