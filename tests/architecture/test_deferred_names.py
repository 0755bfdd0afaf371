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
    """Each name handed to `defer(...)`, with its place: a literal or a constant of the module, or it could not be checked."""
    for path in root.rglob("*.py"):
        module = ast.parse(path.read_text())
        constants = _constants(module)
        for node in ast.walk(module):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in {"defer", "deferral.defer"}:
                place = f"{path.relative_to(root)}:{node.lineno}"
                name = _text(node.args[0], constants)
                assert name, f"{place}: defer() needs the task's name as a literal or a constant of the module"
                yield name, place


def _constants(module: ast.Module) -> dict[str, str]:
    return {
        target.id: _text(node.value, {})
        for node in module.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def _text(node: ast.expr, constants: dict[str, str]) -> str:
    if isinstance(node, ast.Name):
        return constants.get(node.id, "")
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
