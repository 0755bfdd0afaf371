"""What is held in clouds."""

from django.urls import URLPattern, path

from assay.portal.views.inventory import refreshes, resources

urlpatterns: list[URLPattern] = [
    path("inventory", resources.show_inventory, name="inventory"),
    path("inventory/refreshes", refreshes.show_refreshes, name="inventory_refreshes"),
    path("inventory/refreshes/start", refreshes.start_refresh, name="inventory_refresh_start"),
    path("inventory/refreshes/<hex:refresh_id>", refreshes.show_refresh, name="inventory_refresh"),
    path("inventory/<hex:resource_id>", resources.show_cloud_resource, name="inventory_resource"),
]
