"""The tree that the rules speak of."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PLATFORM = ROOT / "platform"

STACK = (
    ("accounts",),
    ("clouds", "tracking"),
    ("costs",),
    ("leaderboards", "recommendations", "registry", "tuning"),
    ("reports",),
    ("portal",),
)
"""Apps from the bottom up; those of one level do not know each other."""

APPS = tuple(app for level in STACK for app in level)
