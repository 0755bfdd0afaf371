"""The accounts part of /api/v1, and how its callers are known."""
