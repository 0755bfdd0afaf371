"""A sweep file is taken whole or refused with a sentence that names the key."""

from typing import Any

import pytest
import yaml

from assay.core.errors import Invalid
from assay.tuning.domain.parsing import parse_spec
from assay.tuning.domain.spaces import Choice, Integer, LogUniform, Quantized, Uniform
from assay.tuning.domain.states import Direction, SamplerKind

COMPLETE: dict[str, Any] = {
    "name": "digits-svc",
    "command": "python train.py --c {c} --name '{kernel} svm' --keep {{c}}",
    "metric": "val_accuracy",
    "direction": "maximize",
    "max_trials": 20,
    "space": {
        "c": {"type": "loguniform", "low": 0.01, "high": 100},
        "u": {"type": "uniform", "low": -1, "high": 1},
        "q": {"type": "quniform", "low": 0, "high": 1, "q": 0.1},
        "n": {"type": "int", "low": 1, "high": 9},
        "kernel": {"type": "choice", "values": ["rbf", 1, 1.0, True]},
    },
}


def _with(**changes: object) -> str:
    return yaml.safe_dump({**COMPLETE, **changes})


def _with_dimension(**dimension: object) -> str:
    return _with(command="python x", space={"c": dimension})


def test_a_complete_file_is_read_as_written() -> None:
    spec = parse_spec(_with(env={"OMP_NUM_THREADS": 1}, seed=3, parallelism=2), workdir="/home/ada/digits")
    assert spec.command == ("python", "train.py", "--c", "{c}", "--name", "{kernel} svm", "--keep", "{{c}}")
    assert (spec.direction, spec.sampler, spec.parallelism, spec.seed) == (Direction.MAXIMIZE, SamplerKind.TPE, 2, 3)
    assert (spec.workdir, spec.experiment, spec.timeout_seconds) == ("/home/ada/digits", "digits-svc", 3600)
    assert dict(spec.environment) == {"OMP_NUM_THREADS": "1"}
    assert dict(spec.space) == {
        "c": LogUniform(0.01, 100.0),
        "u": Uniform(-1.0, 1.0),
        "q": Quantized(0.0, 1.0, 0.1),
        "n": Integer(1, 9),
        "kernel": Choice(("rbf", 1, 1.0, True)),
    }


@pytest.mark.parametrize(
    ("written", "resolved"),
    [(".", "/srv/jobs"), ("train", "/srv/jobs/train"), ("../other", "/srv/other"), ("/opt/x", "/opt/x")],
)
def test_the_workdir_is_relative_to_the_file(written: str, resolved: str) -> None:
    assert parse_spec(_with(workdir=written), workdir="/srv/jobs").workdir == resolved


def test_numbers_that_yaml_takes_for_text_are_numbers() -> None:
    text = _with_dimension(type="loguniform", low="LOW", high=1).replace("LOW", "1e-4")
    assert parse_spec(text, workdir="/").space["c"] == LogUniform(0.0001, 1.0)


@pytest.mark.parametrize(
    ("text", "key", "said"),
    [
        ("- a\n- b", "", "must be a mapping"),
        ("name: [unclosed", None, "not YAML"),
        ("name: a\nname: b", None, "the key 'name' is given twice"),
        ("{[1, 2]: a}", None, "not YAML"),
        (_with(name=None), "name", "is missing"),
        (_with(name=7), "name", "must be text"),
        (_with(name="x" * 201), "name", "1 to 200 characters"),
        (_with(name="a\0b"), "name", "must be text"),
        (_with(command=None), "command", "is missing"),
        (_with(command="python 'x"), "command", "cannot be split"),
        (_with(command="python {unknown}"), "command", "uses {unknown}, which is not in space"),
        (_with(metric=None), "metric", "is missing"),
        (_with(direction=None), "direction", "is missing"),
        (_with(direction="up"), "direction", "one of minimize, maximize"),
        (_with(max_trials=0), "max_trials", "from 1 to 10000"),
        (_with(max_trials="20"), "max_trials", "whole number"),
        (_with(max_trials=True), "max_trials", "whole number"),
        (_with(parallelism=257), "parallelism", "from 1 to 256"),
        (_with(seed=-1), "seed", "whole number"),
        (_with(sampler="grid"), "sampler", "one of tpe, random"),
        (_with(timeout_seconds=604801), "timeout_seconds", "from 1 to 604800"),
        (_with(paralelism=2), "paralelism", "did you mean parallelism?"),
        (_with(zzz=2), "zzz", "known are command"),
        (_with(workdir="relative"), None, None),
        (_with(env={"MLFLOW_RUN_ID": "x"}), "env.MLFLOW_RUN_ID", "is set by Assay"),
        (_with(env={"A B": "x"}), "env.A B", "is no name"),
        (_with(env={"A": None}), "env.A", "must be text"),
        (_with(env="A=1"), "env", "must be a mapping"),
        (_with(space=None), "space", "is missing"),
        (_with(space={}), "space", "1 to 100 parameters"),
        (_with(space={"a b": {}}), "space.a b", "is no parameter name"),
        (_with(space={"c": 5}), "space.c", "must be a mapping"),
        (_with_dimension(low=0, high=1), "space.c.type", "is missing"),
        (_with_dimension(type="normal"), "space.c.type", "one of uniform, loguniform"),
        (_with_dimension(type="uniform", low=0), "space.c.high", "is missing"),
        (_with_dimension(type="uniform", low=0, hi=1), "space.c.hi", "did you mean high?"),
        (_with_dimension(type="uniform", low="a", high=1), "space.c.low", "finite number"),
        (_with_dimension(type="uniform", low=0, high=float("inf")), "space.c.high", "finite number"),
        (_with_dimension(type="uniform", low=2, high=1), "space.c.high", "above low (2.0)"),
        (_with_dimension(type="loguniform", low=0, high=1), "space.c.low", "above zero"),
        (_with_dimension(type="quniform", low=0, high=1), "space.c.q", "is missing"),
        (_with_dimension(type="quniform", low=0, high=1, q=0), "space.c.q", "above zero"),
        (_with_dimension(type="quniform", low=1.1, high=1.9, q=1), "space.c.q", "no multiple"),
        (_with_dimension(type="int", low=1.5, high=3), "space.c.low", "whole number"),
        (_with_dimension(type="int", low=3, high=1), "space.c.high", "whole number from 3"),
        (_with_dimension(type="choice", values=[]), "space.c.values", "list of 1 to 1000"),
        (_with_dimension(type="choice", values=[[1]]), "space.c.values", "may hold text"),
        (_with_dimension(type="choice", values=[float("nan")]), "space.c.values", "finite"),
        (_with_dimension(type="choice", values=[1, 1]), "space.c.values", "twice"),
    ],
)
def test_what_is_wrong_is_said_with_its_key(text: str, key: str | None, said: str | None) -> None:
    if said is None:
        with pytest.raises(Invalid, match="must be absolute"):
            parse_spec(text, workdir="also/relative")
        return
    with pytest.raises(Invalid) as caught:
        parse_spec(text, workdir="/srv")
    assert said in caught.value.message
    assert caught.value.details.get("key") == key


@pytest.mark.parametrize("text", ["x" * 70_000, "name: \ud800", "&a [*a]", "a: &b {<<: *b}", "? {a: 1}\n: 2", "2024-01-01: a"])
def test_hostile_text_is_refused_and_nothing_else(text: str) -> None:
    with pytest.raises(Invalid):
        parse_spec(text, workdir="/srv")
