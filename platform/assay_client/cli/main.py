"""The command `assay` and its subcommands."""

import click

from assay_client import __version__
from assay_client.cli.access import login, logout, status
from assay_client.cli.bills import BILL_COMMANDS
from assay_client.cli.checks import check
from assay_client.cli.commitments import commitments
from assay_client.cli.connect import connect
from assay_client.cli.costs import costs
from assay_client.cli.datasets import datasets
from assay_client.cli.demo import demo
from assay_client.cli.experiments import experiments
from assay_client.cli.exports import export
from assay_client.cli.findings import findings
from assay_client.cli.inventory import inventory
from assay_client.cli.inventory_reports import import_ as import_inventory
from assay_client.cli.leaderboards import leaderboards
from assay_client.cli.models import models
from assay_client.cli.organization import organization
from assay_client.cli.reports import reports
from assay_client.cli.runs import runs
from assay_client.cli.session import AssayGroup
from assay_client.cli.sweeps import sweeps
from assay_client.cli.webhooks import webhooks


@click.group(cls=AssayGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="assay")
def assay() -> None:
    """What every model is worth, and what it cost.

    ASSAY_URL and ASSAY_TOKEN name the server and the token; `assay login` stores them.
    """


COMMANDS = (
    login, logout, status, costs, inventory, findings, commitments, runs, experiments, datasets, sweeps, leaderboards, models,
    webhooks, reports, organization, demo,
)  # fmt: skip

for command in COMMANDS:
    assay.add_command(command)

for command in (*BILL_COMMANDS, check, export, connect):
    costs.add_command(command)

inventory.add_command(import_inventory)
