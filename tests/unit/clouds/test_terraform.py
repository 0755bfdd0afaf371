"""What the connect page tells people to paste fits the module that ships."""

import re
from pathlib import Path

from assay.clouds.connectors.aws.accounts import ACCOUNTS, REGIONS
from assay.clouds.connectors.aws.cloudwatch import DATA, METRICS
from assay.clouds.connectors.aws.commitments import RATES
from assay.clouds.connectors.aws.ec2 import CREDITS
from assay.clouds.connectors.aws.inventory import QUESTIONS
from assay.clouds.connectors.aws.machine_types import TYPES
from assay.clouds.connectors.aws.pricing import PRODUCTS
from assay.clouds.domain.connections import ConnectionView
from assay.core.clock import now
from assay.core.ids import new_id
from assay.portal.domain.terraform import write_module
from assay.recommendations.selectors.registry import checks_by_name

MODULE = Path(__file__).resolve().parents[3] / "deploy" / "terraform" / "aws"


def test_the_pasted_module_names_its_variables_and_outputs() -> None:
    connection = ConnectionView(new_id(), "payer", "", "x" * 43, "", (), now())
    text = write_module(connection, principal="arn:aws:iam::1:role/assay")
    given = set(re.findall(r"^  (\w+) +=", text, re.MULTILINE)) - {"source"}
    declared = {
        name: "default" in body
        for name, body in re.findall(
            r'variable "(\w+)" \{(.*?)^\}', (MODULE / "variables.tf").read_text(), re.DOTALL | re.MULTILINE
        )
    }
    assert given <= set(declared)
    assert {name for name, has_default in declared.items() if not has_default} <= given
    outputs = set(re.findall(r'output "(\w+)"', (MODULE / "outputs.tf").read_text()))
    assert set(re.findall(r"module\.assay\.(\w+)", text)) <= outputs
    assert connection.external_id in text


ACTION = re.compile(r'"((?:s3|kms|sts|iam|ce|ec2|rds|cloudwatch|pricing|savingsplans|organizations):\w+)"')


def test_of_buckets_the_role_reads_one_and_changes_nothing() -> None:
    policy = (MODULE / "main.tf").read_text().split('data "aws_iam_policy_document" "read"')[1]
    actions = set(ACTION.findall(policy.split('data "aws_iam_policy_document" "inventory"')[0]))
    assert actions == {"s3:prefix", "s3:ListBucket", "s3:GetBucketLocation", "s3:GetObject", "kms:Decrypt"}


def test_the_roles_may_ask_what_assay_asks_and_nothing_more() -> None:
    asked = {question.permission for question in QUESTIONS} | {CREDITS, REGIONS, DATA, METRICS, TYPES, PRODUCTS, RATES}
    whole, member = (MODULE / "main.tf").read_text(), (MODULE / "member" / "main.tf").read_text()
    listed = whole.split("inventory_actions = [")[1].split("]")[0]
    assert set(ACTION.findall(listed)) == asked
    assert set(ACTION.findall(member.split('"aws_iam_policy_document" "inventory"')[1])) == asked
    policy = whole.split('data "aws_iam_policy_document" "inventory"')[1].split('resource "aws_iam_role" "assay"')[0]
    assert set(ACTION.findall(policy)) == {"sts:AssumeRole", ACCOUNTS}


def test_every_permission_that_a_check_needs_is_asked_for() -> None:
    asked = {question.permission for question in QUESTIONS} | {DATA}
    assert {need for check in checks_by_name().values() for need in check.needs} <= asked
