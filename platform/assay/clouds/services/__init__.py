"""Writes of clouds."""
