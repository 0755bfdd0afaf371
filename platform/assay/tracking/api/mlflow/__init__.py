"""The protocol of the MLflow client: its bodies, its words, its errors. Everything else is in services and selectors."""
