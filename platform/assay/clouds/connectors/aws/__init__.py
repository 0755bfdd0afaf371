"""AWS, one module a service. These and core.s3 alone know the SDK."""

from assay.clouds.connectors.aws.roles import assume_role

__all__ = ["assume_role"]
