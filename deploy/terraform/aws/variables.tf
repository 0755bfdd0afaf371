variable "assay_principal_arn" {
  description = "The IAM role or user that Assay runs as (its setting ASSAY_AWS_PRINCIPAL)."
  type        = string
}

variable "external_id" {
  description = "As Assay's page \"Connect AWS\" shows it. Without it AWS refuses the role, so that no other tenant of Assay can name it."
  type        = string
  sensitive   = true

  validation {
    condition     = length(var.external_id) >= 32
    error_message = "Take the external id from Assay: it has at least 32 characters."
  }
}

variable "bucket_name" {
  description = "Bucket that AWS delivers the export to; made here unless create_bucket is false."
  type        = string
}

variable "create_bucket" {
  description = "False when the bucket exists: its policy is then yours to write (see the output bucket_policy)."
  type        = bool
  default     = true
}

variable "prefix" {
  description = "S3 path prefix of the export."
  type        = string
  default     = "assay"
}

variable "export_name" {
  description = "Name of the export, below the prefix."
  type        = string
  default     = "focus"
}

variable "table" {
  description = "FOCUS_1_2_AWS, FOCUS_1_0_AWS, or COST_AND_USAGE_REPORT for CUR 2.0."
  type        = string
  default     = "FOCUS_1_2_AWS"

  validation {
    condition     = contains(["FOCUS_1_2_AWS", "FOCUS_1_0_AWS", "COST_AND_USAGE_REPORT"], var.table)
    error_message = "table must be FOCUS_1_2_AWS, FOCUS_1_0_AWS or COST_AND_USAGE_REPORT."
  }
}

variable "query" {
  description = "SELECT statement of the export; empty for all columns that Assay reads of CUR 2.0, or all of FOCUS."
  type        = string
  default     = ""
}

variable "kms_key_arn" {
  description = "Key that encrypts the bucket, when it is yours; empty for AWS's own encryption."
  type        = string
  default     = ""
}

variable "role_name" {
  type    = string
  default = "assay-billing"
}

variable "read_inventory" {
  description = "Whether Assay may also list what the account holds, how much of it is used, and what it would cost by AWS's lists."
  type        = bool
  default     = true
}

variable "member_role_name" {
  description = "Name of the role that the module ./member makes in every other account of the AWS organization; empty for this account alone."
  type        = string
  default     = ""
}

variable "tags" {
  type    = map(string)
  default = {}
}
