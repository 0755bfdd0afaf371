"""Other apps may be reached only through their services, selectors and domain."""

import grimp
import pytest
from django.apps import apps

from tests.architecture.tree import APPS

PUBLIC = {"services", "selectors", "domain"}
KERNEL = "assay.tracking.api.mlflow"
"""Calls, errors and parsing of MLflow's protocol; the registry speaks the same protocol one level up (decision 5)."""


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("assay", cache_dir=None)


def test_apps_reach_each_other_only_through_their_public_modules(graph: grimp.ImportGraph) -> None:
    leaks = [
        f"{importer} -> {imported}"
        for importer in graph.modules
        for imported in graph.find_modules_directly_imported_by(importer)
        if _app(importer)
        and _app(imported)
        and _app(importer) != _app(imported)
        and not _is_public(imported)
        and not _is_kernel(importer, imported)
    ]
    assert not leaks, "\n".join(sorted(leaks))


def test_only_the_registrys_adapter_stands_on_the_kernel_of_the_protocol(graph: grimp.ImportGraph) -> None:
    importers = {
        importer
        for importer in graph.modules
        for imported in graph.find_modules_directly_imported_by(importer)
        if imported.startswith(KERNEL) and not importer.startswith(KERNEL)
    }
    assert importers
    assert all(importer.startswith("assay.registry.api.mlflow.") for importer in importers)


def test_every_app_is_known_to_these_tests() -> None:
    installed = {config.name.removeprefix("assay.") for config in apps.get_app_configs() if config.name.startswith("assay.")}
    assert installed == {*APPS, "core"}


def _app(module: str) -> str:
    """The app's name, or empty for core and for what joins the apps."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 and parts[1] in APPS else ""


def _is_kernel(importer: str, imported: str) -> bool:
    return importer.startswith("assay.registry.api.mlflow.") and imported.startswith(f"{KERNEL}.")


def _is_public(module: str) -> bool:
    parts = module.split(".")
    return len(parts) > 2 and parts[2] in PUBLIC
