"""What runs are shown to cost, kept beside the reckonings it follows from: lists of 100,000 runs are ordered and added up by it."""

from django.db import models
from django.db.models import Q

from assay.core.tenancy import TenantModel
from assay.costs.domain.run_costs import RunCostState


class RunFigure(TenantModel):
    """One amount of what a run is shown to cost; derived, and written by services.figures alone.

    place: 0 for the figure to show, which every run that names a machine has; then actual charges in further currencies.
    amount: None when there is none, and while the run runs: it then costs per_hour since started_at.
    """

    run = models.ForeignKey("tracking.Run", on_delete=models.CASCADE, related_name="+", db_index=False)
    experiment = models.ForeignKey("tracking.Experiment", on_delete=models.CASCADE, related_name="+")
    place = models.SmallIntegerField(default=0)
    state = models.CharField(max_length=11, choices=[(state.value, state.value) for state in RunCostState])
    currency = models.CharField(max_length=3, blank=True, default="")
    amount = models.DecimalField(max_digits=33, decimal_places=15, null=True)
    is_live = models.BooleanField(default=False)
    per_hour = models.DecimalField(max_digits=33, decimal_places=15, null=True)
    started_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "place"], name="run_figure_once"),
            models.CheckConstraint(condition=Q(is_live=False) | Q(amount=None), name="run_figure_live_has_no_amount"),
        ]
