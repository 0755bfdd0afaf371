"""`assay costs check`."""

import json

from tests.unit.client.assay_server import AssayServer
from tests.unit.client.conftest import Assay


def item(name: str, standing: str, *, ok: bool) -> dict[str, object]:
    example = {"place": {"billing_period": "2026-01"}, "values": {"list_cost": None}, "filter": ""}
    return {
        "name": name, "number": "1", "title": f"Rule {name}", "standing": standing, "ok": ok, "checked": 7,
        "failing": 0 if ok else 2, "examples": [] if ok else [example],
    }  # fmt: skip


def test_a_broken_rule_is_shown_and_ends_with_an_exit_code_of_its_own(logged_in: AssayServer, run: Assay) -> None:
    items = [item("a", "expected", ok=False), item("b", "required", ok=False), item("c", "required", ok=True)]
    logged_in.answer("GET", "costs/checks", {"items": items, "ok": False, "rows": 9, "ledger_version": 1})
    result = run("costs", "check", "--source", "aws", "--period", "2026-01")
    assert result.exit_code == 3
    assert logged_in.asked[0].params == {"source": "aws", "period": "2026-01"}
    lines = result.stdout.splitlines()
    assert lines[0] == "BROKEN  1. Rule b: 2 of 7  [b]"
    assert lines[1] == "    billing_period 2026-01: list_cost -"
    assert "unusual  1. Rule a: 2 of 7  [a]" in lines


def test_what_is_unusual_fails_only_when_asked_to(logged_in: AssayServer, run: Assay) -> None:
    answer = {"items": [item("a", "expected", ok=False)], "ok": True, "rows": 9, "ledger_version": 1}
    logged_in.answer("GET", "costs/checks", answer)
    shown = run("costs", "check", "--json")
    assert (shown.exit_code, json.loads(shown.stdout)) == (0, answer)
    assert run("costs", "check", "--strict").exit_code == 3
