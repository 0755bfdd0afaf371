"""What burstable machines may use for ever, which no call of AWS's API tells (AWS, "Key concepts for burstable performance instances")."""

from collections.abc import Mapping

_T2 = {"nano": 5.0, "micro": 10.0, "small": 20.0, "medium": 20.0, "large": 30.0, "xlarge": 22.5, "2xlarge": 17.0}
_T3 = {"nano": 5.0, "micro": 10.0, "small": 20.0, "medium": 20.0, "large": 30.0, "xlarge": 40.0, "2xlarge": 40.0}
_BASELINES: Mapping[str, Mapping[str, float]] = {"t2": _T2, "t3": _T3, "t3a": _T3, "t4g": _T3}


def find_baseline(name: str) -> float | None:
    """Percent of all vCPUs together; None for a type that this table does not know."""
    family, _, size = name.partition(".")
    return _BASELINES.get(family, {}).get(size)
