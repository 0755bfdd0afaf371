"""Addresses of the portal's pages."""

from django.urls import URLPattern, URLResolver, include, path, register_converter

from assay.portal.urls.converters import HexId

register_converter(HexId, "hex")

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("assay.portal.urls.learn")),
    path("", include("assay.portal.urls.models")),
    path("", include("assay.portal.urls.tables")),
    path("", include("assay.portal.urls.spend")),
    path("", include("assay.portal.urls.savings")),
    path("", include("assay.portal.urls.inventory")),
    path("", include("assay.portal.urls.organization")),
]
