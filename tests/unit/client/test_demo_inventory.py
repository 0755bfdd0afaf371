"""The inventory of the demo is that of its bill, and the same for the same seed."""

from datetime import UTC, datetime

from assay_client.demo.bill import BillOrder
from assay_client.demo.bill.generation import plan_bill
from assay_client.demo.inventory import DAYS, PERIODS, report_inventory
from assay_client.demo.machines import MACHINES

ORDER = BillOrder(20_000, 7, ("2026-09", "2026-10"))
TODAY = datetime(2026, 11, 22, 5, 30, tzinfo=UTC)


def test_every_resource_is_one_that_the_bill_charges() -> None:
    charged = {line.item.columns["ResourceId"] for line in plan_bill(ORDER).lines}
    held = [one["native_id"] for some in report_inventory(ORDER, TODAY)["lists"] for one in some["resources"]]
    assert len(set(held)) == len(held)
    assert set(held) <= charged
    assert {machine.instance_id for machine in MACHINES} <= set(held)


def test_what_is_attached_says_so_on_both_sides() -> None:
    lists = report_inventory(ORDER, TODAY)["lists"]
    of_kind = {
        kind: {one["native_id"]: one for some in lists if some["kind"] == kind for one in some["resources"]}
        for kind in ("instance", "volume")
    }
    by_machine = {volume: name for name, one in of_kind["instance"].items() for volume in one["details"]["volume_ids"]}
    by_volume = {name: "".join(one["details"]["attached_to"]) for name, one in of_kind["volume"].items()}
    assert {name: machine for name, machine in by_volume.items() if machine} == by_machine
    assert {one["state"] for name, one in of_kind["volume"].items() if not by_volume[name]} <= {"available"}


def test_use_covers_the_two_weeks_before_and_is_the_same_again() -> None:
    report = report_inventory(ORDER, TODAY)
    days = sorted({item["day"] for item in report["utilization"]})
    assert (days[0], days[-1], len(days)) == ("2026-11-08", "2026-11-21", DAYS)
    assert all(len(item["average"]) == len(item["maximum"]) == PERIODS for item in report["utilization"])
    assert all(
        0 <= value <= 100 for item in report["utilization"] if item["metric"].endswith("percent") for value in item["maximum"]
    )
    assert report == report_inventory(ORDER, TODAY)
