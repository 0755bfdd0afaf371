"""Forms of the organization's settings."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any
from zoneinfo import available_timezones

from django import forms

from assay.accounts.domain.organizations import MOST_SILENT_RUN_HOURS
from assay.accounts.domain.roles import Permission, Role
from assay.accounts.domain.teams import TeamView

INDENT = "\N{NO-BREAK SPACE}" * 4
LIFETIMES_DAYS = {"30": "30 days", "90": "90 days", "365": "1 year"}
SCOPE_LABELS = {
    Permission.TRACKING_READ: "Read experiments, runs and sweeps",
    Permission.TRACKING_WRITE: "Log runs",
    Permission.TUNING_WRITE: "Start and stop sweeps",
    Permission.COSTS_READ: "Read the bill",
    Permission.COSTS_WRITE: "Import bills",
    Permission.MEMBERS_MANAGE: "Manage members",
    Permission.SETTINGS_MANAGE: "Change settings",
}


class OrganizationForm(forms.Form):
    name = forms.CharField(max_length=200)
    timezone = forms.ChoiceField(label="Time zone", help_text="Days and months of reports begin at its midnight.")

    silent_run_hours = forms.IntegerField(
        label="A silent run is lost after (hours)",
        min_value=1,
        max_value=MOST_SILENT_RUN_HOURS,
        help_text="Of clients that send no heartbeats, such as plain MLflow. A lost run costs nothing after it was last heard of; "
        "its next metric brings it back.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["timezone"].choices = [(name, name) for name in sorted(available_timezones())]  # type: ignore[attr-defined]  # a ChoiceField


class InvitationForm(forms.Form):
    email = forms.EmailField(label="E-mail")
    role = forms.ChoiceField(choices=[(role.value, role.value.capitalize()) for role in Role if role is not Role.OWNER])
    team = forms.UUIDField(required=False, widget=forms.Select)

    def __init__(self, *args: Any, teams: Sequence[TeamView], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].initial = Role.ENGINEER.value
        self.fields["team"].widget.choices = team_choices(teams)


class TeamForm(forms.Form):
    name = forms.CharField(max_length=200)
    parent = forms.UUIDField(required=False, widget=forms.Select, label="Below")

    def __init__(self, *args: Any, teams: Sequence[TeamView], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parent"].widget.choices = team_choices(teams, none="The top")


class TokenForm(forms.Form):
    name = forms.CharField(max_length=200, help_text="Where it is used, so that you know it again.")
    lifetime = forms.TypedChoiceField(
        choices=list(LIFETIMES_DAYS.items()), initial="90", coerce=lambda days: timedelta(days=int(days)), label="Ends after"
    )
    scopes = forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple, label="May")

    def __init__(self, *args: Any, permissions: Iterable[Permission], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        allowed = [permission for permission in Permission if permission in set(permissions)]
        field = self.fields["scopes"]
        field.choices = [(one.value, SCOPE_LABELS[one]) for one in allowed]  # type: ignore[attr-defined]  # a choice field
        field.initial = [one.value for one in allowed if one.value.startswith(("tracking", "tuning"))]


def team_choices(teams: Sequence[TeamView], *, none: str = "No team") -> list[tuple[str, str]]:
    return [("", none), *((str(team.id), f"{INDENT * team.depth}{team.name}") for team in teams)]
