"""A training as a user writes it; with ASSAY_CAPTURE=1 all of it is recorded. Says when it may go on by the file it is given."""

import sys
import time
from pathlib import Path

import mlflow

import assay_client

go_on = Path(sys.argv[1])
sys.stdout.write("loading\n")
mlflow.set_experiment("captured")
with mlflow.start_run() as run:
    assay_client.stage("load")
    sys.stdout.write("epoch 1 \x1b[32mgood\x1b[0m\n")
    sys.stderr.write("warning: ünï\n")
    sys.stderr.flush()
    assay_client.stage("fit", step=1)
    while not go_on.exists():
        time.sleep(0.05)
    assay_client.milestone("best so far", step=2)
    sys.stdout.write("epoch 2\n")
with mlflow.start_run():
    sys.stdout.write("of the second run\n")
sys.stdout.write(f'{{"run_id": "{run.info.run_id}"}}\n')
