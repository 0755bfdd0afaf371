"""Posted changes: done with a note, or refused with the reason."""

from collections.abc import Callable

from django.contrib import messages
from django.forms import Form

from assay.core.errors import AssayError, NotFound
from assay.portal.permissions import MemberRequest


def perform(request: MemberRequest, act: Callable[[], object], *, done: str = "") -> bool:
    """Do it and say so; an error that the person can mend becomes a note. returns: whether it was done. raises: NotFound.

    done: what to say; empty when the caller says it.
    """
    try:
        act()
    except AssayError as error:
        if error.status >= 500 or isinstance(error, NotFound):
            raise
        messages.error(request, error.message)
        return False
    if done:
        messages.success(request, done)
    return True


def apply_form(form: Form, act: Callable[[], object]) -> bool:
    """Do it when the form is valid; a refusal stands beside its field. returns: whether it was done."""
    if not form.is_valid():
        return False
    try:
        act()
    except AssayError as error:
        if error.status >= 500:
            raise
        field = str(error.details.get("field", ""))
        form.add_error(field if field in form.fields else None, error.message)
        return False
    return True
