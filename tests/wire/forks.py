"""An interpreter with the MLflow client loaded that forks for each script, since loading takes longer than most scripts do.

Run by mlflow_client with any of its interpreters. Reads a JSON object per line: script, folder, environment, output, errors (paths);
answers each with a line: the script's exit status.
"""

import json
import os
import runpy
import sys
import threading

import mlflow  # noqa: F401  what all of them need
import pandas  # noqa: F401

assert threading.active_count() == 1, "threads do not survive a fork"
for line in sys.stdin:
    order = json.loads(line)
    child = os.fork()
    if child == 0:
        break
    _, status = os.waitpid(child, 0)
    sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
    sys.stdout.flush()
else:
    sys.exit()

os.environ.clear()
os.environ.update(order["environment"])
os.chdir(order["folder"])
for number, path in enumerate((os.devnull, order["output"], order["errors"])):
    os.dup2(os.open(path, os.O_RDWR | os.O_CREAT), number)
sys.argv = [order["script"]]
sys.path[0] = os.path.dirname(order["script"])  # noqa: PTH120  as Python itself sets it
runpy.run_path(order["script"], run_name="__main__")
