"""The states that experiments, runs and logged models pass through."""

from enum import StrEnum


class LifecycleStage(StrEnum):
    """Deletion is soft: a deleted thing keeps everything and refuses writes."""

    ACTIVE = "active"
    DELETED = "deleted"


class Visibility(StrEnum):
    """Which lifecycle stages a list shows."""

    ACTIVE_ONLY = "ACTIVE_ONLY"
    DELETED_ONLY = "DELETED_ONLY"
    ALL = "ALL"

    @property
    def stages(self) -> tuple[LifecycleStage, ...]:
        if self is Visibility.ALL:
            return tuple(LifecycleStage)
        return (LifecycleStage.ACTIVE if self is Visibility.ACTIVE_ONLY else LifecycleStage.DELETED,)


class RunStatus(StrEnum):
    """lost: said to run, and not heard of for too long; its next write makes it running again."""

    RUNNING = "RUNNING"
    SCHEDULED = "SCHEDULED"
    FINISHED = "FINISHED"
    FAILED = "FAILED"
    KILLED = "KILLED"
    LOST = "LOST"

    @property
    def is_terminal(self) -> bool:
        return self not in (RunStatus.RUNNING, RunStatus.SCHEDULED)


class ModelStatus(StrEnum):
    """pending: its files are being written; ready: they are complete; upload_failed: they never will be."""

    PENDING = "pending"
    READY = "ready"
    UPLOAD_FAILED = "upload_failed"


class ModelRole(StrEnum):
    """What a logged model is to a run."""

    INPUT = "input"
    OUTPUT = "output"


class TraceState(StrEnum):
    """unspecified: the client did not say."""

    UNSPECIFIED = "UNSPECIFIED"
    IN_PROGRESS = "IN_PROGRESS"
    OK = "OK"
    ERROR = "ERROR"
