"""Roles, permissions and principals."""
