"""The part of /api/v1 that joins runs with their dollars."""
