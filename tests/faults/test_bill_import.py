"""The process that imports a bill is killed, and the bill is in the ledger once."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from assay.core import tenancy
from assay.costs.domain.imports import ImportState
from assay.costs.selectors.imports import get_import
from assay.costs.selectors.lake import find_ledger
from assay.costs.services import imports
from tests.factories import focus
from tests.factories.ledgers import read_ledger
from tests.factories.organizations import found_organization

pytestmark = pytest.mark.usefixtures("committed")

ROOT = Path(__file__).resolve().parents[2]
KILLED_WORKER = """
import os, signal, sys
from uuid import UUID
import django
django.setup()
from assay.costs.services import import_states, imports, lake

def kill_after(step):
    def stepped(*values, **named):
        step(*values, **named)
        os.kill(os.getpid(), signal.SIGKILL)
    return stepped

{module}.{step} = kill_after({module}.{step})
imports.import_bills(UUID(sys.argv[1]))
"""


@pytest.mark.parametrize(
    ("module", "step", "committed_before"),
    [("import_states", "record", False), ("lake", "replace_periods", True), ("import_states", "finish", True)],
)
def test_a_killed_import_is_finished_by_the_next_one(module: str, step: str, committed_before: bool) -> None:
    organization = found_organization()
    content = focus.write_csv([focus.make_charge("1"), focus.make_charge("2")])
    received = imports.receive_bill(organization.id, source_name="aws", file_name="bill.csv", chunks=[content])
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "assay.settings", "PYTHONPATH": str(ROOT / "platform")}
    command = [sys.executable, "-c", KILLED_WORKER.format(module=module, step=step), str(organization.id)]
    killed = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    before = find_ledger(organization.id)
    assert (before is not None) == committed_before
    imports.import_bills(organization.id)
    after = find_ledger(organization.id)
    assert after is not None
    assert before is None or after.version() == before.version()
    assert len(read_ledger(organization.id)) == 2
    with tenancy.scope(organization.id):
        assert get_import(organization.id, received.id).state is ImportState.IMPORTED
