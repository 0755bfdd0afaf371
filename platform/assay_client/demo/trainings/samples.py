"""The data sets, split and scaled the same way in every training."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

Array = Any  # numpy is here only where scikit-learn is


@dataclass(frozen=True, slots=True)
class Sample:
    """Features are standardised; train and validation: 75 % and 25 % of the rows.

    train_x, validation_x: (rows, features). train_y, validation_y: (rows,).
    """

    name: str
    train_x: Array
    train_y: Array
    validation_x: Array
    validation_y: Array


@cache
def load_sample(name: str) -> Sample:
    """name: iris, wine, breast_cancer, digits or diabetes."""
    from sklearn.model_selection import train_test_split
    from sklearn.preprocessing import StandardScaler

    x, y = _loaders()[name](return_X_y=True)
    train_x, validation_x, train_y, validation_y = train_test_split(x, y, test_size=0.25, random_state=0)
    scaler = StandardScaler().fit(train_x)
    return Sample(name, scaler.transform(train_x), train_y, scaler.transform(validation_x), validation_y)


def _loaders() -> Mapping[str, Callable[..., Any]]:
    from sklearn import datasets

    return {
        "iris": datasets.load_iris,
        "wine": datasets.load_wine,
        "breast_cancer": datasets.load_breast_cancer,
        "digits": datasets.load_digits,
        "diabetes": datasets.load_diabetes,
    }
