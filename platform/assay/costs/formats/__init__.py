"""Kinds of bills, one module each on the contract `domain.formats.Format`, and what reads the files of all of them."""
