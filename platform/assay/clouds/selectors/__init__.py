"""Reads of cloud facts."""
