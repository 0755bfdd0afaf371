"""Addresses of accounts that are not django-allauth's."""

from django.urls import URLPattern, path

from assay.accounts import views

urlpatterns: list[URLPattern] = [
    path("organizations/switch", views.switch_organization, name="switch_organization"),
    path("invitations/<str:secret>", views.accept_invitation, name="accept_invitation"),
]
