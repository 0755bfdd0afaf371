"""What runs can be placed by: params, metrics, dollars, duration."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from assay.costs.domain.run_costs import RunCostView
from assay.portal.domain.curves import SYSTEM, sort_keys
from assay.tracking.domain.values import RunView

PARAM, METRIC = "param:", "metric:"
COST, DURATION = "cost", "duration"
Priced = tuple[RunView, RunCostView]
Value = float | str | None


class FieldKind(StrEnum):
    NUMBER = "number"
    CATEGORY = "category"


@dataclass(frozen=True, slots=True)
class Field:
    """values: one a run, None where it has none; all of a number's are finite. currency: of dollars."""

    key: str
    label: str
    kind: FieldKind
    values: tuple[Value, ...]
    currency: str = ""

    @property
    def is_number(self) -> bool:
        return self.kind is FieldKind.NUMBER

    @property
    def differs(self) -> bool:
        return len({value for value in self.values if value is not None}) > 1

    @property
    def numbers(self) -> list[float | None]:
        return [value if isinstance(value, float) else None for value in self.values]

    @property
    def spans_decades(self) -> bool:
        """Whether a logarithmic axis shows it better, as it does learning rates."""
        known = [value for value in self.numbers if value is not None]
        return bool(known) and min(known) > 0 and max(known) / min(known) >= 100


def list_fields(runs: Sequence[Priced]) -> list[Field]:
    """Dollars and duration, metrics, then params; each that at least one run has."""
    metrics = sort_keys({key for run, _ in runs for key in run.metrics if not key.startswith(SYSTEM)})
    params = sort_keys({key for run, _ in runs for key in run.params})
    currencies = {cost.currency for _, cost in runs if cost.amount is not None and cost.currency}
    fields = [_number(COST, "Dollars", runs, _cost_in(min(currencies)), min(currencies))] if currencies else []
    fields.append(_number(DURATION, "Duration (s)", runs, _duration))
    fields += [_number(METRIC + key, key, runs, _metric_of(key)) for key in metrics]
    fields += [_param(key, runs) for key in params]
    return [field for field in fields if any(value is not None for value in field.values)]


def find_field(fields: Sequence[Field], key: str) -> Field | None:
    return next((field for field in fields if field.key == key), None)


def choose_dimensions(
    fields: Sequence[Field], chosen: Sequence[str], *, most_params: int = 6, most_metrics: int = 2
) -> list[Field]:
    """Those asked for; else params that differ, then the first metrics, then dollars."""
    asked = [field for key in dict.fromkeys(chosen) if (field := find_field(fields, key))]
    if asked:
        return asked
    differing = [field for field in fields if field.differs]
    params = [field for field in differing if field.key.startswith(PARAM)][:most_params]
    metrics = [field for field in differing if field.key.startswith(METRIC)][:most_metrics]
    return params + metrics + [field for field in fields if field.key == COST]


def _number(key: str, label: str, runs: Sequence[Priced], read: Callable[[Priced], float | None], currency: str = "") -> Field:
    found = (read(run) for run in runs)
    values = tuple(value if value is not None and math.isfinite(value) else None for value in found)
    return Field(key, label, FieldKind.NUMBER, values, currency)


def _param(key: str, runs: Sequence[Priced]) -> Field:
    """A number when every run that has it has a finite one."""
    texts = [run.params.get(key) for run, _ in runs]
    numbers = [None if text is None else _read_number(text) for text in texts]
    if all(text is None or number is not None for text, number in zip(texts, numbers, strict=True)):
        return Field(PARAM + key, key, FieldKind.NUMBER, tuple(numbers))
    return Field(PARAM + key, key, FieldKind.CATEGORY, tuple(texts))


def _read_number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _cost_in(currency: str) -> Callable[[Priced], float | None]:
    """A place in a picture, not an amount; runs with dollars of another currency have none."""
    return lambda run: float(run[1].amount) if run[1].amount is not None and run[1].currency == currency else None


def _metric_of(key: str) -> Callable[[Priced], float | None]:
    return lambda run: run[0].metrics[key].value if key in run[0].metrics else None


def _duration(priced: Priced) -> float | None:
    run, _ = priced
    return None if run.ended_at is None else (run.ended_at - run.started_at).total_seconds()
