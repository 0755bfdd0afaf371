import sys

import mlflow

with mlflow.start_run() as run:
    mlflow.log_param("learning_rate", 0.1)
    for step in range(3):
        mlflow.log_metric("loss", 1 / (step + 1), step=step)

sys.stdout.write(f'{{"run_id": "{run.info.run_id}"}}')
