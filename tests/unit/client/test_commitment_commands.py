"""`assay commitments`."""

import json
from pathlib import Path

from tests.unit.client.assay_server import AssayServer
from tests.unit.client.conftest import Assay

SPAN = {"start": "2026-01-01T00:00:00Z", "end": "2026-02-01T00:00:00Z", "currency": "USD"}
ADVICE = {
    "offer": "Compute Savings Plan, 1 year, no upfront", "commitment": "2.7", "saving_monthly": "131.4", "utilization": "0.995",
    "p10": "1", "backtest": {"captured": "0.981"}, "upfront": "0", "break_even_month": 1, "source": "the bill",
}  # fmt: skip


def test_use_is_shown_with_coverage_and_the_scope_of_savings_rates(logged_in: AssayServer, run: Assay) -> None:
    use = {"utilization": "0.72", "unused": "208.32", "net_saving": "-74.4"}
    held = {"name": "compute", "type": "Savings Plan", "per_hour": "1", "use": use, "ends_by": "2027-01-01T00:00:00Z"}
    held["hint"] = {"monthly": "204.4", "reason": "Buy no other until it is used."}
    rate = {"rate": "-0.0129", "scope": "Amazon Elastic Compute Cloud, without spot"}
    coverage = {"coverage": "0.0345", "uncovered": "5022"}
    answer = {**SPAN, "items": [held], "coverage": coverage, "savings_rates": [rate]}
    logged_in.answer("GET", "commitments", answer)
    shown = run("commitments", "show", "--from", "2026-01-01", "--to", "2026-02-01")
    assert shown.exit_code == 0
    assert logged_in.asked[0].params == {"from": "2026-01-01", "to": "2026-02-01"}
    assert "72.0 %" in shown.stdout
    assert "2027-01-01" in shown.stdout
    assert "compute: 204.40 USD a month lie idle. Buy no other until it is used." in shown.stderr
    assert "Coverage 3.5 %" in shown.stderr
    assert "Effective savings rate -1.3 %: Amazon Elastic Compute Cloud, without spot." in shown.stderr
    assert json.loads(run("commitments", "show", "--json").stdout) == answer


def test_advice_says_what_to_buy_and_what_has_no_rate(logged_in: AssayServer, run: Assay, tmp_path: Path) -> None:
    rates = tmp_path / "rates.csv"
    rates.write_text("plan,scope\n")
    sizes = [{"commitment": "1", "saving": "100", "regret": "31.4"}]
    unrated = [{"meter": "BoxUsage:c7g.large", "region": "us-east-1", "spend": "12"}]
    alternatives = [ADVICE, ADVICE | {"offer": "Another", "backtest": None}]
    answer = {**SPAN, "items": [ADVICE], "alternatives": alternatives, "purchases": sizes, "unrated": unrated, "demand": "5022"}
    logged_in.answer("POST", "commitments/advice", answer)
    asked = ("--rates", str(rates), "--queued", "Compute=1.5", "--expiring", "arn", "--term", "1", "--risk", "cautious")
    shown = run("commitments", "advise", *asked)
    assert shown.exit_code == 0, shown.stderr
    assert json.loads(logged_in.asked[0].body) == {
        "days": 90, "queued": [{"plan": "Compute", "commitment": "1.5"}], "offer": "", "rates": "plan,scope\n", "risk": "cautious",
        "expiring": ["arn"], "payment": None, "term_years": 1,
    }  # fmt: skip
    for words in ("2.70", "131.40", "99.5 %", "98.1 %", "month 1", "Another", "1.00 USD an hour saves 100.00 USD"):
        assert words in " ".join(shown.stdout.split()), words
    assert "No rate is known for BoxUsage:c7g.large" in shown.stderr
    assert run("commitments", "advise", "--queued", "Compute").exit_code == 2
