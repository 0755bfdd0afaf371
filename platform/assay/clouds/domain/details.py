"""Details of resources and machine types as plain values of JSON, and back."""

from collections.abc import Mapping
from typing import Any

import msgspec

from assay.clouds.domain.inventory import DETAILS_OF, Details, ResourceKind
from assay.clouds.domain.machine_types import MachineType


def dump_details(details: Details) -> dict[str, Any]:
    return _dump(details)


def load_details(kind: ResourceKind, plain: Mapping[str, Any]) -> Details:
    """raises: msgspec.ValidationError for what `dump_details` never wrote."""
    return msgspec.convert(plain, type=DETAILS_OF[kind])


def dump_machine_type(machine_type: MachineType) -> dict[str, Any]:
    return _dump(machine_type)


def load_machine_type(plain: Mapping[str, Any]) -> MachineType:
    return msgspec.convert(plain, type=MachineType)


def _dump(value: Details | MachineType) -> dict[str, Any]:
    """Through JSON itself, so that what is compared with a stored row is alike down to lists."""
    plain: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(value))
    return plain
