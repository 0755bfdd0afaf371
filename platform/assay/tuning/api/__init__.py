"""The tuning part of /api/v1."""
