"""Registered models, their versions, and what is told about them."""
