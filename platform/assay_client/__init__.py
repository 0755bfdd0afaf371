"""The client of Assay: its command line, its MLflow plugin and the identity of the machine."""

__version__ = "0.1.0"
