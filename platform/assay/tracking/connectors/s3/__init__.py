"""Artifacts in a bucket of S3, or of anything that speaks its protocol."""

from assay.tracking.connectors.s3.home import BucketHome, open_bucket

__all__ = ["BucketHome", "open_bucket"]
