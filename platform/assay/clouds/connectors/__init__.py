"""Clouds, by their own SDKs; one module each."""
