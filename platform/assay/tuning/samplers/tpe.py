"""Tree-structured Parzen estimator: hyperopt's suggestion function, used as a pure function of rows.

hyperopt draws `startup_trials` at random, then models the better and the worse trials of each dimension apart and proposes
what is likeliest among the better. Trials that run or failed have no loss: hyperopt counts them among the worse, so parallel
workers are not all sent to one place.
"""

import hashlib
from collections.abc import Sequence
from typing import Any

from hyperopt import Trials, hp, tpe
from hyperopt.base import JOB_STATE_DONE, STATUS_FAIL, STATUS_OK, Domain

from assay.tuning.domain.observations import Observation, Request
from assay.tuning.domain.spaces import Choice, Dimension, Integer, LogUniform, Params, ParamValue, Quantized, Space, Uniform


def suggest(space: Space, observations: Sequence[Observation], request: Request) -> Params:
    expressions = {name: _expression(name, space[name]) for name in sorted(space)}
    domain = Domain(lambda params: 0.0, expressions, pass_expr_memo_ctrl=False)
    trials = _trials(space, observations)
    seed = _seed(request)
    documents = tpe.suggest([request.number], domain, trials, seed, n_startup_jobs=request.startup_trials, verbose=False)
    values = documents[0]["misc"]["vals"]
    return {name: _decode(space[name], values[name][0]) for name in sorted(space)}


def _expression(name: str, dimension: Dimension) -> Any:
    match dimension:
        case Uniform(low, high):
            return hp.uniform(name, low, high)
        case LogUniform():
            return hp.loguniform(name, dimension.log_low, dimension.log_high)
        case Quantized():  # half a step more on both sides, or the first and last value come half as often
            return hp.quniform(name, dimension.first - 0.5, dimension.last + 0.5, 1)
        case Integer(low, high):
            return hp.quniform(name, low - 0.5, high + 0.5, 1)
        case Choice(values):
            return hp.choice(name, list(range(len(values))))


def _decode(dimension: Dimension, value: float) -> ParamValue:
    match dimension:
        case Uniform() | LogUniform():
            return float(dimension.clip(float(value)))
        case Quantized():
            return dimension.at(round(float(value)))
        case Integer():
            return dimension.clip(float(value))
        case Choice(values):
            return values[int(value)]


def _encode(dimension: Dimension, value: Any) -> float:
    match dimension:
        case Quantized():
            return dimension.factor(value)
        case Choice():
            return dimension.position(value)
        case _:
            return float(value)


def _trials(space: Space, observations: Sequence[Observation]) -> Trials:
    trials = Trials()
    trials.insert_trial_docs([_document(space, observation) for observation in observations])
    trials.refresh()
    return trials


def _document(space: Space, observation: Observation) -> dict[str, Any]:
    number = observation.number
    done = {"status": STATUS_FAIL} if observation.loss is None else {"status": STATUS_OK, "loss": observation.loss}
    return {
        "tid": number,
        "state": JOB_STATE_DONE,
        "spec": None,
        "result": done,
        "misc": {
            "tid": number,
            "cmd": None,
            "workdir": None,
            "idxs": {name: [number] for name in space},
            "vals": {name: [_encode(space[name], observation.params[name])] for name in space},
        },
        "exp_key": None,
        "owner": None,
        "version": 0,
        "book_time": None,
        "refresh_time": None,
    }


def _seed(request: Request) -> int:
    digest = hashlib.sha256(f"{request.seed}/{request.number}".encode()).digest()
    return int.from_bytes(digest[:4], "big")
