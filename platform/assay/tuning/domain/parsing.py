"""From the text of a sweep file to its specification, and back from the stored form."""

import math
import re
from collections.abc import Mapping
from enum import StrEnum
from pathlib import PurePosixPath
from posixpath import normpath
from typing import TypeGuard

from assay.core.errors import Invalid
from assay.tuning.domain import commands
from assay.tuning.domain.mappings import Fields, is_storable, parse_yaml
from assay.tuning.domain.spaces import Choice, Dimension, Integer, LogUniform, ParamValue, Quantized, Space, Uniform
from assay.tuning.domain.specs import (
    DEFAULT_TRIAL_SECONDS,
    LONGEST_SPEC_LENGTH,
    LONGEST_TRIAL,
    LONGEST_VALUE,
    MOST_PARALLEL,
    MOST_PARAMETERS,
    MOST_TRIALS,
    SweepSpec,
)
from assay.tuning.domain.states import Direction, SamplerKind

KEYS = {
    "name", "command", "workdir", "metric", "direction", "max_trials", "parallelism",
    "seed", "space", "sampler", "experiment", "env", "timeout_seconds",
}  # fmt: skip
OURS = ("MLFLOW_RUN_ID", "MLFLOW_EXPERIMENT_ID", "MLFLOW_EXPERIMENT_NAME", "MLFLOW_TRACKING_URI", "MLFLOW_TRACKING_TOKEN",
        "ASSAY_PARAMS_FILE", "ASSAY_SWEEP_ID", "ASSAY_TRIAL_NUMBER")  # fmt: skip
LARGEST_WHOLE = 2**53


class Kind(StrEnum):
    UNIFORM = "uniform"
    LOGUNIFORM = "loguniform"
    QUNIFORM = "quniform"
    INT = "int"
    CHOICE = "choice"


BOUNDS = {"type", "low", "high"}
DIMENSION_KEYS = {
    Kind.UNIFORM: BOUNDS,
    Kind.LOGUNIFORM: BOUNDS,
    Kind.QUNIFORM: BOUNDS | {"q"},
    Kind.INT: BOUNDS,
    Kind.CHOICE: {"type", "values"},
}


def parse_spec(text: str, *, workdir: str) -> SweepSpec:
    """Check a whole sweep file.

    text: YAML. workdir: absolute folder that the file's own `workdir` is relative to: where the file lies.
    raises: Invalid with one sentence that names the key.
    """
    if len(text) > LONGEST_SPEC_LENGTH or not is_storable(text):
        raise Invalid(f"The sweep file must be text of at most {LONGEST_SPEC_LENGTH} characters.")
    fields = parse_yaml(text)
    fields.check_known(KEYS)
    name = fields.text("name", longest=200)
    space = parse_space(fields.mapping("space"))
    max_trials = fields.whole("max_trials", low=1, high=MOST_TRIALS)
    return SweepSpec(
        name=name,
        command=_parse_command(fields, space),
        workdir=_parse_workdir(fields, workdir),
        metric=fields.text("metric"),
        direction=fields.one_of("direction", Direction),
        max_trials=max_trials,
        parallelism=fields.whole("parallelism", low=1, high=MOST_PARALLEL, default=1),
        space=space,
        sampler=fields.one_of("sampler", SamplerKind, default=SamplerKind.TPE),
        experiment=fields.text("experiment", default=name),
        seed=fields.whole("seed", low=0, high=2**31 - 1) if fields.values.get("seed") is not None else None,
        environment=_parse_environment(fields),
        timeout_seconds=fields.whole(
            "timeout_seconds", low=1, high=int(LONGEST_TRIAL.total_seconds()), default=DEFAULT_TRIAL_SECONDS
        ),
    )


def parse_space(fields: Fields) -> Space:
    if not 1 <= len(fields.values) <= MOST_PARAMETERS:
        raise Invalid(f"space needs 1 to {MOST_PARAMETERS} parameters, not {len(fields.values)}.", key="space")
    for name in fields.values:
        if not re.fullmatch(commands.NAME, name) or len(name) > 100:
            raise fields.invalid(name, "is no parameter name: letters, digits and _ . - after a letter or _, at most 100")
    return {name: _parse_dimension(fields.mapping(name)) for name in fields.values}


def _parse_dimension(fields: Fields) -> Dimension:
    kind = fields.one_of("type", Kind)
    fields.check_known(DIMENSION_KEYS[kind])
    if kind is Kind.CHOICE:
        return _parse_choice(fields)
    if kind is Kind.INT:
        low = fields.whole("low", low=-LARGEST_WHOLE, high=LARGEST_WHOLE)
        return Integer(low, fields.whole("high", low=low, high=LARGEST_WHOLE))
    low_bound, high_bound = fields.number("low"), fields.number("high")
    if not low_bound < high_bound:
        raise fields.invalid("high", f"must be above low ({low_bound})")
    if kind is Kind.QUNIFORM:
        return _parse_quantized(fields, low_bound, high_bound)
    if kind is Kind.LOGUNIFORM and low_bound <= 0:
        raise fields.invalid("low", "must be above zero for loguniform; both ends are the values themselves, not logarithms")
    return LogUniform(low_bound, high_bound) if kind is Kind.LOGUNIFORM else Uniform(low_bound, high_bound)


def _parse_quantized(fields: Fields, low: float, high: float) -> Quantized:
    step = fields.number("q")
    if step <= 0:
        raise fields.invalid("q", "must be above zero")
    dimension = Quantized(low, high, step)
    if dimension.first > dimension.last:
        raise fields.invalid("q", f"has no multiple between {low} and {high}")
    return dimension


def _parse_choice(fields: Fields) -> Choice:
    values = fields.values.get("values")
    if not isinstance(values, list) or not values or len(values) > 1000:
        raise fields.invalid("values", "must be a list of 1 to 1000 values")
    for value in values:
        if not _is_plain(value):
            raise fields.invalid(
                "values", f"may hold text of up to {LONGEST_VALUE} characters, finite numbers, true and false, not {value!r}"
            )
    if len({(type(value), value) for value in values}) < len(values):
        raise fields.invalid("values", "names a value twice")
    return Choice(tuple(values))


def _parse_command(fields: Fields, space: Space) -> tuple[str, ...]:
    try:
        words = commands.split(fields.text("command", longest=10_000))
    except ValueError as error:
        raise fields.invalid("command", f"cannot be split into words: {error}") from error
    unknown = commands.unknown_placeholders(words, space)
    if unknown:
        raise fields.invalid(
            "command", f"uses {{{unknown[0]}}}, which is not in space; write {{{{{unknown[0]}}}}} to keep braces"
        )
    return words


def _parse_workdir(fields: Fields, base: str) -> str:
    joined = PurePosixPath(base) / fields.text("workdir", default=".", longest=4096)
    if not joined.is_absolute() or not is_storable(base):
        raise fields.invalid("workdir", f"must be absolute, or relative to an absolute folder; {base!r} is not one")
    return normpath(joined)


def _parse_environment(fields: Fields) -> Mapping[str, str]:
    if fields.values.get("env") is None:
        return {}
    env = fields.mapping("env")
    for name, value in env.values.items():
        if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
            raise env.invalid(name, "is no name of an environment variable")
        if name in OURS:
            raise env.invalid(name, "is set by Assay for each trial")
        if not _is_plain(value):
            raise env.invalid(name, f"must be text of up to {LONGEST_VALUE} characters or a number, not {value!r}")
    return {name: commands.format_value(value) for name, value in env.values.items() if _is_plain(value)}


def _is_plain(value: object) -> TypeGuard[ParamValue]:
    """What JSON, a run's param and a word of a command can all hold."""
    if isinstance(value, str):
        return is_storable(value) and len(value) <= LONGEST_VALUE
    return isinstance(value, int) or (isinstance(value, float) and math.isfinite(value))
