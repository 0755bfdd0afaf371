"""One month of AWS, known exactly, as FOCUS and as both generations of the Cost and Usage Report."""

import csv
import gzip
import io
import json
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq

from tests.factories import focus

Line = Mapping[str, str | None]

PAYER, TEAM, OTHER_TEAM = "000123456789", "000000000007", "111122223333"
PLAN = "arn:aws:savingsplans::000123456789:savingsplan/11111111-2222-3333-4444-555555555555"
RESERVATION = "arn:aws:ec2:us-east-1:000123456789:reserved-instances/aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee"
MACHINE, SECOND_MACHINE = "i-0123456789abcdef0", "i-0fedcba9876543210"
JANUARY = ("2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z")
COST_COLUMN = re.compile("cost|fee|commitment|amount$|rate$")


@dataclass(frozen=True, slots=True)
class Item:
    """A line item of a report, and the charges of FOCUS that it is: none, one or two."""

    line: dict[str, str | None]
    charges: tuple[dict[str, str | None], ...]


def make_line(kind: str = "Usage", cost: str = "1", **values: str | None) -> dict[str, str | None]:
    """An hour of a machine by default. kind: lineItem/LineItemType. cost: unblended."""
    return {
        "identity_line_item_id": "abcdefghijklmnopqrstuvwxyz",
        "bill_bill_type": "Anniversary",
        "bill_billing_entity": "AWS",
        "bill_invoice_id": "INV-1",
        "bill_payer_account_id": PAYER,
        "bill_billing_period_start_date": JANUARY[0],
        "bill_billing_period_end_date": JANUARY[1],
        "line_item_usage_account_id": TEAM,
        "line_item_line_item_type": kind,
        "line_item_usage_start_date": "2026-01-05T10:00:00Z",
        "line_item_usage_end_date": "2026-01-05T11:00:00Z",
        "line_item_product_code": "AmazonEC2",
        "line_item_usage_type": "BoxUsage:m5.large",
        "line_item_operation": "RunInstances",
        "line_item_availability_zone": "us-east-1a",
        "line_item_resource_id": MACHINE,
        "line_item_usage_amount": "1",
        "line_item_currency_code": "USD",
        "line_item_unblended_cost": cost,
        "line_item_blended_cost": "0.77",
        "line_item_line_item_description": f"{kind} of m5.large",
        "line_item_legal_entity": "Amazon Web Services, Inc.",
        "product_product_name": "Amazon Elastic Compute Cloud",
        "product_region_code": "us-east-1",
        "product_instance_type": "m5.large",
        "product_sku": "SKU1",
        "pricing_unit": "Hrs",
        "pricing_term": "OnDemand",
        "resource_tags_user_team": "vision",
    } | values


def make_fee(kind: str, cost: str, **values: str | None) -> dict[str, str | None]:
    """A line item that no machine has."""
    nothing = dict.fromkeys(
        ("line_item_resource_id", "line_item_availability_zone", "product_instance_type", "resource_tags_user_team",
         "line_item_operation", "line_item_usage_type", "pricing_term")
    )  # fmt: skip
    month = {"line_item_usage_start_date": JANUARY[0], "line_item_usage_end_date": JANUARY[1]}
    return make_line(kind, cost, **(nothing | month | {"line_item_usage_account_id": PAYER} | values))


def make_charge(
    line: Line, costs: str, category: str = "Usage", *, unused: str | None = None, **values: str | None
) -> dict[str, str | None]:
    """The charge of FOCUS that a line item is. costs: billed, effective, contracted, list. unused: the commitment it is of."""
    amounts = dict(zip(focus.COSTS, costs.split(), strict=True))
    machine = category == "Usage" and unused is None
    own: dict[str, str | None] = {
        "ChargeCategory": category,
        "ChargePeriodStart": line["line_item_usage_start_date"],
        "ChargePeriodEnd": line["line_item_usage_end_date"],
        "SubAccountId": line["line_item_usage_account_id"],
        "ResourceId": unused or line["line_item_resource_id"],
        "ServiceName": line["product_product_name"],
        "ConsumedQuantity": line["line_item_usage_amount"] if machine else None,
        "PricingQuantity": None,
        "Tags": json.dumps({"team": line["resource_tags_user_team"]}) if line["resource_tags_user_team"] else None,
        "BillingAccountId": PAYER,
    }
    if unused:
        own |= {"CommitmentDiscountId": unused, "CommitmentDiscountStatus": "Unused"}
    return focus.make_charge("0", **(own | amounts | values))


def _covered(line: dict[str, str | None], costs: str, commitment: str) -> Item:
    used = {"CommitmentDiscountId": commitment, "CommitmentDiscountStatus": "Used"}
    return Item(line, (make_charge(line, costs, **used),))


def _item(line: dict[str, str | None], costs: str, category: str = "Usage", **values: str | None) -> Item:
    return Item(line, (make_charge(line, costs, category, **values),))


def make_month() -> list[Item]:
    """Every kind of line item there is without private discounts. Costs: billed, effective, contracted, list."""
    on_demand = make_line("Usage", "0.096", pricing_public_on_demand_cost="0.096", pricing_public_on_demand_rate="0.096")
    negotiated = make_line("Usage", "0.09", pricing_public_on_demand_cost="0.096", line_item_resource_id=SECOND_MACHINE)
    storage = make_line(
        "Usage", "0.000000023", line_item_product_code="AmazonS3", product_product_name="Amazon Simple Storage Service",
        line_item_resource_id="a-bucket", line_item_usage_type="TimedStorage-ByteHrs", product_instance_type=None,
        line_item_usage_account_id=OTHER_TEAM, resource_tags_user_team=None,
    )  # fmt: skip
    reserved = make_line(
        "DiscountedUsage", "0", reservation_reservation_arn=RESERVATION, reservation_effective_cost="0.06",
        pricing_public_on_demand_cost="0.096",
    )  # fmt: skip
    planned = [
        make_line(
            "SavingsPlanCoveredUsage", "0.1", savings_plan_savings_plan_arn=PLAN, line_item_resource_id=machine,
            savings_plan_savings_plan_effective_cost=effective, pricing_public_on_demand_cost="0.11",
        )
        for machine, effective in ((MACHINE, "0.07"), (SECOND_MACHINE, "0.0712"))
    ]  # fmt: skip
    negation = make_fee("SavingsPlanNegation", "-0.1999999999", savings_plan_savings_plan_arn=PLAN)
    recurring = make_fee(
        "SavingsPlanRecurringFee", "0.1", savings_plan_savings_plan_arn=PLAN, savings_plan_used_commitment="0.1412",
        savings_plan_total_commitment_to_date="0.2", savings_plan_recurring_commitment_for_billing_period="0.1",
        savings_plan_amortized_upfront_commitment_for_billing_period="0.1", line_item_product_code="ComputeSavingsPlans",
        product_product_name="Savings Plans for AWS Compute usage",
    )  # fmt: skip
    upfront_plan = make_fee("SavingsPlanUpfrontFee", "876", savings_plan_savings_plan_arn=PLAN)
    plan_refund = make_fee(
        "Refund", "-10", savings_plan_savings_plan_arn=PLAN,
        line_item_line_item_description="Refund for one-time fee for Savings Plan ID: 11111111",
    )  # fmt: skip
    reservation_fee = make_fee(
        "RIFee", "0", reservation_reservation_arn=RESERVATION, reservation_amortized_upfront_fee_for_billing_period="0.1",
        reservation_unused_amortized_upfront_fee_for_billing_period="0.04", reservation_unused_recurring_fee="0",
    )  # fmt: skip
    upfront_reservation = make_fee("Fee", "36.5", reservation_reservation_arn=RESERVATION)
    support = make_fee("Fee", "29", line_item_product_code="AWSSupportBusiness", product_product_name="AWS Support")
    tax = make_fee("Tax", "7.25", line_item_tax_type="VAT")
    credit = make_fee("Credit", "-5")
    refund = make_fee(
        "Refund", "-0.5", line_item_usage_start_date="2025-12-05T10:00:00Z", line_item_usage_end_date="2025-12-05T11:00:00Z"
    )
    discount = make_fee("EdpDiscount", "-1.5")
    plan, reservation = {"CommitmentDiscountId": PLAN}, {"CommitmentDiscountId": RESERVATION}
    return [
        _item(on_demand, "0.096 0.096 0.096 0.096"),
        _item(negotiated, "0.09 0.09 0.09 0.096"),
        _item(storage, "0.000000023 0.000000023 0.000000023 0.000000023"),
        _covered(reserved, "0 0.06 0.096 0.096", RESERVATION),
        _covered(planned[0], "0 0.07 0.1 0.11", PLAN),
        _covered(planned[1], "0 0.0712 0.1 0.11", PLAN),
        Item(negation, (_rounding("0.0000000001"),)),
        Item(
            recurring,
            (make_charge(recurring, "0.1 0 0.1 0.1", "Purchase", **plan), make_charge(recurring, "0 0.0588 0 0", unused=PLAN)),
        ),
        _item(upfront_plan, "876 0 876 876", "Purchase", **plan),
        _item(plan_refund, "-10 0 -10 -10", "Purchase", **plan),
        Item(
            reservation_fee,
            (
                make_charge(reservation_fee, "0 0 0 0", "Purchase", **reservation),
                make_charge(reservation_fee, "0 0.04 0 0", unused=RESERVATION),
            ),
        ),
        _item(upfront_reservation, "36.5 0 36.5 36.5", "Purchase", **reservation),
        _item(support, "29 29 29 29", "Purchase"),
        _item(tax, "7.25 7.25 7.25 7.25", "Tax"),
        _item(credit, "-5 -5 -5 -5", "Credit"),
        _item(refund, "-0.5 -0.5 -0.5 -0.5", "Adjustment", ChargeClass="Correction"),
        _item(discount, "-1.5 -1.5 -1.5 0", "Adjustment"),
        Item(make_line("Usage", "0.048", line_item_operation="EKSPod-EC2", line_item_resource_id="a-pod"), ()),
    ]


def _rounding(billed: str) -> dict[str, str | None]:
    """What negations leave of covered usage."""
    line = make_fee("Adjustment", billed, line_item_usage_account_id=None, product_product_name="Savings Plans")
    return make_charge(line, f"{billed} 0 0 0", "Adjustment", CommitmentDiscountId=PLAN)


def lines_of(items: Iterable[Item]) -> list[dict[str, str | None]]:
    return [item.line for item in items]


def charges_of(items: Iterable[Item]) -> list[dict[str, str | None]]:
    return [charge for item in items for charge in item.charges]


def legacy_name(column: str) -> str:
    """line_item_unblended_cost → lineItem/UnblendedCost, as the first generation writes it in CSV."""
    for group, written in (("line_item_", "lineItem"), ("savings_plan_", "savingsPlan"), ("resource_tags_user_", "")):
        if column.startswith(group):
            rest = column.removeprefix(group)
            return f"{written}/{_camel(rest)}" if written else f"resourceTags/user:{rest}"
    group, rest = column.split("_", 1)
    return f"{group}/{_camel(rest)}"


def _camel(name: str) -> str:
    return "".join(word.upper() if word == "arn" else word.capitalize() for word in name.split("_"))


def columns_of(lines: Sequence[Line]) -> list[str]:
    return list(dict.fromkeys(name for line in lines for name in line))


def write_legacy_csv(lines: Sequence[Line], *, columns: Sequence[str] = (), names: Mapping[str, str] | None = None) -> bytes:
    """names: column → header, where it is not the usual one."""
    chosen = columns or columns_of(lines)
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([(names or {}).get(name) or legacy_name(name) for name in chosen])
    writer.writerows([line.get(name) or "" for name in chosen] for line in lines)
    return text.getvalue().encode()


def write_legacy_csv_gz(lines: Sequence[Line]) -> bytes:
    return gzip.compress(write_legacy_csv(lines), mtime=0)


def write_legacy_csv_zip(lines: Sequence[Line]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("report-1.csv", write_legacy_csv(lines))
    return packed.getvalue()


def write_legacy_parquet(lines: Sequence[Line]) -> bytes:
    return _write_table({_athena(name): _array(name, lines) for name in columns_of(lines)})


def write_cur2_parquet(lines: Sequence[Line], *, types: Mapping[str, pa.DataType] | None = None) -> bytes:
    """With maps of products' attributes and of tags, and amounts as doubles, as AWS writes them."""
    plain = [name for name in columns_of(lines) if not name.startswith("resource_tags_") and name != "product_product_name"]
    arrays = {_athena(name): _array(name, lines, (types or {}).get(name)) for name in plain}
    text = pa.map_(pa.string(), pa.string())
    arrays["product"] = pa.array([[("product_name", line.get("product_product_name"))] for line in lines], text)
    arrays["resource_tags"] = pa.array([_tags(line) for line in lines], text)
    return _write_table(arrays)


def write_cur2_csv_gz(lines: Sequence[Line]) -> bytes:
    plain = [name for name in columns_of(lines) if not name.startswith("resource_tags_") and name != "product_product_name"]
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*map(_athena, plain), "product", "resource_tags"])
    for line in lines:
        maps = ({"product_name": line.get("product_product_name")}, dict(_tags(line)))
        writer.writerow([*(line.get(name) or "" for name in plain), *map(json.dumps, maps)])
    return gzip.compress(text.getvalue().encode(), mtime=0)


def _tags(line: Line) -> list[tuple[str, str]]:
    prefix = "resource_tags_"
    return [(name.removeprefix(prefix), value) for name, value in line.items() if name.startswith(prefix) and value]


def _athena(name: str) -> str:
    return re.sub("_arn$", "_a_r_n", name)


def _array(name: str, lines: Sequence[Line], type_: pa.DataType | None = None) -> pa.Array:
    values = [line.get(name) for line in lines]
    if name.endswith(("start_date", "end_date")):
        return pa.array(values, pa.string()).cast(pa.timestamp("us", "UTC")).cast(pa.timestamp("us"))
    if type_ is not None and pa.types.is_decimal(type_):
        return pa.array([None if value is None else Decimal(value) for value in values], type_)
    if type_ is not None or COST_COLUMN.search(name):
        return pa.array(values, pa.string()).cast(type_ or pa.float64())
    return pa.array(values, pa.string())


def _write_table(arrays: Mapping[str, pa.Array]) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(pa.table(arrays), buffer)
    return buffer.getvalue()
