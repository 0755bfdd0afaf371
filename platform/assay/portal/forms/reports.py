"""The form of a report subscription."""

import re

from django import forms

from assay.costs.domain.basis import Basis
from assay.reports.domain.subscriptions import DayName, SubscriptionDraft
from assay.reports.domain.weeks import SendTime


class SubscriptionForm(forms.Form):
    recipients = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 2, "placeholder": "ada@example.com, ben@example.com"}),
        help_text="E-mail addresses, separated by commas or lines.",
    )
    weekday = forms.ChoiceField(choices=[(day.value, day.value.capitalize()) for day in DayName], initial=DayName.MONDAY.value)
    hour = forms.TypedChoiceField(choices=[(str(hour), f"{hour:02}:00") for hour in range(24)], coerce=int, initial="8")
    basis = forms.ChoiceField(choices=[(basis.value, f"{basis.value.capitalize()} cost") for basis in Basis])

    def draft(self) -> SubscriptionDraft:
        values = self.cleaned_data
        return SubscriptionDraft(
            recipients=tuple(part for part in re.split(r"[\s,;]+", values["recipients"]) if part),
            send_time=SendTime(DayName(values["weekday"]).weekday, values["hour"]),
            basis=Basis(values["basis"]),
        )
