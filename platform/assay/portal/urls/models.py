"""Registered models."""

from django.urls import URLPattern, path

from assay.portal.views import models

VERSION = "models/<str:name>/versions/<int:number>"

urlpatterns: list[URLPattern] = [
    path("models", models.show_models, name="models"),
    path("models/<str:name>", models.show_model, name="model"),
    path("models/<str:name>/description", models.describe_model, name="model_description"),
    path("models/<str:name>/aliases", models.point_alias, name="model_aliases"),
    path(VERSION, models.show_version, name="model_version"),
    path(f"{VERSION}/description", models.describe_version, name="model_version_description"),
    path(f"{VERSION}/stage", models.move_version, name="model_version_stage"),
]
