"""What the demo's accounts hold, and how much of it is used: the machines and volumes of its own bill, as `assay inventory import` takes them.

Use is invented, by a chance that the seed fixes: most machines are sized well, some do nothing, some are far too large, and some volumes are
left over. The days are those before the filling, since checks look at the last two weeks.
"""

import json
import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from assay_client.demo.bill import BillOrder
from assay_client.demo.bill.fleets import COMMITTED_OFFICE
from assay_client.demo.bill.generation import plan_bill
from assay_client.demo.machines import MACHINES
from assay_client.server import JsonObject

DAYS = 14
PERIOD_SECONDS = 900
PERIODS = 86_400 // PERIOD_SECONDS
STORIES = ("busy", "idle", "busy", "roomy", "busy", "nightly")
LEFT_OVER_EVERY = 4
"""Of the volumes of teams' stacks so many are attached to nothing."""
LEFT_OVER_DAYS = 40

Columns = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class DemoMachine:
    """columns: of the bill. story: how it is used. volume_id: empty when it has none."""

    columns: Columns
    story: str
    volume_id: str

    @property
    def place(self) -> dict[str, str]:
        return {"provider": "aws", "account_id": self.columns["SubAccountId"], "region": self.columns["RegionId"]}

    @property
    def instance_type(self) -> str:
        return self.columns["SkuMeter"].partition(":")[2]

    @property
    def has_gpu(self) -> bool:
        return self.instance_type[0] in "gp"


def report_inventory(order: BillOrder, today: datetime) -> JsonObject:
    """order: of the bill whose machines they are. today: the last day told is the one before it."""
    columns = [line.item.columns for line in plan_bill(order).lines]
    volumes = [one for one in columns if one["ResourceType"] == "Volume"]
    machines = list(_machines([one for one in columns if one["ResourceType"] == "Instance"], volumes))
    attached = {machine.volume_id: machine.columns["ResourceId"] for machine in machines if machine.volume_id}
    lists = [
        *_lists("instance", ((machine.columns, _instance(machine)) for machine in machines)),
        *_lists("volume", ((one, _volume(one, attached.get(one["ResourceId"], ""), today)) for one in volumes)),
    ]
    midnight = today.replace(hour=0, minute=0, second=0, microsecond=0)
    days = [midnight - timedelta(days=back) for back in range(DAYS, 0, -1)]
    return {
        "lists": lists,
        "utilization": [item for machine in machines for day in days for item in _use(machine, day, order.seed)],
    }


def _machines(instances: Sequence[Columns], volumes: Sequence[Columns]) -> Iterator[DemoMachine]:
    """The bill's own order says which volume belongs to which machine; the office's machines have none."""
    stacks = len(MACHINES) + len(COMMITTED_OFFICE)
    for number, one in enumerate(instances):
        place = number if number < len(MACHINES) else number - len(COMMITTED_OFFICE)
        is_left_over = number >= stacks and (number - stacks) % LEFT_OVER_EVERY == 0
        has_volume = not is_left_over and not len(MACHINES) <= number < stacks
        story = "busy" if number < len(MACHINES) else STORIES[number % len(STORIES)]
        yield DemoMachine(one, story, volumes[place]["ResourceId"] if has_volume else "")


def _lists(kind: str, resources: Iterable[tuple[Columns, JsonObject]]) -> Iterator[JsonObject]:
    by_place: defaultdict[tuple[str, str], list[JsonObject]] = defaultdict(list)
    for columns, resource in resources:
        by_place[columns["SubAccountId"], columns["RegionId"]].append(resource)
    for (account_id, region), held in sorted(by_place.items()):
        yield {"provider": "aws", "account_id": account_id, "region": region, "kind": kind, "resources": held}


def _instance(machine: DemoMachine) -> JsonObject:
    columns = machine.columns
    details = {
        "instance_type": machine.instance_type,
        "lifecycle": "spot" if columns["PricingCategory"] == "Dynamic" else "on-demand",
        "availability_zone": columns["AvailabilityZone"],
        "volume_ids": [machine.volume_id] if machine.volume_id else [],
    }
    return _resource(columns, "running") | {"name": columns["ResourceName"], "details": details}


def _volume(columns: Columns, attached_to: str, today: datetime) -> JsonObject:
    details = {"volume_type": "gp3", "size_gib": 200, "attached_to": [attached_to] if attached_to else []}
    since = None if attached_to else (today - timedelta(days=LEFT_OVER_DAYS)).isoformat()
    return _resource(columns, "in-use" if attached_to else "available") | {"state_since": since, "details": details}


def _resource(columns: Columns, state: str) -> JsonObject:
    tags: JsonObject = _read_tags(columns["Tags"])
    return {"native_id": columns["ResourceId"], "state": state, "tags": tags}


def _use(machine: DemoMachine, day: datetime, seed: int) -> Iterator[JsonObject]:
    chance = Random(f"{seed}/{machine.columns['ResourceId']}/{day:%Y-%m-%d}")  # noqa: S311  a demo's load is no secret
    load = [_load(machine.story, period * PERIOD_SECONDS / 3_600, chance) for period in range(PERIODS)]
    network = [1 + share * 4_000_000 if machine.story != "idle" else 12.0 for share in load]
    told = {
        "cpu_percent": [100 * share for share in load],
        "memory_percent": [8 + 60 * share for share in load],
        "network_in_bytes_per_second": network,
        "network_out_bytes_per_second": [value / 3 for value in network],
    }
    if machine.has_gpu:
        told |= {"gpu_percent": [100 * share for share in load], "gpu_memory_percent": [5 + 70 * share for share in load]}
    for metric, averages in told.items():
        yield {
            **machine.place,
            "kind": "instance",
            "native_id": machine.columns["ResourceId"],
            "metric": metric,
            "day": f"{day:%Y-%m-%d}",
            "period_seconds": PERIOD_SECONDS,
            "average": [round(value, 2) for value in averages],
            "maximum": [round(min(value * 1.15, 100) if metric.endswith("percent") else value * 1.15, 2) for value in averages],
        }


def _load(story: str, hour: float, chance: Random) -> float:
    """Share of the machine that is used, by the hour of the day."""
    noise = chance.uniform(-0.03, 0.03)
    if story == "idle":
        return 0.012 + abs(noise) / 4
    if story == "nightly":
        return max(0.02, (0.8 if 1 <= hour < 5 else 0.03) + noise)
    peak = 0.16 if story == "roomy" else 0.66
    return max(0.01, peak * (0.45 + 0.55 * math.sin(math.pi * hour / 24)) + noise)


def _read_tags(text: str) -> JsonObject:
    tags: JsonObject = json.loads(text) if text else {}
    return tags
