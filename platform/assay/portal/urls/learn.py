"""Home, search, runs, leaderboards, sweeps."""

from django.urls import URLPattern, path

from assay.portal.views import (
    comparisons,
    home,
    leaderboards,
    run_changes,
    run_console,
    run_curves,
    run_files,
    runs,
    search,
    sweeps,
)

urlpatterns: list[URLPattern] = [
    path("", home.show_home, name="home"),
    path("search", search.show_search, name="search"),
    path("activity", search.show_activity, name="activity"),
    path("runs/compare", comparisons.show_comparison, name="compare"),
    path("runs/compare/charts", comparisons.show_charts, name="compare_charts"),
    path("runs/compare/curves", comparisons.show_curves, name="compare_curves"),
    path("runs/compare/runs.csv", comparisons.export_runs, name="compare_csv"),
    path("runs/<hex:run_id>", runs.show_run, name="run"),
    path("runs/<hex:run_id>/charts", run_curves.show_charts, name="run_charts"),
    path("runs/<hex:run_id>/curves", run_curves.show_curves, name="run_curves"),
    path("runs/<hex:run_id>/console", run_console.follow_console, name="run_console"),
    path("runs/<hex:run_id>/console.txt", run_console.send_console, name="run_console_text"),
    path("runs/<hex:run_id>/tags", run_changes.change_tags, name="run_tags"),
    path("runs/<hex:run_id>/note", run_changes.change_note, name="run_note"),
    path("runs/<hex:run_id>/head", runs.show_head, name="run_head"),
    path("runs/<hex:run_id>/metrics", runs.show_metrics, name="run_metrics"),
    path("runs/<hex:run_id>/file", run_files.send_file, name="run_file"),
    path("leaderboards", leaderboards.show_leaderboards, name="leaderboards"),
    path("leaderboards/new", leaderboards.make_leaderboard, name="leaderboard_new"),
    path("leaderboards/<hex:leaderboard_id>", leaderboards.show_leaderboard, name="leaderboard"),
    path("leaderboards/<hex:leaderboard_id>/remove", leaderboards.remove_leaderboard, name="leaderboard_remove"),
    path("sweeps", sweeps.show_sweeps, name="sweeps"),
    path("sweeps/<hex:sweep_id>", sweeps.show_sweep, name="sweep"),
    path("sweeps/<hex:sweep_id>/charts", sweeps.show_charts, name="sweep_charts"),
    path("sweeps/<hex:sweep_id>/stop", sweeps.stop, name="sweep_stop"),
    path("sweeps/<hex:sweep_id>/trials/<hex:trial_id>", sweeps.show_trial, name="trial"),
]
