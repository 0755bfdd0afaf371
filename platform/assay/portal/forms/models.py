"""Forms of registered models and their versions."""

from collections.abc import Sequence
from typing import Any

from django import forms

from assay.registry.domain.names import ALIAS_LENGTH, DESCRIPTION_LENGTH
from assay.registry.domain.stages import Stage


class DescriptionForm(forms.Form):
    description = forms.CharField(
        required=False, max_length=DESCRIPTION_LENGTH, strip=True, widget=forms.Textarea(attrs={"rows": 3})
    )


class AliasForm(forms.Form):
    alias = forms.CharField(max_length=ALIAS_LENGTH, widget=forms.TextInput(attrs={"placeholder": "champion"}))
    version = forms.TypedChoiceField(coerce=int)

    def __init__(self, *args: Any, versions: Sequence[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["version"].choices = [(number, f"Version {number}") for number in versions]  # type: ignore[attr-defined]  # a ChoiceField


class StageForm(forms.Form):
    stage = forms.TypedChoiceField(choices=[(stage.value, stage.value) for stage in Stage], coerce=Stage)
    archive_others = forms.BooleanField(required=False, label="Archive the versions that are there now")
