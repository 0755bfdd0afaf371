"""The bill: explorer, resources, sources."""
