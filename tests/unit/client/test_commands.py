"""Each command of the command line: what it asks the server, what it prints, how it fails."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from assay_client import imports
from assay_client.cli import runs
from assay_client.cli.output import money_text
from tests.unit.client.assay_server import AssayServer
from tests.unit.client.conftest import Assay, json_of

RUN = {
    "id": "0f" * 16,
    "name": "mlp-64",
    "status": "FINISHED",
    "started_at": "2026-09-03T08:15:00Z",
    "ended_at": "2026-09-03T17:15:00Z",
    "cost": {"state": "actual", "amount": {"amount": "8.6013", "currency": "USD"}, "note": "", "resource_id": "i-0"},
    "metrics": {
        "loss": {"value": None, "value_text": "nan", "step": 59},
        "val_accuracy": {"value": 0.9733, "value_text": "0.9733", "step": 59},
    },
    "params": {"hidden": "64"},
    "tags": {"team": "vision"},
}
SUMMARY = {
    "rows": [{"key": {"service": "Amazon RDS"}, "amount": "1234.005"}, {"key": {"service": None}, "amount": "-2.5"}],
    "total": "1231.505",
    "currency": "USD",
}
COMPARED = {
    "rows": [{"key": {"service": "S3"}, "amount": "2", "before": "1", "series": ["2"]}],
    "rest": {"key": {}, "amount": "1", "before": "0", "series": ["1"]},
    "total": "3", "total_before": "1", "steps": ["2026-01"], "step_totals": ["3"], "currency": "USD", "other_currencies": ["EUR"],
    "interval": {"start": "2026-01-01T00:00:00Z", "end": "2026-02-01T00:00:00Z"}, "complete_until": "2026-01-20T00:00:00Z",
    "before": {"start": "2025-12-01T00:00:00Z", "end": "2026-01-01T00:00:00Z"},
}  # fmt: skip
CHANGES = {
    "causes": {"usage": "5", "gone": "-1"}, "change": "4", "currency": "USD",
    "drivers": [{"service": "S3", "change": "5", "causes": {"usage": "5"}}],
}  # fmt: skip
BOARD = {
    "rows": [
        {
            "rank": 1, "run_name": "mlp-64", "run_id": "0f", "value": 0.98, "cost": {"amount": "3.1", "currency": "USD"},
            "cost_state": "actual", "pareto": True,
        }
    ]
}  # fmt: skip
SWEEP = {
    "id": "s1",
    "name": "digits-svc",
    "state": "running",
    "metric": "val_accuracy",
    "direction": "maximize",
    "max_trials": 20,
}
MODEL = {
    "name": "digits",
    "description": "",
    "latest_version": 2,
    "aliases": {"champion": 2},
    "costs": [{"amount": "8.6013", "currency": "USD"}],
    "registered_by": "ada@example.com",
    "updated_at": "2026-09-03T08:15:00Z",
    "versions": [
        {
            "number": 2, "stage": "Production", "aliases": ["champion"], "run_name": "mlp-64",
            "datasets": [{"name": "digits"}], "commit": "1b2c3d4e5f6a7b8c", "cost": {"amount": "8.6013", "currency": "USD"},
            "cost_state": "actual", "created_at": "2026-09-03T08:15:00Z",
        }
    ],
}  # fmt: skip
FIVE = {"amount": "5.005", "currency": "USD"}
RESOURCE = {"resource_id": "i-0", "total": FIVE, "runs": FIVE, "idle": FIVE}
WEBHOOK = {
    "id": "w1", "name": "deploy", "url": "https://example.com/x", "events": ["model_version.created"], "status": "ACTIVE",
    "has_secret": True,
}  # fmt: skip
TRIAL = {"number": 3, "state": "succeeded", "attempt": 1, "value": 0.97, "params": {"c": 1.5}, "error": "", "run_id": "0f"}


class Case(NamedTuple):
    """words: of the command. answer: what the server says at the route. shown: what the table then holds."""

    words: tuple[str, ...]
    path: str
    answer: dict[str, Any]
    shown: str
    method: str = "GET"

    def __str__(self) -> str:
        return " ".join(self.words)


CHARGE = {"started_at": "2026-01-05T10:00:00Z", "service": "S3", "costs": {"effective": "1.5"}, "currency": "USD"}
HELD = {"id": "c1", "kind": "instance", "native_id": "i-0", "state": "running", "details": {"volume_ids": ["vol-1", "vol-2"]}}
LOOK = {"id": "f1", "connection": "payer", "state": "partial", "calls": {"ok": 5, "denied": 1, "failed": 0}}
LISTS = (
    Case(("inventory", "list", "--kind", "instance", "--gone"), "inventory", HELD, "i-0"),
    Case(("costs", "charges"), "costs/charges", CHARGE, "1.50 USD"),
    Case(("runs", "list"), "runs", RUN, "mlp-64"),
    Case(("experiments", "list"), "experiments", {"number": 1, "name": "digits-ocr", "id": "e1"}, "digits-ocr"),
    Case(("sweeps", "list"), "sweeps", SWEEP, "digits-svc"),
    Case(("sweeps", "trials", "s1"), "sweeps/s1/trials", TRIAL, "c=1.5"),
    Case(("datasets", "list"), "datasets", {"name": "sales", "versions": 2, "runs": 3, "costs": []}, "sales"),
    Case(("leaderboards", "list"), "leaderboards", {"name": "Digits", "metric": "val_accuracy", "id": "l1"}, "Digits"),
    Case(("models", "list"), "models", MODEL, "champion=2"),
    Case(("webhooks", "list"), "webhooks", WEBHOOK, "model_version.created"),
    Case(("reports", "list"), "reports/subscriptions", {"kind": "weekly-cost", "recipients": ["ada@example.com"]}, "ada@"),
    Case(
        ("costs", "resources"),
        "costs/resources",
        RESOURCE,
        "5.00 USD",
    ),
)
OBJECTS = (
    Case(("runs", "show", "r"), "runs/r", RUN, "8.60 USD (actual)"),
    Case(("sweeps", "show", "s1"), "sweeps/s1", SWEEP, "running"),
    Case(("sweeps", "stop", "s1"), "sweeps/s1/stop", SWEEP | {"state": "stopping"}, "stopping", "POST"),
    Case(("leaderboards", "show", "l1"), "leaderboards/l1", BOARD, "yes"),
    Case(("models", "show", "digits"), "models/digits", MODEL, "1b2c3d4e5f"),
    Case(("webhooks", "disable", "w1"), "webhooks/w1", WEBHOOK | {"status": "DISABLED"}, "DISABLED", "PATCH"),
    Case(("webhooks", "enable", "w1"), "webhooks/w1", WEBHOOK, "ACTIVE", "PATCH"),
    Case(("webhooks", "test", "w1"), "webhooks/w1/test", {"accepted": True, "told": "It answered 200."}, "200", "POST"),
    Case(("datasets", "show", "sales"), "datasets/details", {"name": "sales", "versions": [{"digest": "abc1"}]}, "abc1"),
    Case(("sweeps", "output", "t1"), "trials/t1/output", {"stdout": "epoch 1\n", "stderr": ""}, "epoch 1"),
    Case(
        ("reports", "send", "r1"), "reports/subscriptions/r1/send", {"subject": "Week 40", "state": "queued"}, "Week 40", "POST"
    ),
    Case(("costs", "show"), "costs/summary", SUMMARY, "1,231.50"),
    Case(("costs", "show", "--granularity", "month", "--compare", "previous"), "costs/summary", COMPARED, "everything else"),
    Case(("costs", "explain"), "costs/changes", CHANGES, "usage 5.00"),
)


@pytest.mark.parametrize("case", LISTS, ids=str)
def test_a_list_is_a_table_or_json(case: Case, logged_in: AssayServer, run: Assay) -> None:
    listed = {"items": [case.answer], "next_cursor": None}
    logged_in.answer("GET", case.path, listed)
    assert json_of(run(*case.words, "--json")) == listed
    assert case.shown in run(*case.words).stdout


@pytest.mark.parametrize("case", LISTS, ids=str)
def test_an_empty_list_says_so(case: Case, logged_in: AssayServer, run: Assay) -> None:
    logged_in.answer("GET", case.path, {"items": [], "next_cursor": None})
    assert run(*case.words).stdout.strip().endswith(".")


@pytest.mark.parametrize("case", OBJECTS, ids=str)
def test_an_object_is_shown_or_json(case: Case, logged_in: AssayServer, run: Assay) -> None:
    logged_in.answer(case.method, case.path, case.answer)
    assert json_of(run(*case.words, "--json")) == case.answer
    assert case.shown in run(*case.words).stdout


def test_a_foreign_run_is_one_sentence_and_exit_code_1(logged_in: AssayServer, run: Assay) -> None:
    logged_in.refuse("GET", "runs/zz", 404, "not_found", "There is no run zz.")
    result = run("runs", "show", "zz")
    assert (result.exit_code, result.stdout, result.stderr) == (1, "", "Error: There is no run zz.\n")


@pytest.mark.parametrize(
    "words", [("runs", "show"), ("costs", "show", "--basis", "gross"), ("costs", "show", "--from", "June"), ("nonsense",)]
)
def test_wrong_usage_is_exit_code_2(words: tuple[str, ...], run: Assay) -> None:
    assert run(*words).exit_code == 2


def test_filters_of_runs_reach_the_server(logged_in: AssayServer, run: Assay) -> None:
    logged_in.answer("GET", "runs", {"items": [], "next_cursor": None})
    run("runs", "list", "--experiment", "digits", "--filter", "metrics.a > 1", "--order-by", "metrics.a DESC", "--limit", "5")
    assert logged_in.asked[-1].params == {
        "experiment": "digits", "filter": "metrics.a > 1", "order_by": "metrics.a DESC", "limit": "5",
    }  # fmt: skip


def test_costs_are_asked_for_by_dimension_days_and_basis(logged_in: AssayServer, run: Assay) -> None:
    logged_in.answer("GET", "costs/summary", SUMMARY)
    run(
        "costs",
        "show",
        "--group-by",
        "service",
        "--group-by",
        "region",
        "--from",
        "2026-09-01",
        "--to",
        "2026-10-01",
        "--basis",
        "billed",
    )
    assert logged_in.asked[-1].params == {
        "group_by": "service,region", "from": "2026-09-01", "to": "2026-10-01", "basis": "billed", "credits": "included",
        "top": "50",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [
        ("1234.005", "USD", "1,234.00 USD"),
        ("1234.015", "USD", "1,234.02 USD"),
        ("-2.5", "", "-2.50"),
        ("0", "USD", "0.00 USD"),
        ("0.0004", "USD", "<0.01 USD"),
        ("-0.0004", "USD", ">-0.01 USD"),
        ("12.5", "JPY", "12 JPY"),
        (None, "USD", "-"),
    ],
)
def test_money_is_rounded_half_even_when_shown(amount: str | None, currency: str, shown: str) -> None:
    assert money_text(amount, currency) == shown


def test_control_characters_of_a_name_do_not_reach_the_terminal(logged_in: AssayServer, run: Assay) -> None:
    logged_in.answer("GET", "runs", {"items": [RUN | {"name": "evil\x1b[2J[bold]name"}], "next_cursor": None})
    assert "evil�[2J[bold]name" in run("runs", "list").stdout


def test_a_report_is_sent_for_the_week_of_a_day(logged_in: AssayServer, run: Assay) -> None:
    logged_in.answer("POST", "reports/subscriptions/r1/send", {"state": "queued"}, status=202)
    run("reports", "send", "r1", "--day", "2026-10-24")
    run("reports", "send", "r1")
    assert logged_in.bodies("reports/subscriptions/r1/send") == [{"day": "2026-10-24"}, {}]


def bill(tmp_path: Path) -> Path:
    path = tmp_path / "bill & co.csv"
    path.write_bytes(b"BilledCost\n" + b"1.00\n" * 100_000)
    return path


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "FIRST_WAIT_SECONDS", 0)


def test_a_bill_is_sent_as_it_is_and_waited_for(logged_in: AssayServer, run: Assay, tmp_path: Path) -> None:
    path = bill(tmp_path)
    done = {
        "id": "b1",
        "state": "imported",
        "rows": 100_000,
        "billing_periods": ["2026-09"],
        "totals": {"effective": {"amount": "7", "currency": "USD"}},
    }
    logged_in.answer("POST", "costs/imports", {"id": "b1", "state": "received"}, status=202)
    logged_in.answer("GET", "costs/imports/b1", {"id": "b1", "state": "received"}, {"id": "b1", "state": "importing"}, done)
    assert json_of(run("costs", "import", str(path), "--source", "acme", "--json")) == done
    sent = logged_in.asked[0]
    assert sent.body == path.read_bytes()
    assert sent.params == {"source": "acme", "filename": "bill & co.csv"}
    assert sent.headers["content-length"] == str(path.stat().st_size)
    assert "transfer-encoding" not in sent.headers


def test_a_bill_that_was_there_is_unchanged(logged_in: AssayServer, run: Assay, tmp_path: Path) -> None:
    logged_in.answer("POST", "costs/imports", {"id": "b1", "state": "received"}, status=202)
    logged_in.answer("GET", "costs/imports/b1", {"id": "b1", "state": "unchanged", "rows": 5})
    assert "unchanged" in run("costs", "import", str(bill(tmp_path))).stdout


def test_a_refused_bill_tells_the_servers_reason(logged_in: AssayServer, run: Assay, tmp_path: Path) -> None:
    reason = "bill.csv, line 7, BilledCost: 'abc' is not a number."
    logged_in.answer("POST", "costs/imports", {"id": "b1", "state": "received"}, status=202)
    logged_in.answer("GET", "costs/imports/b1", {"id": "b1", "state": "refused", "message": reason})
    result = run("costs", "import", str(bill(tmp_path)))
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.endswith(f"Error: The bill was refused: {reason}\n")


def test_an_import_that_takes_too_long_goes_on_by_itself(logged_in: AssayServer, run: Assay, tmp_path: Path) -> None:
    logged_in.answer("POST", "costs/imports", {"id": "b1", "state": "received"}, status=202)
    logged_in.answer("GET", "costs/imports/b1", {"id": "b1", "state": "received"})
    result = run("costs", "import", str(bill(tmp_path)), "--timeout", "0")
    assert result.exit_code == 1
    assert "goes on as import b1" in result.stderr


def test_an_empty_file_is_not_sent(logged_in: AssayServer, run: Assay, tmp_path: Path) -> None:
    (tmp_path / "empty.csv").touch()
    assert run("costs", "import", str(tmp_path / "empty.csv")).exit_code == 1
    assert logged_in.asked == []


def test_a_sweep_starts_from_its_file_and_folder(logged_in: AssayServer, run: Assay, tmp_path: Path) -> None:
    logged_in.answer("POST", "sweeps", SWEEP, status=201)
    (tmp_path / "sweep.yaml").write_text("name: ümlaut\n", encoding="utf-8")
    assert "assay sweeps trials s1" in run("sweeps", "start", str(tmp_path / "sweep.yaml")).stdout
    assert logged_in.bodies("sweeps") == [{"spec": "name: ümlaut\n", "workdir": str(tmp_path)}]


def test_the_bill_command_writes_file_and_manifest(run: Assay, tmp_path: Path) -> None:
    manifest = json_of(run("demo", "bill", "--rows", "9000", "--months", "2026-02", "--out", str(tmp_path), "--json"))
    assert json.loads((tmp_path / "manifest.json").read_text()) == manifest
    assert (tmp_path / manifest["file"]).exists()
    assert Decimal(manifest["months"]["2026-02"]["EffectiveCost"]) > 0


@pytest.mark.parametrize(
    "path", ["", "costs", "costs import", "runs", "sweeps", "demo", "demo bill", "demo train", "demo fill"]
)
def test_every_command_explains_itself(path: str, run: Assay) -> None:
    assert run(*path.split(), "--help").exit_code == 0


def _page(*texts: str, live: bool = False, more: bool = False) -> dict[str, Any]:
    chunks = [
        {"sequence": n, "stream": "stdout", "offset": 0, "text": text, "at": "", "follows_gap": False}
        for n, text in enumerate(texts, 1)
    ]
    return {"items": chunks, "next_cursor": len(texts), "has_more": more, "dropped_bytes": 0, "is_live": live}


def test_a_console_is_followed_until_the_run_has_ended(
    logged_in: AssayServer, run: Assay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "LOOK_SECONDS", 0.0)
    for page in (_page("a\n", live=True), _page("b\n", live=True), _page("c\n"), _page("last words\n")):
        logged_in.answer("GET", "runs/r/console", page)
    assert run("runs", "console", "r", "--follow").stdout == "a\nb\nc\nlast words\n"


def test_a_console_shows_colours_and_nothing_that_acts_on_the_terminal(logged_in: AssayServer, run: Assay) -> None:
    logged_in.answer("GET", "runs/r/console", _page("\x1b[32mgreen\x1b[0m \x1b[2J\x1b]0;title\x07\x07 50%\rdone\n"))
    shown = run("runs", "console", "r").stdout
    assert "\x07" not in shown
    assert "\x1b[2J" not in shown
    assert "title" not in shown
    assert shown.endswith("50%\rdone\n")


def test_the_whole_console_is_read_page_by_page(logged_in: AssayServer, run: Assay) -> None:
    logged_in.answer("GET", "runs/r/console", _page("a\n", more=True))
    logged_in.answer("GET", "runs/r/console", _page("b\n"))
    assert run("runs", "console", "r", "--all").stdout == "a\nb\n"
    logged_in.replace("GET", "runs/r/console", _page("a\n"))
    assert [item["text"] for item in json_of(run("runs", "console", "r", "--json"))["items"]] == ["a\n"]


def test_deleted_runs_can_be_brought_back(logged_in: AssayServer, run: Assay) -> None:
    logged_in.answer("DELETE", "runs/r", RUN)
    logged_in.answer("POST", "runs/r/restore", RUN)
    assert "assay runs restore" in run("runs", "delete", "r").stdout
    assert "Restored" in run("runs", "restore", "r").stdout
    assert json_of(run("runs", "delete", "r", "--json"))["items"] == [RUN]


def test_a_resource_is_shown_with_its_history(logged_in: AssayServer, run: Assay) -> None:
    changes = [
        {"at": "2026-03-02T10:00:00Z", "before": {"state": "running"}, "after": {"state": "stopped"}},
        {"at": "2026-03-01T10:00:00Z", "before": {}, "after": {"state": "running"}},
    ]
    logged_in.answer("GET", "inventory/c1", HELD)
    logged_in.answer("GET", "inventory/c1/changes", {"items": changes, "next_cursor": None})
    assert json_of(run("inventory", "show", "c1", "--json")) == HELD | {"changes": changes}
    shown = run("inventory", "show", "c1").stdout
    assert "vol-1, vol-2" in shown
    assert "state: running → stopped" in shown
    assert "first seen" in shown


def test_a_look_at_the_clouds_is_started_and_waited_for(logged_in: AssayServer, run: Assay) -> None:
    denied = {"state": "denied", "permission": "ec2:DescribeVolumes", "account_id": "1", "region": "r", "message": "Allow it."}
    logged_in.answer("POST", "inventory/refreshes", {"items": [LOOK | {"state": "queued"}]}, status=202)
    logged_in.answer("GET", "inventory/refreshes/f1", LOOK | {"asked": [denied]})
    assert "queued" in run("inventory", "refresh").stdout
    waited = run("inventory", "refresh", "--utilization", "--wait").stdout
    assert "partial" in waited
    assert "ec2:DescribeVolumes" in waited
    assert [body["subject"] for body in logged_in.bodies("inventory/refreshes")] == ["inventory", "utilization"]


def test_a_look_that_failed_is_exit_code_1(logged_in: AssayServer, run: Assay) -> None:
    logged_in.answer("POST", "inventory/refreshes", {"items": [LOOK]}, status=202)
    logged_in.answer("GET", "inventory/refreshes/f1", LOOK | {"state": "failed"})
    assert run("inventory", "refresh", "--wait").exit_code == 1
