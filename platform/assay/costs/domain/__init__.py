"""Charges, and who caused them: values and formulas."""
