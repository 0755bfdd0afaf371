"""Charts as an answer to a script: large, so encoded by msgspec."""

from collections.abc import Mapping

import msgspec
from django.http import HttpResponse

from assay.portal.domain.curves import CurvesBody


def answer_charts(charts: Mapping[str, CurvesBody], *, live: bool, known: int) -> HttpResponse:
    """live: whether to ask again. known: how many metrics there are, so that a new one is noticed."""
    body = msgspec.json.encode({"live": live, "known": known, "charts": charts})
    return HttpResponse(body, content_type="application/json")
