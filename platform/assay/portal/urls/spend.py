"""The bill."""

from django.urls import URLPattern, path

from assay.portal.views.costs import charges, checks, connect, explorer, exports, imports, resources, sources

urlpatterns: list[URLPattern] = [
    path("costs", explorer.show_explorer, name="explorer"),
    path("costs/table.csv", explorer.export_table, {"kind": "csv"}, name="explorer_csv"),
    path("costs/table.parquet", explorer.export_table, {"kind": "parquet"}, name="explorer_parquet"),
    path("costs/changes", explorer.show_changes, name="changes"),
    path("costs/export/<slug:focus>.<str:kind>", exports.export_focus, name="focus_export"),
    path("costs/charges.csv", exports.export_charges, name="charges_csv"),
    path("costs/charges", charges.show_charges, name="charges"),
    path("costs/charges/<slug:place>", charges.show_charge, name="charge"),
    path("costs/checks", checks.show_checks, name="checks"),
    path("costs/resources", resources.show_resources, name="resources"),
    path("costs/resource", resources.show_resource, name="resource"),
    path("costs/sources", sources.show_sources, name="sources"),
    path("costs/connections", connect.show_connections, name="connections"),
    path("costs/connections/<hex:connection_id>", connect.show_connection, name="connection"),
    path("costs/connections/<hex:connection_id>/test", connect.try_connection, name="connection_test"),
    path("costs/connections/<hex:connection_id>/remove", connect.remove_connection, name="connection_remove"),
    path("costs/sources/new", sources.make_source, name="source_new"),
    path("costs/sources/<hex:source_id>", sources.show_source, name="source"),
    path("costs/sources/<hex:source_id>/poll", sources.poll_source, name="source_poll"),
    path("costs/sources/<hex:source_id>/pause", sources.pause_source, name="source_pause"),
    path("costs/sources/<hex:source_id>/remove", sources.remove_source, name="source_remove"),
    path("costs/imports/<hex:import_id>", imports.show_import, name="import"),
    path("costs/imports/<hex:import_id>/retry", imports.retry, name="import_retry"),
]
