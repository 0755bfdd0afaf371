"""Tables of machine types as CSV text. The format is docs/price-book.md."""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from assay.clouds.domain.machine_types import Gpus, MachineType
from assay.core.errors import Invalid

COLUMNS = (
    "provider",
    "name",
    "vcpus",
    "memory_mib",
    "architecture",
    "baseline_percent",
    "hypervisor",
    "bare_metal",
    "current_generation",
    "gpu_name",
    "gpu_count",
    "gpu_memory_mib",
    "gpu_partition",
    "accelerators",
    "instance_store_gb",
    "network_baseline_mbps",
    "ebs_baseline_mbps",
    "ebs_baseline_iops",
    "nvme",
    "max_interfaces",
    "addresses_per_interface",
    "max_volumes",
    "as_of",
    "source",
)
REQUIRED = ("provider", "name", "architecture", "hypervisor", "as_of", "source")
YES_OR_NO = {"yes": True, "no": False}


@dataclass(frozen=True, slots=True)
class ListedType:
    """as_of: day on which the source said so."""

    provider: str
    machine_type: MachineType
    as_of: date
    source: str


def parse_machine_types(lines: Iterable[str], *, name: str) -> tuple[ListedType, ...]:
    """name: of the file, for messages.

    raises: Invalid naming file, line, column and what is wrong there; a table is taken whole or not at all.
    """
    reader = csv.DictReader(lines)
    if tuple(reader.fieldnames or ()) != COLUMNS:
        raise Invalid(f"{name}, line 1: the columns must be {', '.join(COLUMNS)}, in this order.")
    listed: dict[tuple[str, str], ListedType] = {}
    for row in reader:
        where = f"{name}, line {reader.line_num}"
        if None in row or None in row.values():
            raise Invalid(f"{where}: a row has {len(COLUMNS)} values.")
        one = _Row(row, where).parse()
        if listed.setdefault((one.provider, one.machine_type.name), one) is not one:
            raise Invalid(f"{where}: {one.machine_type.name} is listed twice; keep one.")
    return tuple(listed.values())


@dataclass(frozen=True, slots=True)
class _Row:
    values: Mapping[str, str]
    where: str

    def parse(self) -> ListedType:
        for column in REQUIRED:
            if not self.values[column]:
                raise Invalid(f"{self.where}: {column} is empty.")
        baseline = self._number("baseline_percent")
        machine_type = MachineType(
            name=self.values["name"],
            vcpus=self._known_count("vcpus"),
            memory_mib=self._known_count("memory_mib"),
            architecture=self.values["architecture"],
            burstable=baseline is not None,
            baseline_percent=baseline,
            hypervisor=self.values["hypervisor"],
            bare_metal=self._flag("bare_metal"),
            current_generation=self._flag("current_generation"),
            gpus=self._gpus(),
            accelerators=self.values["accelerators"],
            instance_store_gb=self._count("instance_store_gb") or 0,
            network_baseline_mbps=self._number("network_baseline_mbps"),
            ebs_baseline_mbps=self._number("ebs_baseline_mbps"),
            ebs_baseline_iops=self._count("ebs_baseline_iops"),
            nvme=self._flag("nvme"),
            max_interfaces=self._count("max_interfaces"),
            addresses_per_interface=self._count("addresses_per_interface"),
            max_volumes=self._count("max_volumes"),
        )
        return ListedType(self.values["provider"], machine_type, self._day("as_of"), self.values["source"])

    def _gpus(self) -> Gpus | None:
        if not self.values["gpu_name"]:
            return None
        partition = self._number("gpu_partition") or 1.0
        return Gpus(self.values["gpu_name"], self._known_count("gpu_count"), self._known_count("gpu_memory_mib"), partition)

    def _number(self, column: str) -> float | None:
        """None where nothing is written: not known."""
        text = self.values[column]
        if not text:
            return None
        try:
            number = float(text)
        except ValueError as error:
            raise Invalid(f"{self.where}: {column} is {text!r}, which is not a number.") from error
        if not 0 <= number < float("inf"):
            raise Invalid(f"{self.where}: {column} is {text!r}; it must be zero or more.")
        return number

    def _count(self, column: str) -> int | None:
        number = self._number(column)
        if number is not None and number != int(number):
            raise Invalid(f"{self.where}: {column} is {self.values[column]!r}; it must be a whole number.")
        return None if number is None else int(number)

    def _known_count(self, column: str) -> int:
        count = self._count(column)
        if not count:
            raise Invalid(f"{self.where}: {column} must be above zero.")
        return count

    def _flag(self, column: str) -> bool:
        try:
            return YES_OR_NO[self.values[column]]
        except KeyError:
            raise Invalid(f"{self.where}: {column} is {self.values[column]!r}; write yes or no.") from None

    def _day(self, column: str) -> date:
        try:
            return date.fromisoformat(self.values[column])
        except ValueError as error:
            raise Invalid(f"{self.where}: {column} is {self.values[column]!r}; write a day as YYYY-MM-DD.") from error
