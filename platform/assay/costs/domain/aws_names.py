"""How AWS writes columns, accounts and machines."""

import re

INSTANCE_USAGE = r"(?:BoxUsage|SpotUsage|DedicatedUsage|HostBoxUsage|UnusedBox|UnusedDed):(\S+)$"
"""How AWS names instance hours in its usage types."""

ACCOUNT_DIGITS = 12


def pad_account(name: str) -> str:
    """An account's number with the zeros that a table of numbers has lost."""
    lost = f"length({name}) < {ACCOUNT_DIGITS} AND regexp_full_match({name}, '[0-9]+')"
    return f"CASE WHEN {lost} THEN lpad({name}, {ACCOUNT_DIGITS}, '0') ELSE {name} END"


def snake_case(column: str) -> str:
    """One name for every way in which reports write a column: lineItem/UnblendedCost, line_item_unblended_cost."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", column)
    name = re.sub(r"[^0-9a-z]+", "_", words.lower()).strip("_")
    return re.sub(r"_a_r_n$", "_arn", name)
