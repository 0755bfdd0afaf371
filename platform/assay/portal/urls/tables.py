"""Experiments with their run tables, datasets, saved views."""

from django.urls import URLPattern, path

from assay.portal.views import datasets, experiments, run_acts, run_tables, saved_views

urlpatterns: list[URLPattern] = [
    path("experiments", experiments.list_experiments, name="experiments"),
    path("experiments/<int:number>", run_tables.show_experiment, name="experiment"),
    path("experiments/<int:number>/columns", run_tables.list_columns, name="experiment_columns"),
    path("experiments/<int:number>/runs.csv", run_tables.export_runs, name="experiment_csv"),
    path("experiments/<int:number>/chosen.csv", run_tables.export_chosen, name="experiment_chosen_csv"),
    path("experiments/<int:number>/describe", experiments.describe_experiment, name="experiment_describe"),
    path("experiments/<int:number>/delete", experiments.delete_experiment, name="experiment_delete"),
    path("experiments/<int:number>/restore", experiments.restore_experiment, name="experiment_restore"),
    path("experiments/<int:number>/runs/delete", run_acts.delete_chosen, name="experiment_delete_runs"),
    path("experiments/<int:number>/runs/restore", run_acts.restore_chosen, name="experiment_restore_runs"),
    path("experiments/<int:number>/runs/tag", run_acts.tag_chosen, name="experiment_tag_runs"),
    path("views/save", saved_views.save_view, name="view_save"),
    path("views/<hex:view_id>/change", saved_views.change_view, name="view_change"),
    path("views/<hex:view_id>/delete", saved_views.delete_view, name="view_delete"),
    path("datasets", datasets.list_datasets, name="datasets"),
    path("datasets/dataset", datasets.show_dataset, name="dataset"),
]
