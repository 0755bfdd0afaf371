"""FOCUS 1.0 to 1.4: what a file says is what the ledger holds."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from assay.costs.domain.aws_names import INSTANCE_USAGE, pad_account
from assay.costs.domain.basis import Basis
from assay.costs.domain.columns import FOCUS_COLUMNS, Column
from assay.costs.domain.focus_model import newest_version
from assay.costs.domain.formats import Conversion, Detection, Equality, FileColumn, Format

MACHINES = (Column("x_InstanceType"), Column("x_UsageType"))
"""AWS's own columns that name the type of a machine."""

ACCOUNTS = ("billing_account_id", "sub_account_id")


@dataclass(frozen=True, slots=True)
class Focus:
    name: str = "focus"
    title: str = "FOCUS"
    remedy: str = "Export the bill as FOCUS 1.0 or later."
    merges: bool = False

    def canonical(self, column: str) -> str:
        return column

    def detect(self, columns: Sequence[FileColumn]) -> Detection | None:
        names = {column.name.lower() for column in columns}
        found = {column.name for column in FOCUS_COLUMNS if column.name.lower() in names}
        if not {"BilledCost", "EffectiveCost"} & found:
            return None
        return Detection(len(found), version=newest_version(found))

    def inputs(self, columns: Sequence[FileColumn]) -> tuple[Column, ...]:
        return (*FOCUS_COLUMNS, *MACHINES)

    def convert(self, present: Collection[str]) -> Conversion:
        columns = {column.ledger_name: column.ledger_name for column in FOCUS_COLUMNS if column.ledger_name in present}
        columns |= {name: _whole_account(name) for name in ACCOUNTS if name in present}
        return Conversion(
            columns=columns | {"instance_type": _instance_type(present)},
            kept=tuple(column.ledger_name for column in MACHINES),
            equalities=tuple(
                Equality(f"{basis.value.capitalize()} cost is that of the files", basis.column, basis.column, certain=True)
                for basis in Basis
            ),
        )


def _whole_account(name: str) -> str:
    return f"CASE WHEN service_provider_name IN ('AWS', 'Amazon Web Services') THEN {pad_account(name)} ELSE {name} END"


def _instance_type(present: Collection[str]) -> str:
    candidates = [
        ("sku_price_details", "TRY(json_extract_string(sku_price_details, '$.InstanceType'))"),
        ("x_instance_type", "x_instance_type"),
        ("x_usage_type", f"nullif(regexp_extract(x_usage_type, '{INSTANCE_USAGE}', 1), '')"),
    ]
    found = [sql for name, sql in candidates if name in present]
    return f"coalesce({', '.join(found)})" if found else "CAST(NULL AS VARCHAR)"


FOCUS: Format = Focus()
