"""Services start tasks by name; a name that no task answers to would be lost in the broker."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.tree import PLATFORM
from workers.celery_app import app


def test_every_deferred_name_is_a_registered_task() -> None:
    app.loader.import_default_modules()
    deferred = dict(_deferred_names(PLATFORM / "assay"))
    unknown = {name: place for name, place in deferred.items() if name not in app.tasks}
    assert not unknown
    assert deferred


def test_every_scheduled_task_is_registered() -> None:
    app.loader.import_default_modules()
    assert {entry["task"] for entry in app.conf.beat_schedule.values()} <= set(app.tasks)


def test_tasks_are_named_after_their_app_and_what_they_do() -> None:
    app.loader.import_default_modules()
    misnamed = [
        name
        for name, task in app.tasks.items()
        if task.__module__.startswith("assay.") and not name.startswith(task.__module__.split(".")[1] + ".")
    ]
    assert not misnamed


def _deferred_names(root: Path) -> Iterator[tuple[str, str]]:
    """Each literal handed to `defer(...)`, with its place; anything but a literal could not be checked and is refused."""
    for path in root.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call) or getattr(node.func, "id", getattr(node.func, "attr", "")) != "defer":
                continue
            name, place = node.args[0], f"{path.relative_to(root)}:{node.lineno}"
            assert isinstance(name, ast.Constant), f"{place}: defer() needs the task's name as a literal"
            assert isinstance(name.value, str)
            yield name.value, place
