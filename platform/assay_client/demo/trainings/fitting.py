"""The kinds of training: what is fitted, and what of it is logged."""

import importlib
import inspect
import warnings
from collections import defaultdict
from collections.abc import Callable, Mapping
from statistics import fmean, pstdev
from typing import Any

from assay_client.demo.trainings.plans import Kind, Training
from assay_client.demo.trainings.recording import Recorder
from assay_client.demo.trainings.samples import Sample
from assay_client.demo.trainings.windows import Window

MODULES = {
    "SGDClassifier": "linear_model",
    "LogisticRegression": "linear_model",
    "Ridge": "linear_model",
    "Lasso": "linear_model",
    "ElasticNet": "linear_model",
    "MLPClassifier": "neural_network",
    "SVC": "svm",
    "SVR": "svm",
    "RandomForestClassifier": "ensemble",
    "RandomForestRegressor": "ensemble",
    "ExtraTreesClassifier": "ensemble",
    "GradientBoostingRegressor": "ensemble",
    "KNeighborsClassifier": "neighbors",
    "KNeighborsRegressor": "neighbors",
}
FOLDS = 3

Fit = Callable[[Recorder, Sample, Window], None]


def fit_under_autolog(recorder: Recorder, sample: Sample, window: Window) -> None:
    """What `mlflow.sklearn.autolog()` logs of one fit, and the validation's scores."""
    import mlflow
    import mlflow.sklearn

    with recorder.run(window) as run_id:
        mlflow.sklearn.autolog(log_models=False, silent=True)
        try:
            model = build_estimator(recorder.training)
            with mlflow.start_run(run_id=run_id), warnings.catch_warnings():
                warnings.simplefilter("ignore", FutureWarning)  # mlflow still calls scikit-learn by names of old
                model.fit(sample.train_x, sample.train_y)
        finally:
            mlflow.sklearn.autolog(disable=True, silent=True)
        recorder.log_curves(run_id, window, {name: [value] for name, value in validation_scores(model, sample).items()})


def fit_once(recorder: Recorder, sample: Sample, window: Window) -> None:
    """Parameters, data set and the validation's scores, logged by hand."""
    with recorder.run(window) as run_id:
        recorder.log_params(run_id, sample)
        recorder.log_sample(run_id, sample)
        model = build_estimator(recorder.training).fit(sample.train_x, sample.train_y)
        recorder.log_curves(run_id, window, {name: [value] for name, value in validation_scores(model, sample).items()})


def fit_epochs(recorder: Recorder, sample: Sample, window: Window) -> None:
    """Loss and accuracy on both parts after each pass over the training rows."""
    model = build_estimator(recorder.training)
    classes = sorted(set(sample.train_y.tolist()))
    curves: defaultdict[str, list[float]] = defaultdict(list)
    with recorder.run(window) as run_id:
        recorder.log_params(run_id, sample)
        recorder.log_sample(run_id, sample)
        for _ in range(recorder.training.epochs):
            model.partial_fit(sample.train_x, sample.train_y, classes=classes)
            for part, x, y in (("train", sample.train_x, sample.train_y), ("val", sample.validation_x, sample.validation_y)):
                odds = model.predict_proba(x)
                curves[f"{part}_loss"].append(cross_entropy(odds, y))
                curves[f"{part}_accuracy"].append((odds.argmax(axis=1) == y).mean())
        recorder.log_curves(run_id, window, curves)


def fit_stages(recorder: Recorder, sample: Sample, window: Window) -> None:
    """A boosted regressor: its error and score after each stage."""
    from sklearn.metrics import r2_score, root_mean_squared_error

    model = build_estimator(recorder.training)
    with recorder.run(window) as run_id:
        recorder.log_params(run_id, sample)
        recorder.log_sample(run_id, sample)
        model.fit(sample.train_x, sample.train_y)
        stages = list(model.staged_predict(sample.validation_x))
        curves = {
            "train_loss": list(model.train_score_),
            "val_rmse": [root_mean_squared_error(sample.validation_y, guess) for guess in stages],
            "val_r2": [r2_score(sample.validation_y, guess) for guess in stages],
        }
        recorder.log_curves(run_id, window, curves)


def fit_folds(recorder: Recorder, sample: Sample, window: Window) -> None:
    """Cross-validation: the parent holds no machine of its own, each fold's nested run does, one after the other."""
    from sklearn.metrics import accuracy_score
    from sklearn.model_selection import StratifiedKFold

    scores: list[float] = []
    with recorder.run(window, holds_machine=False) as parent_id:
        recorder.log_params(parent_id, sample)
        for number, (train, held_out) in enumerate(StratifiedKFold(FOLDS).split(sample.train_x, sample.train_y)):
            part, name = window.part(number, FOLDS), f"{recorder.training.name}-{number}"
            with recorder.run(part, name=name, parent_id=parent_id) as run_id:
                recorder.log_params(run_id, sample)
                model = build_estimator(recorder.training).fit(sample.train_x[train], sample.train_y[train])
                scores.append(float(accuracy_score(sample.train_y[held_out], model.predict(sample.train_x[held_out]))))
                recorder.log_curves(run_id, part, {"fold_accuracy": [scores[-1]]})
        final = build_estimator(recorder.training).fit(sample.train_x, sample.train_y)
        spread = {"fold_accuracy_mean": [fmean(scores)], "fold_accuracy_deviation": [pstdev(scores)]}
        recorder.log_curves(
            parent_id, window, spread | {name: [value] for name, value in validation_scores(final, sample).items()}
        )


def fit_broken(recorder: Recorder, sample: Sample, window: Window) -> None:
    """A training whose data lacks a value: scikit-learn refuses it, and the run fails."""
    broken = sample.train_x.copy()
    broken[0, 0] = float("nan")
    with recorder.run(window) as run_id:
        recorder.log_params(run_id, sample)
        try:
            build_estimator(recorder.training).fit(broken, sample.train_y)
        except ValueError as error:
            recorder.client.set_tag(run_id, "error", str(error).splitlines()[0])
            raise


FITS: Mapping[Kind, Fit] = {
    Kind.AUTOLOG: fit_under_autolog,
    Kind.FIT: fit_once,
    Kind.EPOCHS: fit_epochs,
    Kind.STAGES: fit_stages,
    Kind.FOLDS: fit_folds,
    Kind.BROKEN: fit_broken,
}


def build_estimator(training: Training) -> Any:
    """The scikit-learn estimator with the training's parameters; the same result each time."""
    module = importlib.import_module(f"sklearn.{MODULES[training.estimator]}")
    kind = getattr(module, training.estimator)
    seed = {"random_state": 0} if "random_state" in inspect.signature(kind).parameters else {}
    return kind(**training.params, **seed)


def cross_entropy(odds: Any, classes: Any) -> float:
    """Mean negative log likelihood. odds: (rows, classes). classes: (rows,), numbered from 0 as the data sets do."""
    import numpy as np

    likelihood = odds[np.arange(len(classes)), classes]
    return float(-np.log(np.clip(likelihood, 1e-15, 1)).mean())


def validation_scores(model: Any, sample: Sample) -> dict[str, float]:
    """val_accuracy of a classifier; val_r2 and val_rmse of a regressor."""
    from sklearn.base import is_classifier
    from sklearn.metrics import accuracy_score, r2_score, root_mean_squared_error

    guess = model.predict(sample.validation_x)
    if is_classifier(model):
        return {"val_accuracy": accuracy_score(sample.validation_y, guess)}
    return {"val_r2": r2_score(sample.validation_y, guess), "val_rmse": root_mean_squared_error(sample.validation_y, guess)}
