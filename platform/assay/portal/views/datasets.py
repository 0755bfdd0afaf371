"""Datasets: what runs learnt from."""

from django.http import HttpResponse
from django.shortcuts import render

from assay.portal.permissions import MemberRequest, page
from assay.portal.selectors.datasets import read_dataset, read_datasets
from assay.portal.views.installations import public_url


@page()
def list_datasets(request: MemberRequest) -> HttpResponse:
    words = request.GET.get("q", "").replace("\x00", "").strip()
    rows = read_datasets(request.principal.organization_id, words=words)
    context = {"section": "datasets", "rows": rows, "query": words, "is_new": not rows and not words, "url": public_url()}
    return render(request, "datasets/list.html", context)


@page()
def show_dataset(request: MemberRequest) -> HttpResponse:
    """`name`; `digest`: the version whose schema is shown."""
    name = request.GET.get("name", "").replace("\x00", "")
    found = read_dataset(request.principal.organization_id, name, digest=request.GET.get("digest", ""))
    return render(request, "datasets/show.html", {"section": "datasets", "found": found})
