variable "assay_role_arn" {
  description = "Output role_arn of the module in the account that pays."
  type        = string
}

variable "external_id" {
  description = "The connection's, as Assay's page \"Connect AWS\" shows it."
  type        = string
  sensitive   = true
}

variable "role_name" {
  description = "The same in every account; tell it to Assay as \"Role of member accounts\" and to the module above as member_role_name."
  type        = string
  default     = "assay-inventory"
}

variable "tags" {
  type    = map(string)
  default = {}
}
