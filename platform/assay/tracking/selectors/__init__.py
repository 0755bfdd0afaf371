"""Reads of tracking: each takes the organization first and runs in its scope."""
