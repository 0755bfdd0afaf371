"""Settings of the organization."""
