"""What views read from a URL."""

from uuid import UUID

from django.http import HttpRequest

from assay.core.errors import Invalid


def read_cursor(request: HttpRequest) -> UUID | None:
    """raises: Invalid when it is not one that a page handed out."""
    text = request.GET.get("cursor", "")
    try:
        return UUID(text) if text else None
    except ValueError as error:
        raise Invalid("This page of the list does not exist: start again from the first one.") from error
