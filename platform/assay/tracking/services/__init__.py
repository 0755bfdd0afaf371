"""Writes of tracking: each is one transaction and speaks no protocol."""
