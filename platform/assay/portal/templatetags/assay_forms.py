"""Tables and forms that keep their state in the URL."""

from typing import Any

from django import template
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, FileInput, RadioSelect, Select
from django.http import QueryDict
from django.template.context import RequestContext
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from assay.portal.domain.tables import Column, Table

register = template.Library()


@register.inclusion_tag("components/_field.html")
def field(bound: BoundField) -> dict[str, Any]:
    """A form field with label, hint and errors in their places."""
    widget = bound.field.widget
    if isinstance(widget, CheckboxSelectMultiple | RadioSelect):
        return {"field": bound, "kind": "checks"}
    if isinstance(widget, CheckboxInput):
        return {"field": bound, "kind": "checkbox", "control": bound.as_widget(attrs={"class": "form-check-input"})}
    look = "form-select" if isinstance(widget, Select) else "form-control"
    attributes: dict[str, str | bool] = {"class": f"{look} is-invalid" if bound.errors else look}
    if isinstance(widget, FileInput):
        attributes["data-file-field"] = "yes"
    return {"field": bound, "kind": "line", "control": bound.as_widget(attrs=attributes)}


@register.simple_tag(takes_context=True)
def kept_fields(context: RequestContext, *without: str) -> SafeString:
    """Hidden inputs that carry the rest of the URL through a GET form."""
    query: QueryDict = context["request"].GET
    pairs = ((name, value) for name, values in query.lists() if name not in without for value in values)
    return format_html_join("", '<input type="hidden" name="{}" value="{}">', pairs)


@register.inclusion_tag("components/_header.html", takes_context=True)
def header(context: RequestContext, table: Table, column: Column) -> dict[str, Any]:
    """A column's head; a click sorts by it and keeps everything else."""
    href = ""
    if column.sortable:
        query = context["request"].GET.copy()
        query["sort"] = table.next_sort(column).token
        query.pop("page", None)
        query.pop("cursor", None)
        href = f"?{query.urlencode()}"
    order = ""
    if table.sort is not None and table.sort.key == column.key:
        order = "descending" if table.sort.descending else "ascending"
    return {"column": column, "href": href, "sorted": order}


@register.simple_tag
def option(value: str, label: str, chosen: object) -> SafeString:
    return format_html('<option value="{}"{}>{}</option>', value, " selected" if value == str(chosen) else "", label)
