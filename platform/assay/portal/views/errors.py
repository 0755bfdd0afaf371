"""Pages for what Django itself refuses; errors of Assay are answered by core.http."""

from django.http import HttpRequest, HttpResponse

from assay.core.http import render_error


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render_error(request, 400, "The request could not be read. Go back, reload the page and try again.")


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render_error(request, 403, "This is not open to you. Ask an owner or admin of the organization.")


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render_error(request, 403, "The form is too old or came from another site. Go back, reload the page, send it again.")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render_error(request, 404, "There is nothing at this address, or it belongs to another organization.")


def failed(request: HttpRequest) -> HttpResponse:
    return render_error(request, 500, "Something went wrong on our side. Nothing you entered was half saved.")
