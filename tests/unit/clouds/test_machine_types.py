import csv

import pytest

from assay.clouds.domain.machine_type_tables import COLUMNS, parse_machine_types
from assay.clouds.domain.machine_types import Gpus
from assay.clouds.selectors import prices
from assay.clouds.selectors.machine_types import SHIPPED, read_machine_types, shipped_machine_types
from assay.core.errors import Invalid

ROW = dict(zip(COLUMNS, SHIPPED.read_text(encoding="utf-8").splitlines()[1].split(","), strict=True))


def parse(**changes: str) -> object:
    row = {**ROW, **changes}
    return parse_machine_types([",".join(COLUMNS), ",".join(row[name] for name in COLUMNS)], name="types.csv")


def test_every_machine_of_the_shipped_price_book_is_described() -> None:
    with prices.SHIPPED.open(encoding="utf-8", newline="") as lines:
        priced = {row["instance_type"] for row in csv.DictReader(lines)}
    assert {one.name for one in shipped_machine_types("aws")} == priced
    assert shipped_machine_types("other") == ()
    assert all(one.source and one.as_of for one in read_machine_types())


def test_what_is_listed_is_read_in_its_units() -> None:
    types = {one.name: one for one in shipped_machine_types("aws")}
    burstable, graphics, neuron = types["t3.medium"], types["g5.12xlarge"], types["trn1.2xlarge"]
    assert (burstable.vcpus, burstable.memory_mib, burstable.burstable, burstable.baseline_percent) == (2, 4096, True, 20)
    assert graphics.gpus == Gpus("A10G", 4, 22888)
    assert (graphics.instance_store_gb, graphics.network_baseline_mbps, graphics.ebs_baseline_iops) == (3800, 40000, 65000)
    assert (neuron.gpus, neuron.accelerators) == (None, "1 Trainium")
    assert types["p3.2xlarge"].max_volumes is None


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"vcpus": "0"}, "vcpus must be above zero"),
        ({"vcpus": "2.5"}, "must be a whole number"),
        ({"memory_mib": ""}, "memory_mib must be above zero"),
        ({"network_baseline_mbps": "fast"}, "is not a number"),
        ({"ebs_baseline_mbps": "-1"}, "must be zero or more"),
        ({"nvme": "maybe"}, "write yes or no"),
        ({"as_of": "19.1.2026"}, "write a day as YYYY-MM-DD"),
        ({"source": ""}, "source is empty"),
    ],
)
def test_a_table_with_a_wrong_row_is_refused_by_line_and_column(change: dict[str, str], message: str) -> None:
    with pytest.raises(Invalid, match=message) as raised:
        parse(**change)
    assert str(raised.value).startswith("types.csv, line 2")


def test_a_machine_is_listed_once() -> None:
    line = ",".join(ROW[name] for name in COLUMNS)
    with pytest.raises(Invalid, match="listed twice"):
        parse_machine_types([",".join(COLUMNS), line, line], name="types.csv")
    with pytest.raises(Invalid, match="the columns must be"):
        parse_machine_types(["name"], name="types.csv")
