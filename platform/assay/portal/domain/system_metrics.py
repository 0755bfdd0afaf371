"""What the machine was doing while a run ran: metrics below `system/`, as MLflow's client names them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from assay.portal.domain.curves import SYSTEM

GPU = re.compile(r"gpu_(?P<number>\d+)_(?P<quantity>.+)")
GROUPS = (
    ("GPU", re.compile(r"gpu_\d+_")),
    ("CPU", re.compile(r"cpu")),
    ("Memory", re.compile(r"(system_)?memory|swap")),
    ("Disk", re.compile(r"disk")),
    ("Network", re.compile(r"network")),
)
REST = "Other"
UNITS = {
    "_percentage": "%",
    "_megabytes": "MB",
    "_gigabytes": "GB",
    "_bytes": "B",
    "_watts": "W",
    "_celsius": "°C",
    "_mhz": "MHz",
    "_seconds": "s",
}


@dataclass(frozen=True, slots=True)
class SystemChart:
    """One quantity. keys: one, or one for each GPU. lines: how each is called in the chart."""

    name: str
    title: str
    unit: str
    keys: tuple[str, ...]
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SystemGroup:
    label: str
    charts: tuple[SystemChart, ...]


def group_system_metrics(keys: Iterable[str]) -> list[SystemGroup]:
    """Charts by part of the machine, the same quantity of several GPUs in one chart."""
    charts: dict[str, list[str]] = {}
    for key in keys:
        if key.startswith(SYSTEM):
            bare = key.removeprefix(SYSTEM)
            gpu = GPU.fullmatch(bare)
            charts.setdefault(f"gpu_n_{gpu['quantity']}" if gpu else bare, []).append(key)
    groups: dict[str, list[SystemChart]] = {}
    for name, members in charts.items():
        groups.setdefault(_group_of(members[0].removeprefix(SYSTEM)), []).append(_make_chart(name, members))
    order = [label for label, _ in GROUPS] + [REST]
    return [
        SystemGroup(label, tuple(sorted(groups[label], key=lambda chart: chart.title))) for label in order if label in groups
    ]


def _make_chart(name: str, keys: list[str]) -> SystemChart:
    ordered = sorted(keys, key=_number_of)
    suffix = next((ending for ending in UNITS if name.endswith(ending)), "")
    words = name.removesuffix(suffix).removeprefix("gpu_n_").removeprefix("system_").replace("_", " ").strip()
    title = f"GPU {words}" if name.startswith("gpu_n_") else words[:1].upper() + words[1:]
    title = re.sub(r"^Cpu\b", "CPU", title)
    unit = UNITS.get(suffix, "")
    lines = tuple(f"GPU {_number_of(key)}" if GPU.fullmatch(key.removeprefix(SYSTEM)) else title for key in ordered)
    return SystemChart(name, f"{title} ({unit})" if unit else title, unit, tuple(ordered), lines)


def _number_of(key: str) -> int:
    found = GPU.fullmatch(key.removeprefix(SYSTEM))
    return int(found["number"]) if found else 0


def _group_of(bare: str) -> str:
    return next((label for label, pattern in GROUPS if pattern.match(bare)), REST)
