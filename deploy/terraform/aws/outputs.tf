output "role_arn" {
  description = "Name it on Assay's page \"Connect AWS\"."
  value       = aws_iam_role.assay.arn
}

output "bucket" {
  value = local.bucket
}

output "prefix" {
  description = "Of the billing source in Assay."
  value       = "${var.prefix}/${var.export_name}"
}

output "bucket_policy" {
  description = "What an existing bucket's policy must allow."
  value       = data.aws_iam_policy_document.bucket.json
}
