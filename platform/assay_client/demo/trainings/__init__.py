"""Real trainings on the data sets that scikit-learn ships, logged through the unmodified mlflow client.

The models and their metrics are real. The clock is not: each run's start and end, and the times of its explicitly logged
points, are shifted into the bill's months and stretched to the length that such a job would take on the machine it claims.
docs/demo-bill.md says so too.
"""

from assay_client.demo.trainings.orders import Trained, TrainingOrder, train
from assay_client.demo.trainings.registration import register_best

__all__ = ["Trained", "TrainingOrder", "register_best", "train"]
