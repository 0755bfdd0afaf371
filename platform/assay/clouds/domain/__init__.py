"""Prices of machines: values and the format of price books."""
