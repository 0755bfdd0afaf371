"""The four costs of a charge."""

from enum import StrEnum


class Basis(StrEnum):
    """Which of FOCUS's costs is meant: what use costs over time, what is invoiced, after negotiation, at list price."""

    EFFECTIVE = "effective"
    BILLED = "billed"
    CONTRACTED = "contracted"
    LIST = "list"

    @property
    def column(self) -> str:
        """Name of the lake's column."""
        return f"{self.value}_cost"
