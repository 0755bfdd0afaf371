"""The command line against the live server, as a user runs it."""

import csv
import gzip
import json
import os
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from assay_client.demo.bill import BillOrder, write_bill
from tests.plugins.stack import ROOT, Stack

ORDER = BillOrder(rows=16_000, seed=11, months=("2026-05", "2026-06"))
Ask = Callable[..., Any]


def assay(url: str, token: str, *words: str) -> "subprocess.CompletedProcess[str]":
    ours = ("ASSAY_COMPUTE_", "ASSAY_URL", "ASSAY_TOKEN", "MLFLOW_")
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    environment = inherited | {"ASSAY_URL": url, "ASSAY_TOKEN": token, "PYTHONPATH": str(ROOT / "platform")}
    command = [sys.executable, "-m", "assay_client", *words]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=200)


def ask(url: str, token: str, *words: str) -> Any:
    done = assay(url, token, *words, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def token(live: Stack) -> str:
    """Of an organization that has nothing yet."""
    secrets = live.home / "client.txt", live.home / "client.token.txt"
    live.manage(
        "create_organization", "--name", "Client", "--slug", "client", "--owner-email", "ben@example.com",
        "--password-file", str(secrets[0]), "--token-file", str(secrets[1]),
    )  # fmt: skip
    return secrets[1].read_text().strip()


@pytest.fixture(scope="module")
def imports(live: Stack, token: str, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], list[Any]]:
    """The manifest of a bill, and what two imports of it answered."""
    folder = tmp_path_factory.mktemp("bill")
    manifest = write_bill(ORDER, folder)
    file = str(folder / manifest["file"])
    return {**manifest, "path": file}, [ask(live.url, token, "costs", "import", file, "--source", "wire") for _ in range(2)]


def test_the_same_bill_twice_is_imported_once(imports: tuple[dict[str, Any], list[Any]]) -> None:
    manifest, (first, second) = imports
    assert (first["state"], second["state"]) == ("imported", "unchanged")
    assert first["rows"] == manifest["rows"]
    assert first["totals"] == second["totals"]


@pytest.mark.parametrize("basis", ["effective", "billed", "contracted", "list"])
@pytest.mark.parametrize("dimension", ["service", "account", "day", "charge_category", "service,region"])
def test_every_partition_sums_to_the_file_exactly(
    basis: str, dimension: str, live: Stack, token: str, imports: tuple[dict[str, Any], list[Any]]
) -> None:
    manifest, _ = imports
    table = ask(live.url, token, "costs", "show", "--group-by", dimension, "--basis", basis)
    rest = Decimal(table["rest"]["amount"]) if table["rest"] else Decimal(0)
    assert sum((Decimal(row["amount"]) for row in table["rows"]), rest) == Decimal(table["total"])
    assert Decimal(table["total"]) == _sum_file(manifest["path"], basis)


@cache
def _sum_file(path: str, basis: str) -> Decimal:
    """What others pay for is not counted twice: at contracted and list prices the purchase of a commitment counts for nothing."""
    total = Decimal(0)
    with gzip.open(path, "rt", newline="") as file:
        for charge in csv.DictReader(file):
            covers = (
                charge["ChargeCategory"] == "Purchase"
                and charge["CommitmentDiscountId"]
                and not Decimal(charge["EffectiveCost"])
            )
            if basis in ("effective", "billed") or not covers:
                total += Decimal(charge[f"{basis.capitalize()}Cost"])
    return total


def test_a_month_is_a_half_open_interval_of_days(live: Stack, token: str, imports: tuple[dict[str, Any], list[Any]]) -> None:
    manifest, _ = imports
    table = ask(live.url, token, "costs", "show", "--from", "2026-05-01", "--to", "2026-06-01")
    assert Decimal(table["total"]) == Decimal(manifest["months"]["2026-05"]["EffectiveCost"])


def test_a_refused_bill_leaves_one_sentence_and_the_ledger_as_it_was(
    live: Stack, token: str, imports: tuple[dict[str, Any], list[Any]], tmp_path: Path
) -> None:
    before = ask(live.url, token, "costs", "show")
    (tmp_path / "broken.csv").write_text("BilledCost\n1\n")
    done = assay(live.url, token, "costs", "import", str(tmp_path / "broken.csv"), "--source", "wire")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert "broken.csv" in done.stderr
    assert ask(live.url, token, "costs", "show") == before


def test_another_organizations_run_is_not_found(live: Stack, token: str) -> None:
    (run,) = ask(live.url, live.token, "runs", "list", "--limit", "1")["items"]
    done = assay(live.url, token, "runs", "show", run["id"])
    assert done.returncode == 1
    assert ask(live.url, live.token, "runs", "show", run["id"])["id"] == run["id"]


def test_the_demo_is_complete_after_the_first_start(live: Stack) -> None:
    assert ask(live.url, live.token, "demo", "fill", "--count", live.environment["ASSAY_DEMO_TRAININGS"])["made"] == []


def test_the_demos_runs_have_actual_dollars_and_their_machines_add_up(live: Stack) -> None:
    runs = ask(live.url, live.token, "runs", "list", "--experiment", "digits-ocr")["items"]
    assert {run["cost"]["state"] for run in runs} == {"actual"}
    resources = ask(live.url, live.token, "costs", "resources")["items"]
    assert resources
    for item in resources:
        total, runs_part, idle = (Decimal(item[part]["amount"]) for part in ("total", "runs", "idle"))
        assert runs_part + idle == total
        assert runs_part > 0


def test_the_demos_leaderboard_marks_a_pareto_front(live: Stack) -> None:
    boards = ask(live.url, live.token, "leaderboards", "list")["items"]
    digits = next(board for board in boards if board["experiment_name"] == "digits-ocr")
    rows = ask(live.url, live.token, "leaderboards", "show", digits["id"])["rows"]
    assert 1 <= sum(row["pareto"] for row in rows) < len(rows)


def test_the_demos_champion_is_shown_with_what_it_cost(live: Stack) -> None:
    (model,) = ask(live.url, live.token, "models", "list", "--filter", "name = 'digits-ocr'")["items"]
    shown = ask(live.url, live.token, "models", "show", "digits-ocr")
    assert {key: shown[key] for key in model} == model
    costs = {version["run_id"]: Decimal(version["cost"]["amount"]) for version in shown["versions"]}
    assert len(costs) == 2
    assert [Decimal(cost["amount"]) for cost in model["costs"]] == [sum(costs.values())]
    assert model["aliases"] == {"champion": 2}
