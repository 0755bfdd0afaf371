# A billing export into a bucket, and a role by which Assay reads this bucket and, unless read_inventory is false, what the account holds:
# lists, metrics and prices. The role changes nothing.
# Apply it in the account that pays. Data Exports are managed in us-east-1 whatever the bucket's region: give the module a provider of
# that region, or set AWS_REGION=us-east-1.

data "aws_caller_identity" "payer" {}
data "aws_partition" "current" {}

locals {
  bucket_arn = "arn:${data.aws_partition.current.partition}:s3:::${var.bucket_name}"
  bucket     = var.create_bucket ? aws_s3_bucket.exports[0].id : var.bucket_name
  inventory_actions = [
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
  focus_columns = join(", ", [
    "AvailabilityZone", "BilledCost", "BillingAccountId", "BillingAccountName", "BillingAccountType", "BillingCurrency",
    "BillingPeriodEnd", "BillingPeriodStart", "CapacityReservationId", "CapacityReservationStatus", "ChargeCategory", "ChargeClass",
    "ChargeDescription", "ChargeFrequency", "ChargePeriodEnd", "ChargePeriodStart", "CommitmentDiscountCategory",
    "CommitmentDiscountId", "CommitmentDiscountName", "CommitmentDiscountQuantity", "CommitmentDiscountStatus",
    "CommitmentDiscountType", "CommitmentDiscountUnit", "ConsumedQuantity", "ConsumedUnit", "ContractedCost",
    "ContractedUnitPrice", "EffectiveCost", "InvoiceId", "InvoiceIssuerName", "ListCost", "ListUnitPrice", "PricingCategory",
    "PricingCurrency", "PricingCurrencyContractedUnitPrice", "PricingCurrencyEffectiveCost", "PricingCurrencyListUnitPrice",
    "PricingQuantity", "PricingUnit", "ProviderName", "PublisherName", "RegionId", "RegionName", "ResourceId", "ResourceName",
    "ResourceType", "ServiceCategory", "ServiceName", "ServiceSubcategory", "SkuId", "SkuMeter", "SkuPriceDetails", "SkuPriceId",
    "SubAccountId", "SubAccountName", "SubAccountType", "Tags", "x_Discounts", "x_Operation", "x_ServiceCode",
  ])
  focus_1_0_columns = join(", ", [
    "AvailabilityZone", "BilledCost", "BillingAccountId", "BillingAccountName", "BillingCurrency", "BillingPeriodEnd",
    "BillingPeriodStart", "ChargeCategory", "ChargeClass", "ChargeDescription", "ChargeFrequency", "ChargePeriodEnd",
    "ChargePeriodStart", "CommitmentDiscountCategory", "CommitmentDiscountId", "CommitmentDiscountName",
    "CommitmentDiscountStatus", "CommitmentDiscountType", "ConsumedQuantity", "ConsumedUnit", "ContractedCost",
    "ContractedUnitPrice", "EffectiveCost", "InvoiceIssuerName", "ListCost", "ListUnitPrice", "PricingCategory",
    "PricingQuantity", "PricingUnit", "ProviderName", "PublisherName", "RegionId", "RegionName", "ResourceId", "ResourceName",
    "ResourceType", "ServiceCategory", "ServiceName", "SkuId", "SkuPriceId", "SubAccountId", "SubAccountName", "Tags",
    "x_CostCategories", "x_Discounts", "x_Operation", "x_ServiceCode", "x_UsageType",
  ])
  cur2_columns = join(", ", [
    "bill_bill_type", "bill_billing_entity", "bill_billing_period_end_date", "bill_billing_period_start_date", "bill_invoice_id",
    "bill_invoicing_entity", "bill_payer_account_id", "bill_payer_account_name", "cost_category", "discount",
    "discount_bundled_discount", "discount_total_discount", "identity_line_item_id", "identity_time_interval",
    "line_item_availability_zone", "line_item_blended_cost", "line_item_currency_code", "line_item_legal_entity",
    "line_item_line_item_description", "line_item_line_item_type", "line_item_net_unblended_cost", "line_item_normalization_factor",
    "line_item_normalized_usage_amount", "line_item_operation", "line_item_product_code", "line_item_resource_id",
    "line_item_unblended_cost", "line_item_unblended_rate", "line_item_usage_account_id", "line_item_usage_account_name",
    "line_item_usage_amount", "line_item_usage_end_date", "line_item_usage_start_date", "line_item_usage_type", "pricing_currency",
    "pricing_lease_contract_length", "pricing_offering_class", "pricing_public_on_demand_cost", "pricing_public_on_demand_rate",
    "pricing_purchase_option", "pricing_rate_code", "pricing_rate_id", "pricing_term", "pricing_unit", "product",
    "product_instance_type", "product_product_family", "product_region_code", "product_servicecode", "product_sku",
    "reservation_amortized_upfront_cost_for_usage", "reservation_amortized_upfront_fee_for_billing_period",
    "reservation_availability_zone", "reservation_effective_cost", "reservation_end_time",
    "reservation_net_amortized_upfront_cost_for_usage", "reservation_net_amortized_upfront_fee_for_billing_period",
    "reservation_net_effective_cost", "reservation_net_recurring_fee_for_usage",
    "reservation_net_unused_amortized_upfront_fee_for_billing_period", "reservation_net_unused_recurring_fee",
    "reservation_number_of_reservations", "reservation_recurring_fee_for_usage", "reservation_reservation_a_r_n",
    "reservation_start_time", "reservation_subscription_id", "reservation_total_reserved_units",
    "reservation_unused_amortized_upfront_fee_for_billing_period", "reservation_unused_quantity",
    "reservation_unused_recurring_fee", "resource_tags", "savings_plan_amortized_upfront_commitment_for_billing_period",
    "savings_plan_end_time", "savings_plan_net_amortized_upfront_commitment_for_billing_period",
    "savings_plan_net_recurring_commitment_for_billing_period", "savings_plan_net_savings_plan_effective_cost",
    "savings_plan_offering_type", "savings_plan_payment_option", "savings_plan_purchase_term",
    "savings_plan_recurring_commitment_for_billing_period", "savings_plan_region", "savings_plan_savings_plan_a_r_n",
    "savings_plan_savings_plan_effective_cost", "savings_plan_savings_plan_rate", "savings_plan_start_time",
    "savings_plan_total_commitment_to_date", "savings_plan_used_commitment",
  ])
  columns = {
    FOCUS_1_2_AWS         = local.focus_columns
    FOCUS_1_0_AWS         = local.focus_1_0_columns
    COST_AND_USAGE_REPORT = local.cur2_columns
  }
  query = var.query != "" ? var.query : "SELECT ${local.columns[var.table]} FROM ${var.table}"
}

resource "aws_s3_bucket" "exports" {
  count  = var.create_bucket ? 1 : 0
  bucket = var.bucket_name
  tags   = var.tags
}

resource "aws_s3_bucket_public_access_block" "exports" {
  count                   = var.create_bucket ? 1 : 0
  bucket                  = aws_s3_bucket.exports[0].id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_server_side_encryption_configuration" "exports" {
  count  = var.create_bucket ? 1 : 0
  bucket = aws_s3_bucket.exports[0].id

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm     = var.kms_key_arn == "" ? "AES256" : "aws:kms"
      kms_master_key_id = var.kms_key_arn == "" ? null : var.kms_key_arn
    }
  }
}

data "aws_iam_policy_document" "bucket" {
  statement {
    sid       = "AwsDeliversExports"
    actions   = ["s3:PutObject", "s3:GetBucketPolicy"]
    resources = [local.bucket_arn, "${local.bucket_arn}/*"]

    principals {
      type        = "Service"
      identifiers = ["bcm-data-exports.amazonaws.com", "billingreports.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [data.aws_caller_identity.payer.account_id]
    }

    condition {
      test     = "StringLike"
      variable = "aws:SourceArn"
      values = [
        "arn:${data.aws_partition.current.partition}:bcm-data-exports:us-east-1:${data.aws_caller_identity.payer.account_id}:export/*",
        "arn:${data.aws_partition.current.partition}:cur:us-east-1:${data.aws_caller_identity.payer.account_id}:definition/*",
      ]
    }
  }
}

resource "aws_s3_bucket_policy" "exports" {
  count      = var.create_bucket ? 1 : 0
  bucket     = aws_s3_bucket.exports[0].id
  policy     = data.aws_iam_policy_document.bucket.json
  depends_on = [aws_s3_bucket_public_access_block.exports]
}

resource "aws_bcmdataexports_export" "bill" {
  export {
    name = var.export_name

    data_query {
      query_statement = local.query
      table_configurations = var.table == "COST_AND_USAGE_REPORT" ? {
        COST_AND_USAGE_REPORT = {
          TIME_GRANULARITY                      = "HOURLY"
          INCLUDE_RESOURCES                     = "TRUE"
          INCLUDE_MANUAL_DISCOUNT_COMPATIBILITY = "FALSE"
          INCLUDE_SPLIT_COST_ALLOCATION_DATA    = "FALSE"
        }
      } : null
    }

    destination_configurations {
      s3_destination {
        s3_bucket = local.bucket
        s3_prefix = var.prefix
        s3_region = var.create_bucket ? aws_s3_bucket.exports[0].region : data.aws_s3_bucket.existing[0].region

        s3_output_configurations {
          overwrite   = "OVERWRITE_REPORT"
          format      = "PARQUET"
          compression = "PARQUET"
          output_type = "CUSTOM"
        }
      }
    }

    refresh_cadence {
      frequency = "SYNCHRONOUS"
    }
  }

  depends_on = [aws_s3_bucket_policy.exports]
}

data "aws_s3_bucket" "existing" {
  count  = var.create_bucket ? 0 : 1
  bucket = var.bucket_name
}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "AWS"
      identifiers = [var.assay_principal_arn]
    }

    condition {
      test     = "StringEquals"
      variable = "sts:ExternalId"
      values   = [var.external_id]
    }
  }
}

data "aws_iam_policy_document" "read" {
  statement {
    sid       = "ListTheExport"
    actions   = ["s3:ListBucket"]
    resources = [local.bucket_arn]

    condition {
      test     = "StringLike"
      variable = "s3:prefix"
      values   = ["${var.prefix}/*"]
    }
  }

  statement {
    sid       = "FindTheBucket"
    actions   = ["s3:GetBucketLocation"]
    resources = [local.bucket_arn]
  }

  statement {
    sid       = "ReadTheExport"
    actions   = ["s3:GetObject"]
    resources = ["${local.bucket_arn}/${var.prefix}/*"]
  }

  dynamic "statement" {
    for_each = var.kms_key_arn == "" ? [] : [var.kms_key_arn]

    content {
      sid       = "DecryptTheExport"
      actions   = ["kms:Decrypt"]
      resources = [statement.value]
    }
  }
}

data "aws_iam_policy_document" "inventory" {
  statement {
    sid       = "ReadInventoryAndUtilization"
    actions   = local.inventory_actions
    resources = ["*"]
  }

  dynamic "statement" {
    for_each = var.member_role_name == "" ? [] : [var.member_role_name]

    content {
      sid       = "EnterMemberAccounts"
      actions   = ["sts:AssumeRole"]
      resources = ["arn:${data.aws_partition.current.partition}:iam::*:role/${statement.value}"]
    }
  }

  dynamic "statement" {
    for_each = var.member_role_name == "" ? [] : [var.member_role_name]

    content {
      sid       = "ListMemberAccounts"
      actions   = ["organizations:ListAccounts"]
      resources = ["*"]
    }
  }
}

resource "aws_iam_role" "assay" {
  name                 = var.role_name
  description          = "Assay reads the billing export and the inventory"
  assume_role_policy   = data.aws_iam_policy_document.trust.json
  max_session_duration = 3600
  tags                 = var.tags
}

resource "aws_iam_role_policy" "read" {
  name   = "read-billing-export"
  role   = aws_iam_role.assay.id
  policy = data.aws_iam_policy_document.read.json
}

resource "aws_iam_role_policy" "inventory" {
  count  = var.read_inventory ? 1 : 0
  name   = "read-inventory"
  role   = aws_iam_role.assay.id
  policy = data.aws_iam_policy_document.inventory.json
}
