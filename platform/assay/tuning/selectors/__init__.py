"""Reading sweeps and trials."""
