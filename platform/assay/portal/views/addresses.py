"""What views read from a URL."""

from collections.abc import Sequence
from urllib.parse import urlsplit
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


def read_ids(texts: Sequence[str], *, most: int) -> list[UUID]:
    """Each once, in their order. raises: Invalid for none, too many, or what is no id."""
    try:
        ids = list(dict.fromkeys(UUID(text) for text in texts))
    except ValueError as error:
        raise Invalid("Something that is no run was chosen: reload the page and choose again.") from error
    if not 1 <= len(ids) <= most:
        raise Invalid(f"Choose 1 to {most} runs, not {len(ids)}.")
    return ids


def read_return(request: HttpRequest, *, otherwise: str) -> str:
    """Where a posted change leads back to: the path that the page names, never another site."""
    target = request.POST.get("next", "")
    parts = (
        urlsplit(target) if target.startswith("/") and not target.startswith(("//", "/\\")) and target.isprintable() else None
    )
    return target if parts and not parts.netloc and not parts.scheme else otherwise
