"""What a person puts into Terraform to let Assay read an export."""

import json

from assay.clouds.domain.connections import ConnectionView

UNKNOWN_PRINCIPAL = "arn:aws:iam::<account that Assay runs in>:role/<role that Assay runs as>"


def write_module(connection: ConnectionView, *, principal: str) -> str:
    """A call of deploy/terraform/aws. principal: that Assay runs as; empty when the installation does not say."""
    values = {
        "source": "./assay/deploy/terraform/aws",
        "assay_principal_arn": principal or UNKNOWN_PRINCIPAL,
        "external_id": connection.external_id,
        "bucket_name": "my-company-billing-exports",
    }
    width = max(map(len, values))
    lines = "\n".join(f"  {name:<{width}} = {json.dumps(value)}" for name, value in values.items())
    return f"""module "assay" {{
{lines}
}}

output "role_arn" {{ value = module.assay.role_arn }}
output "bucket"   {{ value = module.assay.bucket }}
output "prefix"   {{ value = module.assay.prefix }}"""
