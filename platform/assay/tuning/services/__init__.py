"""Changing sweeps and trials."""
