"""Registered models and webhooks."""

from django.urls import URLPattern, path

from assay.portal.views import model_acts, models, webhooks

VERSION = "models/<str:name>/versions/<int:number>"

urlpatterns: list[URLPattern] = [
    path("models", models.show_models, name="models"),
    path("models/<str:name>", models.show_model, name="model"),
    path("models/<str:name>/description", models.describe_model, name="model_description"),
    path("models/<str:name>/aliases", models.point_alias, name="model_aliases"),
    path("models/<str:name>/rename", model_acts.rename_model, name="model_rename"),
    path("models/<str:name>/delete", model_acts.delete_model, name="model_delete"),
    path(VERSION, models.show_version, name="model_version"),
    path(f"{VERSION}/description", models.describe_version, name="model_version_description"),
    path(f"{VERSION}/delete", model_acts.delete_version, name="model_version_delete"),
    path(f"{VERSION}/stage", models.move_version, name="model_version_stage"),
    path("webhooks", webhooks.show_webhooks, name="webhooks"),
    path("webhooks/new", webhooks.make_webhook, name="webhook_new"),
    path("webhooks/<hex:webhook_id>", webhooks.show_webhook, name="webhook"),
    path("webhooks/<hex:webhook_id>/switch", webhooks.switch_webhook, name="webhook_switch"),
    path("webhooks/<hex:webhook_id>/test", webhooks.try_webhook, name="webhook_test"),
    path("webhooks/<hex:webhook_id>/delete", webhooks.delete_webhook, name="webhook_delete"),
]
