"""Assay: what every model is worth, and what it cost."""

__version__ = "0.1.0"
