"""The registry by protocol: MLflow's, and /api/v1."""
