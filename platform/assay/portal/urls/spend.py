"""The bill."""

from django.urls import URLPattern, path

from assay.portal.views.costs import charges, explorer, resources, sources

urlpatterns: list[URLPattern] = [
    path("costs", explorer.show_explorer, name="explorer"),
    path("costs/table.csv", explorer.export_table, {"kind": "csv"}, name="explorer_csv"),
    path("costs/table.parquet", explorer.export_table, {"kind": "parquet"}, name="explorer_parquet"),
    path("costs/changes", explorer.show_changes, name="changes"),
    path("costs/charges", charges.show_charges, name="charges"),
    path("costs/charges/<slug:place>", charges.show_charge, name="charge"),
    path("costs/resources", resources.show_resources, name="resources"),
    path("costs/resource", resources.show_resource, name="resource"),
    path("costs/sources", sources.show_sources, name="sources"),
    path("costs/imports/<hex:import_id>", sources.show_import, name="import"),
]
