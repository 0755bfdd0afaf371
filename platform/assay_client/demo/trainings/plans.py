"""Which trainings the demo runs: what is fitted on which data, and which machine it claims."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from assay_client.demo.machines import MACHINES, Machine

DIGITS = "digits-ocr"
TABULAR = "tabular-screening"
DIABETES = "diabetes-progression"
TEAM_OF = {DIGITS: "vision", TABULAR: "risk", DIABETES: "health"}

Value = str | int | float | bool | tuple[int, ...] | None


class Kind(StrEnum):
    """How a training is logged."""

    AUTOLOG = "autolog"  # mlflow.sklearn.autolog around one fit
    FIT = "fit"  # one fit, logged by hand
    EPOCHS = "epochs"  # partial_fit, a point per epoch
    STAGES = "stages"  # boosting, a point per stage
    FOLDS = "folds"  # a parent run and a nested run per fold
    BROKEN = "broken"  # raises, truly


@dataclass(frozen=True, slots=True)
class Training:
    """hours: how long the stretched run lasts. beside_previous: runs on the machine together with the one planned before it,
    each with half of it.
    """

    name: str
    experiment: str
    sample: str
    kind: Kind
    estimator: str
    machine: str
    hours: float
    params: Mapping[str, Value]
    epochs: int = 0
    beside_previous: bool = False

    @property
    def claimed(self) -> Machine:
        return next(machine for machine in MACHINES if machine.name == self.machine)


AUTOLOG, FIT, EPOCHS, STAGES, FOLDS, BROKEN = Kind
SGD, MLP, SVC, FOREST, LOGISTIC = "SGDClassifier", "MLPClassifier", "SVC", "RandomForestClassifier", "LogisticRegression"
BOOSTING = "GradientBoostingRegressor"

# The first so many are run; kinds, experiments and machines are mixed, so that every number of trainings shows some of each.
TRAININGS: tuple[Training, ...] = (
    Training("mlp-64", DIGITS, "digits", EPOCHS, MLP, "gpu-1", 27, {"hidden_layer_sizes": (64,), "learning_rate_init": 0.003}, 60),
    Training("logistic-wine", TABULAR, "wine", AUTOLOG, LOGISTIC, "small-1", 12, {"C": 1.0, "max_iter": 500}),
    Training("ridge", DIABETES, "diabetes", AUTOLOG, "Ridge", "cpu-2", 15, {"alpha": 1.0}),
    Training("sgd-log-loss", DIGITS, "digits", EPOCHS, SGD, "small-1", 18, {"loss": "log_loss", "alpha": 0.0005}, 80),
    Training("folds-cancer", TABULAR, "breast_cancer", FOLDS, LOGISTIC, "cpu-1", 36, {"C": 0.5, "max_iter": 500}),
    Training("logistic-nan", TABULAR, "breast_cancer", BROKEN, LOGISTIC, "cpu-1", 6, {"max_iter": 500}),
    Training("mlp-128-64", DIGITS, "digits", EPOCHS, MLP, "gpu-1", 48, {"hidden_layer_sizes": (128, 64), "learning_rate_init": 0.002}, 80),
    Training("boosting-100", DIABETES, "diabetes", STAGES, BOOSTING, "cpu-2", 33, {"n_estimators": 100, "max_depth": 2}, 100),
    Training("svc-rbf", DIGITS, "digits", AUTOLOG, SVC, "cpu-1", 21, {"C": 5.0, "gamma": 0.02}),
    Training("forest-cancer", TABULAR, "breast_cancer", AUTOLOG, FOREST, "cpu-1", 24, {"n_estimators": 120, "max_depth": 6}),
    Training("mlp-spot", DIGITS, "digits", EPOCHS, MLP, "gpu-spot-1", 60, {"hidden_layer_sizes": (128,), "learning_rate_init": 0.001}, 80),
    Training("forest", DIABETES, "diabetes", AUTOLOG, "RandomForestRegressor", "cpu-2", 27, {"n_estimators": 150, "min_samples_leaf": 4}),
    Training("mlp-256-128", DIGITS, "digits", EPOCHS, MLP, "gpu-8", 30, {"hidden_layer_sizes": (256, 128), "learning_rate_init": 0.001}, 60),
    Training("sgd-cancer", TABULAR, "breast_cancer", EPOCHS, SGD, "small-1", 15, {"loss": "log_loss", "alpha": 0.001}, 50),
    Training("mlp-128-tanh", DIGITS, "digits", EPOCHS, MLP, "gpu-1", 42, {"hidden_layer_sizes": (128,), "activation": "tanh"}, 70),
    Training("mlp-96-tanh", DIGITS, "digits", EPOCHS, MLP, "gpu-1", 33, {"hidden_layer_sizes": (96,), "activation": "tanh"}, 70, beside_previous=True),
    Training("lasso", DIABETES, "diabetes", FIT, "Lasso", "cpu-2", 12, {"alpha": 0.4}),
    Training("forest-wine", TABULAR, "wine", FIT, FOREST, "small-1", 15, {"n_estimators": 80}),
    Training("forest-200", DIGITS, "digits", AUTOLOG, FOREST, "cpu-1", 30, {"n_estimators": 200}),
    Training("mlp-cancer", TABULAR, "breast_cancer", EPOCHS, MLP, "gpu-spot-1", 24, {"hidden_layer_sizes": (32,), "learning_rate_init": 0.003}, 40),
    Training("boosting-60", DIABETES, "diabetes", STAGES, BOOSTING, "cpu-2", 21, {"n_estimators": 60, "max_depth": 3}, 60),
    Training("boosting-60-slow", DIABETES, "diabetes", STAGES, BOOSTING, "cpu-2", 27, {"n_estimators": 60, "learning_rate": 0.05}, 60, beside_previous=True),
    Training("sgd-hinge", DIGITS, "digits", EPOCHS, SGD, "small-1", 12, {"loss": "modified_huber", "alpha": 0.001}, 60),
    Training("mlp-wide", DIGITS, "digits", EPOCHS, MLP, "gpu-8", 42, {"hidden_layer_sizes": (400,), "learning_rate_init": 0.001}, 50),
    Training("folds-wine", TABULAR, "wine", FOLDS, FOREST, "cpu-1", 27, {"n_estimators": 60}),
    Training("svc-poly", DIGITS, "digits", FIT, SVC, "cpu-1", 18, {"C": 2.0, "kernel": "poly", "degree": 3}),
    Training("svr", DIABETES, "diabetes", FIT, "SVR", "cpu-2", 18, {"C": 40.0, "epsilon": 8.0}),
    Training("mlp-spot-deep", DIGITS, "digits", EPOCHS, MLP, "gpu-spot-1", 78, {"hidden_layer_sizes": (96, 96, 48), "learning_rate_init": 0.002}, 60),
    Training("logistic-iris", TABULAR, "iris", FIT, LOGISTIC, "small-1", 9, {"C": 2.0, "max_iter": 500}),
    Training("mlp-iris", TABULAR, "iris", EPOCHS, MLP, "small-1", 12, {"hidden_layer_sizes": (16,), "learning_rate_init": 0.01}, 60, beside_previous=True),
    Training("elastic-net", DIABETES, "diabetes", FIT, "ElasticNet", "cpu-2", 12, {"alpha": 0.3, "l1_ratio": 0.6}),
    Training("mlp-64-strong", DIGITS, "digits", EPOCHS, MLP, "gpu-1", 36, {"hidden_layer_sizes": (64, 64), "alpha": 0.01}, 60),
    Training("forest-iris", TABULAR, "iris", FIT, FOREST, "cpu-1", 9, {"n_estimators": 40}),
    Training("knn", DIGITS, "digits", FIT, "KNeighborsClassifier", "small-1", 6, {"n_neighbors": 4}),
    Training("boosting-deep", DIABETES, "diabetes", STAGES, BOOSTING, "cpu-2", 39, {"n_estimators": 80, "max_depth": 5}, 80),
    Training("mlp-spot-wide", DIGITS, "digits", EPOCHS, MLP, "gpu-spot-1", 54, {"hidden_layer_sizes": (300,), "learning_rate_init": 0.0008}, 50),
    Training("sgd-wine", TABULAR, "wine", EPOCHS, SGD, "small-1", 9, {"loss": "log_loss", "alpha": 0.01}, 40),
    Training("mlp-8-gpus", DIGITS, "digits", EPOCHS, MLP, "gpu-8", 24, {"hidden_layer_sizes": (512, 128), "learning_rate_init": 0.001}, 40),
    Training("knn-regressor", DIABETES, "diabetes", FIT, "KNeighborsRegressor", "cpu-2", 9, {"n_neighbors": 12}),
    Training("extra-trees", DIGITS, "digits", AUTOLOG, "ExtraTreesClassifier", "cpu-1", 21, {"n_estimators": 200}),
)  # fmt: skip
