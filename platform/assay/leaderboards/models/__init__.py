"""Saved rankings."""

from assay.leaderboards.models.leaderboards import Leaderboard

__all__ = ["Leaderboard"]
