"""Rankings of runs by a metric, and what they cost."""
