"""Addresses of the portal's pages."""

from django.urls import URLPattern, path, register_converter

from assay.portal.urls.converters import HexId
from assay.portal.views import experiments, home, runs, search

register_converter(HexId, "hex")

urlpatterns: list[URLPattern] = [
    path("", home.show_home, name="home"),
    path("search", search.show_search, name="search"),
    path("activity", search.show_activity, name="activity"),
    path("experiments", experiments.list_experiments, name="experiments"),
    path("experiments/<int:number>", experiments.show_experiment, name="experiment"),
    path("experiments/<int:number>/runs.csv", experiments.export_runs, name="experiment_csv"),
    path("runs/<hex:run_id>", runs.show_run, name="run"),
    path("runs/<hex:run_id>/charts", runs.show_charts, name="run_charts"),
    path("runs/<hex:run_id>/head", runs.show_head, name="run_head"),
    path("runs/<hex:run_id>/metrics", runs.show_metrics, name="run_metrics"),
    path("runs/<hex:run_id>/file", runs.send_file, name="run_file"),
]
