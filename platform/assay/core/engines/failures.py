"""A start-up step that failed, told as one sentence with what to do."""


class StartFailed(Exception):
    """Shown to the person at the terminal as it stands."""
