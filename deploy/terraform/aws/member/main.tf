# A role in a member account of an AWS organization, by which Assay lists what the account holds, how much of it is used, and nothing else. It
# trusts the role of the module above alone. Apply it in each account, or as a stack set.

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "AWS"
      identifiers = [var.assay_role_arn]
    }

    condition {
      test     = "StringEquals"
      variable = "sts:ExternalId"
      values   = [var.external_id]
    }
  }
}

data "aws_iam_policy_document" "inventory" {
  statement {
    sid = "ReadInventoryAndUtilization"
    actions = [
      "cloudwatch:GetMetricData",
      "cloudwatch:ListMetrics",
      "ec2:DescribeAddresses",
      "ec2:DescribeImages",
      "ec2:DescribeInstanceCreditSpecifications",
      "ec2:DescribeInstances",
      "ec2:DescribeInstanceTypes",
      "ec2:DescribeRegions",
      "ec2:DescribeReservedInstances",
      "ec2:DescribeSnapshots",
      "ec2:DescribeVolumes",
      "pricing:GetProducts",
      "rds:DescribeDBInstances",
      "savingsplans:DescribeSavingsPlans",
      "savingsplans:DescribeSavingsPlansOfferingRates",
    ]
    resources = ["*"]
  }
}

resource "aws_iam_role" "member" {
  name                 = var.role_name
  description          = "Assay reads the inventory"
  assume_role_policy   = data.aws_iam_policy_document.trust.json
  max_session_duration = 3600
  tags                 = var.tags
}

resource "aws_iam_role_policy" "inventory" {
  name   = "read-inventory"
  role   = aws_iam_role.member.id
  policy = data.aws_iam_policy_document.inventory.json
}
