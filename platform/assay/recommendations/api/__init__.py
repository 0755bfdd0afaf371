"""Recommendations in /api/v1."""
