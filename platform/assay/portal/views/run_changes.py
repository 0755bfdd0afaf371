"""A run's tags and note, as people write them on its page."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from assay.accounts.domain.roles import Permission
from assay.core.errors import Invalid, NotFound
from assay.portal.permissions import MemberRequest, page
from assay.portal.selectors.run_pages import read_head
from assay.portal.views.run_parts import may_write
from assay.tracking.domain.content import NOTE_TAG
from assay.tracking.services import runs


@page(Permission.TRACKING_WRITE, methods="POST")
def change_tags(request: MemberRequest, run_id: UUID) -> HttpResponse:
    """`key` and `value` set a tag, `remove` names one to take away."""
    organization_id = request.principal.organization_id
    read_head(organization_id, run_id)
    try:
        if "remove" in request.POST:
            runs.delete_tag(organization_id, run_id, key=request.POST["remove"])
        else:
            key = request.POST.get("key", "").strip()
            runs.log_batch(organization_id, run_id, tags={key: request.POST.get("value", "")})
    except (Invalid, NotFound) as error:
        return _answer(request, run_id, "runs/_tags.html", refused=error.message)
    return _answer(request, run_id, "runs/_tags.html")


@page(Permission.TRACKING_WRITE, methods="GET POST")
def change_note(request: MemberRequest, run_id: UUID) -> HttpResponse:
    """GET: the note to write in. POST: `note`; an empty one takes it away."""
    organization_id = request.principal.organization_id
    head = read_head(organization_id, run_id)
    if request.method == "GET":
        return render(request, "runs/_note.html", {"head": head, "run": head.run, "editing": True, **may_write(request, head)})
    note = request.POST.get("note", "").replace("\r\n", "\n").strip()
    try:
        if note:
            runs.log_batch(organization_id, run_id, tags={NOTE_TAG: note})
        elif head.note:
            runs.delete_tag(organization_id, run_id, key=NOTE_TAG)
    except Invalid as error:
        return _answer(request, run_id, "runs/_note.html", refused=error.message)
    return _answer(request, run_id, "runs/_note.html")


def _answer(request: MemberRequest, run_id: UUID, template: str, *, refused: str = "") -> HttpResponse:
    """The part of the page that changed; the whole page for browsers without scripts."""
    if not request.htmx:
        return redirect(reverse("run", args=[run_id]))
    head = read_head(request.principal.organization_id, run_id)
    return render(request, template, {"head": head, "run": head.run, "refused": refused, **may_write(request, head)})
