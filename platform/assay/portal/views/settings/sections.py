"""The sections of settings that a member may open."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from assay.accounts.domain.roles import Permission
from assay.portal.permissions import MemberRequest


@dataclass(frozen=True, slots=True)
class Section:
    key: str
    label: str
    route: str
    permission: Permission | None = None


SECTIONS = (
    Section("organization", "Organization", "settings"),
    Section("members", "Members", "settings_members", Permission.MEMBERS_MANAGE),
    Section("teams", "Teams", "settings_teams", Permission.MEMBERS_MANAGE),
    Section("tokens", "API tokens", "settings_tokens"),
    Section("audit", "Audit log", "settings_audit", Permission.SETTINGS_MANAGE),
)


def render_section(request: MemberRequest, key: str, context: Mapping[str, Any]) -> HttpResponse:
    """A page of settings beside the list of those that the member may open."""
    open_to_member = [one for one in SECTIONS if one.permission is None or request.principal.may(one.permission)]
    current = next(one for one in SECTIONS if one.key == key)
    frame = {"section": "settings", "sections": open_to_member, "current": current}
    return render(request, f"settings/{key}.html", {**frame, **context})
