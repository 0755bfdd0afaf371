"""Reads of the registry: each takes the organization first and runs in its scope."""
