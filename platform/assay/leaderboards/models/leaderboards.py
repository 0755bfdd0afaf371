from django.db import models

from assay.core.clock import now
from assay.core.tenancy import TenantModel
from assay.leaderboards.domain.rankings import Direction


class Leaderboard(TenantModel):
    """A saved ranking of an experiment's runs by a metric, beside what they cost."""

    name = models.CharField(max_length=200)
    experiment = models.ForeignKey("tracking.Experiment", on_delete=models.CASCADE, related_name="leaderboards")
    metric = models.CharField(max_length=250)
    direction = models.CharField(max_length=8)
    filter = models.TextField(blank=True)
    created_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "name"], name="leaderboard_name_unique"),
            models.CheckConstraint(
                condition=models.Q(direction__in=[direction.value for direction in Direction]),
                name="leaderboard_direction_known",
            ),
        ]

    def __str__(self) -> str:
        return self.name
