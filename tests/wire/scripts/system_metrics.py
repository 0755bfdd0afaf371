"""MLflow's own system metrics, sampled as fast as it can."""

import sys
import time

import mlflow

mlflow.set_system_metrics_sampling_interval(0.2)
mlflow.set_system_metrics_samples_before_logging(1)
mlflow.set_experiment("system metrics")
with mlflow.start_run(log_system_metrics=True) as run:
    time.sleep(1.5)
sys.stdout.write(f'{{"run_id": "{run.info.run_id}"}}\n')
