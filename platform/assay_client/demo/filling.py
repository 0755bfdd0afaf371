"""Fills an organization with the demo's content, through the API and the mlflow client alone.

Each step looks first and does only what is missing, so a filling that was interrupted is completed by the next.
"""

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from assay_client.credentials import Credentials
from assay_client.demo.bill import BillOrder, last_complete_months, write_bill
from assay_client.demo.bill.periods import Month
from assay_client.demo.inventory import report_inventory
from assay_client.demo.trainings import TrainingOrder, register_best, train
from assay_client.demo.trainings.plans import DIABETES, DIGITS, TABULAR
from assay_client.imports import ENDED, import_bill
from assay_client.inventories import send_report
from assay_client.server import JsonObject, Server

SOURCE = "demo-cloud"
IMPORT_SECONDS = 900
SWEEP_FILE = Path(__file__).parent / "digits_sweep.yaml"
SWEEP_NAME = "digits-svc"
LEADERBOARDS = (
    ("Digits: accuracy against dollars", DIGITS, "val_accuracy", "maximize"),
    ("Tabular screening: accuracy against dollars", TABULAR, "val_accuracy", "maximize"),
    ("Diabetes: error against dollars", DIABETES, "val_rmse", "minimize"),
)
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Filling:
    """rows, seed: of the bill. count: of trainings. trials: of the sweep. today: the bill covers the two complete months before it."""

    rows: int
    seed: int
    count: int
    trials: int
    today: datetime


@dataclass(frozen=True, slots=True)
class Filled:
    """made: a line for each thing that was missing and now is there."""

    months: tuple[str, ...]
    made: tuple[str, ...]


def fill(credentials: Credentials, server: Server, filling: Filling, report: Callable[[str], None]) -> Filled:
    """report: called with a line at each step. raises: ClientFailed at the first step that fails; what was made stays."""
    made: list[str] = []

    def step(line: str) -> None:
        made.append(line)
        report(line)

    email = str(server.get("me")["user"]["email"])
    months = _fill_bill(server, filling, step)
    _fill_inventory(server, filling, months, step)
    order = TrainingOrder(credentials.url, credentials.token, months, filling.count, user_name=email)
    trained = train(order, report)
    made += [f"training {name}" for name in trained.run]
    register_best(order, step)
    _fill_leaderboards(server, step)
    _fill_report(server, email, months, step)
    _fill_sweep(server, filling, step)
    return Filled(months=months, made=tuple(made))


def _fill_bill(server: Server, filling: Filling, step: Callable[[str], None]) -> tuple[str, ...]:
    """The months that the demo's bill covers; those of an earlier filling when there was one."""
    known = [item for item in server.list_items("costs", "imports") if _source(item) == SOURCE and item["state"] in ENDED]
    if known:
        return tuple(sorted(str(period) for period in known[0]["billing_periods"]))
    months = last_complete_months(filling.today)
    step(f"bill of {filling.rows} charges for {' and '.join(months)}")
    with tempfile.TemporaryDirectory(prefix="assay-demo-") as folder:
        manifest = write_bill(BillOrder(filling.rows, filling.seed, months), Path(folder))
        import_bill(server, [Path(folder) / manifest["file"]], source=SOURCE, timeout_seconds=IMPORT_SECONDS)
    return months


def _fill_inventory(server: Server, filling: Filling, months: tuple[str, ...], step: Callable[[str], None]) -> None:
    """What the bill's accounts hold, and at once what the checks find there."""
    if server.list_items("inventory", limit=1):
        return
    step("inventory of the accounts of the bill, and two weeks of their use")
    send_report(server, report_inventory(BillOrder(filling.rows, filling.seed, months), filling.today))
    server.post("findings", "runs", body={})


def _fill_leaderboards(server: Server, step: Callable[[str], None]) -> None:
    known = {item["name"] for item in server.list_items("leaderboards")}
    missing = [board for board in LEADERBOARDS if board[0] not in known]
    experiments = {item["name"]: item["id"] for item in server.list_items("experiments")} if missing else {}
    for name, experiment, metric, direction in missing:
        if experiment in experiments:
            step(f"leaderboard {name}")
            server.post(
                "leaderboards",
                body={"name": name, "experiment_id": experiments[experiment], "metric": metric, "direction": direction},
            )


def _fill_report(server: Server, email: str, months: Sequence[str], step: Callable[[str], None]) -> None:
    """A subscription of the weekly cost report, and at once the report on the bill's last whole week."""
    known = server.list_items("reports", "subscriptions")
    if not known:
        step("subscription of the weekly cost report")
        known = [server.post("reports", "subscriptions", body={"recipients": [email]})]
    if server.list_items("reports", "deliveries"):
        return
    day = Month(months[-1]).end - WEEK
    step(f"weekly cost report of the week of {day:%Y-%m-%d}")
    server.post("reports", "subscriptions", str(known[0]["id"]), "send", body={"day": f"{day:%Y-%m-%d}"})


def _fill_sweep(server: Server, filling: Filling, step: Callable[[str], None]) -> None:
    if any(sweep["name"] == SWEEP_NAME for sweep in server.list_items("sweeps")):
        return
    step(f"sweep {SWEEP_NAME}")
    spec = SWEEP_FILE.read_text(encoding="utf-8").replace("max_trials: 20", f"max_trials: {filling.trials}")
    server.post("sweeps", body={"spec": spec, "workdir": str(SWEEP_FILE.parent)})


def _source(item: JsonObject) -> object:
    source = item.get("source")
    return source.get("name") if isinstance(source, dict) else source
