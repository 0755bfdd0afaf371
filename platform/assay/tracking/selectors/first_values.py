"""Where an experiment began: what its later runs are measured against."""

from uuid import UUID

from assay.tracking.domain.states import LifecycleStage
from assay.tracking.models import LatestMetric


def find_first_value(organization_id: UUID, experiment_id: UUID, key: str) -> float | None:
    """Latest value of a metric in the first active run of the experiment that has it."""
    rows = LatestMetric.objects.filter(
        organization_id=organization_id, experiment_id=experiment_id, key=key, run__lifecycle_stage=LifecycleStage.ACTIVE
    )
    return rows.order_by("run__started_at", "run_id").values_list("value", flat=True).first()
