"""Classes of managed databases, which are machine types under another name, and how their price is asked for."""

from collections.abc import Sequence
from dataclasses import replace

from assay.clouds.domain.inventory import Database, ResourceKey
from assay.clouds.domain.machine_types import MachineType
from assay.recommendations.domain.facts import Wanted
from assay.recommendations.domain.rightsizing.families import GENERAL, family_of

BYTES_PER_CONNECTION = {"postgres": 9_531_392, "mysql": 12_582_880, "mariadb": 12_582_880}
"""Bytes of a class's memory for each connection that RDS allows by default (RDS User Guide, quotas)."""

PAID_LICENCES = frozenset({"license-included", "bring-your-own-license"})
ON_ARM = frozenset({"postgres", "mysql", "mariadb"})


def classes_of(types: Sequence[MachineType]) -> list[MachineType]:
    """Those that are listed as classes, and for types of which no class is listed the one that has its name and size."""
    listed = {one.name: one for one in types if one.name.startswith("db.")}
    for one in types:
        family = family_of(one)
        if not one.name.startswith("db.") and family and family.kind in GENERAL - {"c"} and not one.bare_metal:
            listed.setdefault(f"db.{one.name}", replace(one, name=f"db.{one.name}"))
    return list(listed.values())


def wanted_database(key: ResourceKey, database: Database, name: str) -> Wanted:
    """platform: the engine and, where one is paid for or brought, its licence; tenancy: single-az or multi-az."""
    licence = database.licence if database.licence in PAID_LICENCES else ""
    platform = f"{database.engine} {licence}".strip()
    return Wanted(key.provider, key.region, name, platform=platform, tenancy="multi-az" if database.multi_az else "single-az")


def most_connections(machine: MachineType, engine: str) -> int | None:
    """That RDS allows by default; None for engines whose limit does not follow memory so simply."""
    per_connection = BYTES_PER_CONNECTION.get(engine)
    return machine.memory_mib * 1024 * 1024 // per_connection if per_connection else None
