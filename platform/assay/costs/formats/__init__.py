"""Kinds of bill files, one package each."""
