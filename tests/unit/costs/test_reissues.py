"""Reissues in any order, repeated, broken off and killed at any step, end in one ledger."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import pytest
from django.test import override_settings
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.core import tenancy
from assay.core.clock import frozen, now
from assay.costs.models import BillImport, BillingSource
from assay.costs.services import fetching, import_states, imports, lake, polling
from tests.breadth import examples
from tests.factories.deliveries import bill_of, data_export, lay, make_source
from tests.factories.ledgers import hash_ledger
from tests.factories.organizations import found_organization

pytestmark = pytest.mark.django_db

FIRST_ISSUE = datetime(2026, 5, 1, tzinfo=UTC)
MONTHS = ("2026-01", "2026-02", "2026-03")
STEPS = {
    "poll": (polling, "take_offers"),
    "fetch": (fetching, "digest_of"),
    "convert": (imports, "stage_delivery"),
    "record": (import_states, "record_changes"),
    "commit": (lake, "replace_periods"),
    "finish": (import_states, "finish"),
}


class Killed(Exception):
    """Stands for the death of the process."""


@dataclass(frozen=True)
class Reissue:
    """number: how many were issued before it. creates: a folder of its own; else it overwrites."""

    number: int
    month: str
    creates: bool

    @property
    def issued_at(self) -> datetime:
        return FIRST_ISSUE + timedelta(hours=8 * self.number)

    @property
    def files(self) -> dict[str, bytes]:
        """Every third has the content of the one three before it."""
        costs = [str(self.number - 3 * (self.number % 3 == 0)), "0.125", "-3"][: 1 + self.number % 3]
        parts = {f"{i}.csv": bill_of(self.month, cost) for i, cost in enumerate(costs)}
        return data_export(
            parts, month=self.month, execution=f"e{self.number:02}", new_folder=f"e{self.number:02}" if self.creates else ""
        )


def issue(count: int) -> list[Reissue]:
    return [Reissue(number, MONTHS[number % 7 % 3], creates=number % 4 != 1) for number in range(count)]


ISSUED = issue(30)


@contextmanager
def place() -> Iterator[tuple[BillingSource, Path]]:
    organization = found_organization()
    with TemporaryDirectory() as folder, override_settings(ASSAY_BILL_FOLDERS=folder):
        root = Path(folder) / organization.slug / "exports"
        yield make_source(organization.id, root), root


def work(source: BillingSource, *, killed_at: str = "") -> None:
    """One round of beat and workers. killed_at: a step that the process does not survive, when it comes to it."""
    if not killed_at:
        polling.poll_source(source.organization_id, source.id)
        imports.import_bills(source.organization_id)
        return
    module, name = STEPS[killed_at]
    with patch.object(module, name, side_effect=Killed()):
        try:
            work(source)
        except Killed:
            return


def expected() -> dict[str, tuple[int, int]]:
    with place() as (source, root):
        for month in MONTHS:
            newest = [one for one in ISSUED if one.month == month][-1]
            lay(root, newest.files, at=newest.issued_at)
        work(source)
        return hash_ledger(source.organization_id)


def test_thirty_reissues_in_any_order_end_in_one_ledger() -> None:
    wanted = expected()
    assert set(wanted) == set(MONTHS)

    @given(
        order=st.permutations(ISSUED),
        repeats=st.lists(st.sampled_from(ISSUED), max_size=6),
        kills=st.dictionaries(st.integers(0, 35), st.sampled_from(sorted(STEPS)), max_size=12),
    )
    @settings(max_examples=examples(1, many=8), deadline=None, derandomize=True)
    def deliver(order: Sequence[Reissue], repeats: Sequence[Reissue], kills: dict[int, str]) -> None:
        with place() as (source, root):
            began = now()
            for step, reissue in enumerate([*order, *repeats]):
                with frozen(began + step * timedelta(minutes=11)):
                    lay(root, reissue.files, at=reissue.issued_at)
                    work(source, killed_at=kills.get(step, ""))
            with frozen(began + timedelta(days=1)):
                work(source)
            assert hash_ledger(source.organization_id) == wanted
            with tenancy.scope(source.organization_id):
                rows = BillImport.objects.all()
                assert rows.count() == len(ISSUED)
                assert {row.state for row in rows} <= {"imported", "unchanged", "superseded"}

    deliver()


def test_overwriting_and_creating_end_in_one_ledger() -> None:
    ledgers = []
    for creates in (True, False):
        with place() as (source, root):
            for one in issue(4):
                reissue = Reissue(one.number, one.month, creates=creates)
                lay(root, reissue.files, at=reissue.issued_at)
                work(source)
            ledgers.append(hash_ledger(source.organization_id))
    assert ledgers[0] == ledgers[1]
