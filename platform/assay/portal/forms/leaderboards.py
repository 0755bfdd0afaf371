"""The form of a leaderboard."""

from collections.abc import Sequence
from typing import Any

from django import forms

from assay.leaderboards.domain.rankings import Direction
from assay.tracking.domain.values import ExperimentView


class LeaderboardForm(forms.Form):
    name = forms.CharField(max_length=200)
    experiment = forms.UUIDField(widget=forms.Select)
    metric = forms.CharField(max_length=250, help_text="As the runs log it.")
    direction = forms.ChoiceField(
        choices=[(Direction.MAXIMIZE.value, "More is better"), (Direction.MINIMIZE.value, "Less is better")], label="Better"
    )
    filter = forms.CharField(
        required=False,
        help_text="Only runs that match, in the search grammar: params.kernel = 'rbf' and metrics.accuracy > 0.5",
    )

    def __init__(self, *args: Any, experiments: Sequence[ExperimentView], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["experiment"].widget.choices = [(str(one.id), one.name) for one in experiments]
        self.fields["metric"].widget.attrs["list"] = "metric-keys"
