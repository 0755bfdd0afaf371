"""A support vector machine on the digits: plain mlflow code, which a sweep runs as it is."""

import argparse

import mlflow
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

parser = argparse.ArgumentParser()
parser.add_argument("--c", type=float, default=1.0)
parser.add_argument("--gamma", type=float, default=0.01)
options = parser.parse_args()

x, y = load_digits(return_X_y=True)
train_x, validation_x, train_y, validation_y = train_test_split(x, y, test_size=0.25, random_state=0)
scaler = StandardScaler().fit(train_x)

with mlflow.start_run():
    mlflow.log_params({"c": options.c, "gamma": options.gamma})
    for step, rows in enumerate((150, 300, 600, 900, len(train_x))):
        model = SVC(C=options.c, gamma=options.gamma).fit(scaler.transform(train_x[:rows]), train_y[:rows])
        mlflow.log_metric("train_rows", rows, step=step)
        mlflow.log_metric("val_accuracy", model.score(scaler.transform(validation_x), validation_y), step=step)
