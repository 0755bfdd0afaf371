"""The processes that work in the background: Celery's, and the one that executes a trial's command."""
