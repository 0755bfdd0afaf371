"""Weeks, figures and links of the cost report."""
