"""The columns of the ledger: those of FOCUS 1.0 to 1.4 in snake_case, and Assay's own."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from assay.costs.domain.focus_model import focus_columns


class Kind(StrEnum):
    """TAGS: a JSON object or nothing. JSON: meant to be JSON, kept as text in any case.

    ACCOUNT: a text of digits that may have lost some. CURRENCY: the one of the whole delivery.
    """

    TEXT = "text"
    DECIMAL = "decimal"
    TIME = "time"
    JSON = "json"
    TAGS = "tags"
    ACCOUNT = "account"
    CURRENCY = "currency"


class Presence(StrEnum):
    """REQUIRED: a file without it is refused. EXPECTED: FOCUS wants it; its absence is noted. OPTIONAL: may be missing."""

    REQUIRED = "required"
    EXPECTED = "expected"
    OPTIONAL = "optional"


@dataclass(frozen=True, slots=True)
class Rule:
    """broken: SQL, true for a row that is refused; {name} stands for a column of the same format, read. reason: what it is then."""

    broken: str
    reason: str


@dataclass(frozen=True, slots=True)
class Column:
    """name: as the format writes it. filled: a row without a value is refused. aliases: names of other versions.

    rules: that look at more than the value's own form.
    """

    name: str
    kind: Kind = Kind.TEXT
    presence: Presence = Presence.OPTIONAL
    filled: bool = False
    aliases: tuple[str, ...] = ()
    rules: tuple[Rule, ...] = ()

    @property
    def ledger_name(self) -> str:
        return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", self.name).lower()


CHARGE_CATEGORIES = focus_columns()["ChargeCategory"].allowed

_KNOWN_CATEGORY = Rule(
    f"{{charge_category}} NOT IN ({', '.join(repr(name) for name in CHARGE_CATEGORIES)})",
    f"is not one of {', '.join(CHARGE_CATEGORIES)}",
)


def not_before(start: str, end: str) -> Rule:
    """start, end: ledger names of the borders of a period."""
    return Rule(f"{{{end}}} < {{{start}}}", "is before the start of its period")


_KEY_COLUMNS: tuple[Column, ...] = (
    Column("BilledCost", Kind.DECIMAL, Presence.REQUIRED, filled=True),
    Column("EffectiveCost", Kind.DECIMAL, Presence.REQUIRED, filled=True),
    Column("ContractedCost", Kind.DECIMAL, Presence.REQUIRED),
    Column("ListCost", Kind.DECIMAL, Presence.REQUIRED),
    Column("BillingCurrency", Kind.CURRENCY, Presence.REQUIRED, filled=True),
    Column("BillingPeriodStart", Kind.TIME, Presence.REQUIRED, filled=True),
    Column(
        "BillingPeriodEnd",
        Kind.TIME,
        Presence.REQUIRED,
        filled=True,
        rules=(not_before("billing_period_start", "billing_period_end"),),
    ),
    Column("ChargePeriodStart", Kind.TIME, Presence.REQUIRED, filled=True),
    Column(
        "ChargePeriodEnd",
        Kind.TIME,
        Presence.REQUIRED,
        filled=True,
        rules=(not_before("charge_period_start", "charge_period_end"),),
    ),
    Column("ChargeCategory", presence=Presence.REQUIRED, filled=True, rules=(_KNOWN_CATEGORY,)),
    Column("BillingAccountId", Kind.ACCOUNT, Presence.REQUIRED),
    Column("ServiceCategory", presence=Presence.REQUIRED),
    Column("ServiceName", presence=Presence.REQUIRED),
    Column("ServiceProviderName", presence=Presence.REQUIRED, aliases=("x_ServiceProviderName", "ProviderName")),
    Column("InvoiceIssuerName", presence=Presence.EXPECTED),
    Column("BillingAccountName", presence=Presence.EXPECTED),
    Column("ChargeClass", presence=Presence.EXPECTED),
    Column("ChargeDescription", presence=Presence.EXPECTED),
    Column("PricingQuantity", Kind.DECIMAL, Presence.EXPECTED),
    Column("PricingUnit", presence=Presence.EXPECTED),
    Column("SubAccountId", Kind.ACCOUNT),
)
"""Those without which there is no ledger, and those of which more is asked than FOCUS does."""

_KINDS = {"Decimal": Kind.DECIMAL, "Date/Time": Kind.TIME, "JSON": Kind.JSON, "String": Kind.TEXT}
_TAG_COLUMNS = {"Tags", "AllocatedTags"}


def _other_columns() -> Iterator[Column]:
    """FOCUS's other columns, by kind. Assay's own export to a version that lacks one writes it as a custom column."""
    for kind in (Kind.DECIMAL, Kind.JSON, Kind.TAGS, Kind.TEXT):
        for name, told in sorted(focus_columns().items()):
            own = Kind.TAGS if name in _TAG_COLUMNS else _KINDS[told.type]
            if own is kind and name not in {column.name for column in _KEY_COLUMNS}:
                yield Column(name, kind, aliases=(f"x_{name}",))


FOCUS_COLUMNS: tuple[Column, ...] = (*_KEY_COLUMNS, *_other_columns())

PARTITION_COLUMNS = ("source_id", "billing_period")
"""billing_period: `YYYY-MM` of BillingPeriodStart in UTC."""

OWN_COLUMNS = ("charge_date", "instance_type", "x_columns", "import_id")
"""charge_date: UTC date of the charge's start. x_columns: JSON object of custom columns. import_id: the delivery."""
