"""Inventory in /api/v1."""
