"""Charges as files: those behind a page, in the columns of a FOCUS version."""

from django.http import Http404, StreamingHttpResponse

from assay.accounts.domain.roles import Permission
from assay.accounts.selectors.organizations import get_organization
from assay.costs.domain.focus_exports import ExportKind, FocusFormat, Texts
from assay.costs.selectors.focus_exports import start_export
from assay.portal.permissions import MemberRequest, page
from assay.portal.views.costs.questions import read_cost_page, read_step_of

FORMATS = {"focus-1-2": FocusFormat.FOCUS_1_2, "focus-1-4": FocusFormat.FOCUS_1_4}
"""By the word of the address."""


@page(Permission.COSTS_READ)
def export_focus(request: MemberRequest, focus: str, kind: str) -> StreamingHttpResponse:
    """A CSV file for people: no text of it is a formula. Programs take Parquet, or the API's, which are exact."""
    if focus not in FORMATS or kind not in set(ExportKind):
        raise Http404
    return _send(request, FORMATS[focus], ExportKind(kind), name=focus)


@page(Permission.COSTS_READ)
def export_charges(request: MemberRequest) -> StreamingHttpResponse:
    return _send(request, FocusFormat.FOCUS_1_4, ExportKind.CSV, name="charges")


def _send(request: MemberRequest, format_: FocusFormat, kind: ExportKind, *, name: str) -> StreamingHttpResponse:
    organization_id = request.principal.organization_id
    asked = read_cost_page(request, get_organization(organization_id))
    question = asked.ask_charges(read_step_of(request, asked))
    pieces = start_export(organization_id, question, format_, kind, texts=Texts.ESCAPED)
    response = StreamingHttpResponse(pieces, content_type=kind.media_type)
    response["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return response
