"""Experiments, runs and what they logged: values, limits, the search grammar."""
