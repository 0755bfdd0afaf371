"""Every address that Assay answers."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("assay.api")),
    path("", include("assay.registry.api.mlflow.urls")),
    path("", include("assay.tracking.api.mlflow.urls")),
    path("accounts/", include("allauth.urls")),
    path("", include("assay.accounts.urls")),
    path("", include("assay.portal.urls")),
]

handler400 = "assay.core.http.bad_request"
handler403 = "assay.core.http.permission_denied"
handler404 = "assay.core.http.page_not_found"
handler500 = "assay.core.http.server_error"
handler429 = "assay.core.http.too_many_requests"
