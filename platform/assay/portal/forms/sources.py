"""Forms of billing sources."""

from typing import Any

from django import forms

from assay.costs.domain.sources import MOST_POLL_MINUTES, SourceChange, SourceKind, SourceView

EVERY = {"0": "on demand only", "15": "every 15 minutes", "60": "every hour", "360": "every 6 hours", "1440": "every day"}


class SourceForm(forms.Form):
    name = forms.CharField(max_length=200, help_text="What keeps restating the same months, such as aws-payer.")
    path = forms.CharField(
        required=False, max_length=500, label="Folder", widget=forms.TextInput(attrs={"placeholder": "aws/focus-daily"})
    )
    bucket = forms.CharField(required=False, max_length=63, widget=forms.TextInput(attrs={"placeholder": "my-billing-exports"}))
    prefix = forms.CharField(  # type: ignore[assignment]  # fields are kept apart from the form's own attributes
        required=False,
        max_length=900,
        help_text="Of one export: what it was given as its S3 path prefix and name.",
        widget=forms.TextInput(attrs={"placeholder": "exports/focus-daily"}),
    )
    region = forms.CharField(required=False, max_length=32, widget=forms.TextInput(attrs={"placeholder": "eu-central-1"}))
    connection_id = forms.TypedChoiceField(required=False, label="Read as", coerce=lambda text: text or None, empty_value=None)
    poll_minutes = forms.TypedChoiceField(coerce=int, initial="60", label="Look for deliveries")

    def __init__(
        self,
        *args: Any,
        kind: SourceKind,
        bills_folder: str = "",
        connections: list[tuple[str, str]] | None = None,
        source: SourceView | None = None,
        **kwargs: Any,
    ) -> None:
        """bills_folder: of the organization on the server. connections: (id, name). source: the one that is changed."""
        if source is not None:
            minutes = str(source.poll_minutes or 0)
            initial = {**source.location, "name": source.name, "poll_minutes": minutes, "connection_id": source.connection_id}
            kwargs.setdefault("initial", initial)
        super().__init__(*args, **kwargs)
        self.kind = kind
        dropped = {
            SourceKind.UPLOAD: ("path", "bucket", "prefix", "region", "connection_id", "poll_minutes"),
            SourceKind.FOLDER: ("bucket", "prefix", "region", "connection_id"),
            SourceKind.S3: ("path",),
        }
        for name in dropped[kind]:
            del self.fields[name]
        if "path" in self.fields:
            self.fields["path"].help_text = f"Below {bills_folder} on the server; empty for all of it."
        if "poll_minutes" in self.fields:
            current = str(source.poll_minutes or 0) if source is not None else "60"
            choices = EVERY if current in EVERY else {current: f"every {current} minutes", **EVERY}
            self.fields["poll_minutes"].choices = list(choices.items())  # type: ignore[attr-defined]  # a choice field
        if "bucket" in self.fields:
            self.fields["bucket"].required = True
            known = [("", "Assay's own credentials"), *(connections or [])]
            self.fields["connection_id"].choices = known  # type: ignore[attr-defined]  # a choice field

    def to_change(self) -> SourceChange:
        """Of a valid form."""
        values = self.cleaned_data
        names = ("path",) if self.kind is SourceKind.FOLDER else ("bucket", "prefix", "region")
        location = {name: values[name] for name in names if name in values} if self.kind.is_polled else None
        minutes = values.get("poll_minutes")
        return SourceChange(
            name=values["name"],
            location=location,
            connection_id=values.get("connection_id"),
            poll_minutes=None if minutes is None else min(minutes, MOST_POLL_MINUTES),
        )
