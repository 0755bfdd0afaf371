"""The explorer as people meet it: distinct addresses over 13 months of 1,000 accounts and 50,000 resources, through the web server."""

import itertools
import re
import tempfile
import time
from pathlib import Path
from urllib.parse import urlencode

import duckdb
import requests

from tests.plugins.stack import Stack, running_stack

MONTHS = [f"{2025 + (month // 12)}-{month % 12 + 1:02}" for month in range(13)]
RESOURCES, ACCOUNTS, DAYS_OF_A_RESOURCE = 50_000, 1_000, 5
PAGES = 200
WARM_UP = 12
IMPORT_SECONDS = 900
CONDITIONS = ("", "region = 'eu-west-1'", "not service in ('Service 1', 'Service 2')", "account like '0000000001%'")

BILL = """
SELECT 'USD' AS BillingCurrency, '000000000001' AS BillingAccountId, TIMESTAMP '$month-01' AS BillingPeriodStart,
       TIMESTAMP '$month-01' + INTERVAL 1 MONTH AS BillingPeriodEnd, starts AS ChargePeriodStart, starts + INTERVAL 1 DAY AS ChargePeriodEnd,
       'Usage' AS ChargeCategory, 'Compute' AS ServiceCategory, 'Service ' || (resource % 40) AS ServiceName, 'AWS' AS ProviderName,
       'AWS' AS PublisherName, 'AWS' AS InvoiceIssuerName, lpad((resource % $accounts)::VARCHAR, 12, '0') AS SubAccountId,
       'Account ' || (resource % $accounts) AS SubAccountName, ['eu-west-1', 'us-east-1', 'sa-east-1'][1 + resource % 3] AS RegionId,
       'i-' || lpad(resource::VARCHAR, 8, '0') AS ResourceId, 'sku-' || (resource % 200) AS SkuId, cost AS BilledCost,
       cost AS EffectiveCost, cost AS ListCost, cost AS ContractedCost, 24::DECIMAL(18, 6) AS ConsumedQuantity, 'Hours' AS ConsumedUnit,
       24::DECIMAL(18, 6) AS PricingQuantity, 'Hours' AS PricingUnit
FROM (SELECT resource, TIMESTAMP '$month-01' + to_days(((resource * 7 + turn * 6) % 28)::INTEGER) AS starts,
             ((resource * 37 + turn) % 100000)::DECIMAL(18, 6) / 1000 AS cost
      FROM range($resources) r(resource), range($turns) t(turn))
"""


def measure(resources: int = RESOURCES, pages: int = PAGES) -> dict[str, object]:
    """p95_ms: of pages that no process has answered before, after others have been; repeated_p95_ms: the same addresses again."""
    with tempfile.TemporaryDirectory(prefix="assay-bench-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        with running_stack(folder / "home", ASSAY_DEMO="0") as stack:
            rows = sum(_deliver(stack, folder, month, resources) for month in MONTHS)
            session = _sign_in(stack)
            for address in itertools.islice(_addresses(), 1, 3 * WARM_UP, 3):
                _open(session, stack.url + address)
            addresses = list(itertools.islice(_addresses(), 0, 3 * pages, 3))
            assert len(set(addresses)) == pages
            first, again = ([_open(session, stack.url + address) for address in addresses] for _ in range(2))
    return {
        **_spread("", first),
        **_spread("repeated_", again),
        "pages": pages,
        "rows": rows,
        "resources": resources,
        "accounts": ACCOUNTS,
    }


def _deliver(stack: Stack, folder: Path, month: str, resources: int) -> int:
    """Write a month's bill, send it, and wait until it is imported."""
    path = folder / f"{month}.parquet"
    chosen = {"$month": month, "$resources": str(resources), "$accounts": str(ACCOUNTS), "$turns": str(DAYS_OF_A_RESOURCE)}
    sql = re.sub(r"\$\w+", lambda found: chosen[found[0]], BILL)
    duckdb.execute(f"COPY ({sql}) TO '{path}' (FORMAT parquet)")
    headers = {"Authorization": f"Bearer {stack.token}"}
    address = f"{stack.url}/api/v1/costs/imports"
    with path.open("rb") as file:
        sent = requests.post(address, params={"source": "aws", "filename": path.name}, data=file, headers=headers, timeout=120)
    assert sent.status_code == 202, sent.text
    deadline = time.monotonic() + IMPORT_SECONDS
    while time.monotonic() < deadline:
        found = requests.get(f"{address}/{sent.json()['id']}", headers=headers, timeout=60).json()
        if found["state"] not in ("received", "importing"):
            assert found["state"] == "imported", found["message"]
            return int(found["rows"])
        time.sleep(0.2)
    raise AssertionError(f"{path.name} was not imported in {IMPORT_SECONDS} s")


def _sign_in(stack: Stack) -> requests.Session:
    session = requests.Session()
    page = session.get(f"{stack.url}/accounts/login/", timeout=60)
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
    assert token is not None
    form = {"login": stack.email, "password": stack.password, "csrfmiddlewaretoken": token[1]}
    answer = session.post(f"{stack.url}/accounts/login/", data=form, headers={"Referer": stack.url}, timeout=60)
    assert answer.ok, answer.text[:500]
    return session


def _addresses() -> itertools.chain[str]:
    """Every grouping over the 13 months and over single ones, with every condition, basis and step."""
    groups = ("service", "account", "region", "resource", "sku")
    spans = [
        ("2025-01-01", "2026-01-31"),
        ("2025-06-01", "2025-06-30"),
        ("2025-11-15", "2026-01-14"),
        ("2025-03-01", "2025-08-31"),
    ]
    bases = ("effective", "billed", "list")
    asked = itertools.product(spans, bases, CONDITIONS, groups, ("", "account", "region"))
    return itertools.chain(_address(*one) for one in asked if one[3] != one[4])


def _address(span: tuple[str, str], basis: str, condition: str, group: str, then: str) -> str:
    query = {"from": span[0], "to": span[1], "basis": basis, "where": condition, "group_by": group, "then_by": then}
    return "/costs?" + urlencode({name: value for name, value in query.items() if value})


def _open(session: requests.Session, address: str) -> float:
    start = time.perf_counter()
    answer = session.get(address, timeout=120)
    taken = time.perf_counter() - start
    assert answer.status_code == 200, (address, answer.status_code)
    assert "everything else" in answer.text or "Total" in answer.text
    return taken * 1000


def _spread(prefix: str, milliseconds: list[float]) -> dict[str, object]:
    ranked = sorted(milliseconds)
    return {
        f"{prefix}p50_ms": round(ranked[len(ranked) // 2], 1),
        f"{prefix}p95_ms": round(ranked[int(len(ranked) * 0.95)], 1),
        f"{prefix}max_ms": round(ranked[-1], 1),
    }
