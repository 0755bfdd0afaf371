"""Reports and sent mail in /api/v1."""
