"""Forms of webhooks. A secret is written and never read back."""

from typing import Any

from django import forms

from assay.registry.domain.webhooks import (
    DESCRIPTION_LENGTH,
    NAME_LENGTH,
    SECRET_LENGTH,
    URL_LENGTH,
    Event,
    WebhookChange,
    WebhookView,
)

EVENT_LABELS = {
    Event.MODEL_CREATED: "A model was registered",
    Event.VERSION_CREATED: "A version was registered",
    Event.VERSION_TAG_SET: "A tag of a version was set",
    Event.VERSION_TAG_DELETED: "A tag of a version was removed",
    Event.ALIAS_CREATED: "An alias was set",
    Event.ALIAS_DELETED: "An alias was removed",
    Event.PROMPT_CREATED: "A prompt was registered",
    Event.PROMPT_VERSION_CREATED: "A version of a prompt was registered",
    Event.PROMPT_TAG_SET: "A tag of a prompt was set",
    Event.PROMPT_TAG_DELETED: "A tag of a prompt was removed",
    Event.PROMPT_VERSION_TAG_SET: "A tag of a prompt's version was set",
    Event.PROMPT_VERSION_TAG_DELETED: "A tag of a prompt's version was removed",
    Event.PROMPT_ALIAS_CREATED: "An alias of a prompt was set",
    Event.PROMPT_ALIAS_DELETED: "An alias of a prompt was removed",
    Event.FINDING_CREATED: "A check found something new to save",
}
SECRET_HINT = "Signs each message, so that the receiver knows it is yours. It is stored encrypted and never shown."
KEPT_HINT = "One is set and is never shown; leave this empty to keep it."


class WebhookForm(forms.Form):
    name = forms.CharField(max_length=NAME_LENGTH, help_text="Letters, digits, dots, hyphens and underscores.")
    url = forms.CharField(
        max_length=URL_LENGTH, label="Address", widget=forms.URLInput(attrs={"placeholder": "https://example.com/hooks/models"})
    )
    description = forms.CharField(required=False, max_length=DESCRIPTION_LENGTH)
    secret = forms.CharField(
        required=False,
        strip=False,
        max_length=SECRET_LENGTH,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=SECRET_HINT,
    )
    unsigned = forms.BooleanField(required=False, label="Remove the secret: messages are not signed any more")
    events = forms.TypedMultipleChoiceField(
        choices=[(event.value, EVENT_LABELS[event]) for event in Event],
        coerce=Event,
        widget=forms.CheckboxSelectMultiple,
        label="Tell it when",
    )

    def __init__(self, *args: Any, webhook: WebhookView | None = None, **kwargs: Any) -> None:
        """webhook: the one that is changed; None for a new one."""
        super().__init__(*args, **kwargs)
        if webhook is not None and webhook.has_secret:
            self.fields["secret"].help_text = KEPT_HINT
            return
        del self.fields["unsigned"]

    def to_change(self) -> WebhookChange:
        """Of a valid form. An empty secret is left as it is."""
        values = self.cleaned_data
        secret = "" if values.get("unsigned") else values["secret"] or None
        return WebhookChange(
            name=values["name"],
            url=values["url"],
            events=tuple(values["events"]),
            description=values["description"],
            secret=secret,
        )


class TrialForm(forms.Form):
    event = forms.TypedChoiceField(coerce=Event, label="Example of")

    def __init__(self, *args: Any, webhook: WebhookView, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["event"].choices = [(event.value, EVENT_LABELS[event]) for event in webhook.events]  # type: ignore[attr-defined]  # a ChoiceField
