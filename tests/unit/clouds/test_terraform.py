"""What the connect page tells people to paste fits the module that ships."""

import re
from pathlib import Path

from assay.clouds.domain.connections import ConnectionView
from assay.core.clock import now
from assay.core.ids import new_id
from assay.portal.domain.terraform import write_module

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


def test_the_role_reads_one_bucket_and_changes_nothing() -> None:
    policy = (MODULE / "main.tf").read_text().split('data "aws_iam_policy_document" "read"')[1]
    actions = set(re.findall(r'"((?:s3|kms|sts|iam|ce|ec2):\w+)"', policy.split('resource "aws_iam_role"')[0]))
    assert actions == {"s3:prefix", "s3:ListBucket", "s3:GetBucketLocation", "s3:GetObject", "kms:Decrypt"}
