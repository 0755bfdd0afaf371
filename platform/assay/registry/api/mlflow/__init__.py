"""MLflow's model registry and its webhooks, on the kernel of tracking's adapter."""
