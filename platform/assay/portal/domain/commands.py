"""The exact commands that empty pages teach."""


def first_run(public_url: str, *, experiment: str = "") -> str:
    chosen = (
        f'\nmlflow.set_experiment("{experiment}")' if experiment and experiment != "Default" and '"' not in experiment else ""
    )
    return f"""pip install mlflow-skinny
export MLFLOW_TRACKING_URI={public_url}
export MLFLOW_TRACKING_TOKEN=<your token>
python - <<'END'
import mlflow{chosen}
with mlflow.start_run():
    mlflow.log_param("learning_rate", 0.1)
    for step in range(10):
        mlflow.log_metric("loss", 1 / (step + 1), step=step)
END"""


def first_import(public_url: str) -> str:
    return f"""assay login {public_url}
assay costs import focus-2025-01.csv.gz"""


def first_sweep(public_url: str) -> str:
    return f"""assay login {public_url}
assay sweeps start sweep.yaml"""


def record_source() -> str:
    return """git init && git add -A && git commit -m "what this run trains with"
python train.py"""


def system_metrics() -> str:
    return """pip install psutil nvidia-ml-py
export MLFLOW_ENABLE_SYSTEM_METRICS_LOGGING=true"""
