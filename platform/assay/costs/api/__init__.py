"""Leaderboards in /api/v1."""
