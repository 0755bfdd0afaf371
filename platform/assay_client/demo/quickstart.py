import mlflow
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression

mlflow.sklearn.autolog()
LogisticRegression(max_iter=200).fit(*load_iris(return_X_y=True))
