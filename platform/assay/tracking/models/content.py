"""What a run holds beyond metrics, params and tags. A note is the tag `mlflow.note.content`."""

from django.db import models

from assay.core.clock import now
from assay.tracking.domain.content import EVENT_NAME_LENGTH, ConsoleStream, EventKind
from assay.tracking.models.keyed import KeyedRow
from assay.tracking.models.runs import Run


class RunEvent(KeyedRow):
    """A stage that begins, or a milestone. key: made by the client."""

    pk = models.CompositePrimaryKey("run_id", "key")
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="events", db_index=False)
    key = models.UUIDField()
    kind = models.CharField(max_length=9)
    name = models.CharField(max_length=EVENT_NAME_LENGTH)
    at = models.DateTimeField()
    step = models.BigIntegerField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(kind__in=list(EventKind)), name="run_event_kind_known")]

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


class ConsoleLog(KeyedRow):
    """How far a run's console has come. Written with the run locked.

    last_sequence: of the newest chunk. stdout_bytes, stderr_bytes: received, so the offset that is expected next.
    head_sequence: of the last chunk of the head, which is always kept. dropped_sequence: of the last chunk dropped after it, 0
    while none was.
    """

    run = models.OneToOneField(Run, on_delete=models.CASCADE, primary_key=True, related_name="console_log")
    last_sequence = models.BigIntegerField(default=0)
    stdout_bytes = models.BigIntegerField(default=0)
    stderr_bytes = models.BigIntegerField(default=0)
    kept_bytes = models.BigIntegerField(default=0)
    head_sequence = models.BigIntegerField(default=0)
    dropped_sequence = models.BigIntegerField(default=0)
    dropped_bytes = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"console of {self.run_id}"


class ConsoleChunk(KeyedRow):
    """A piece of a run's output. offset: of its first byte in its stream. size_bytes: of its UTF-8 as it was sent."""

    pk = models.CompositePrimaryKey("run_id", "sequence")
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="console_chunks", db_index=False)
    sequence = models.BigIntegerField()
    stream = models.CharField(max_length=6)
    offset = models.BigIntegerField()
    size_bytes = models.IntegerField()
    text = models.TextField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(stream__in=list(ConsoleStream)), name="console_chunk_stream_known")
        ]

    def __str__(self) -> str:
        return f"{self.stream} {self.offset}"


class SourceSnapshot(KeyedRow):
    """The code and surroundings of a run's latest start; fields as in domain.content.Source."""

    run = models.OneToOneField(Run, on_delete=models.CASCADE, primary_key=True, related_name="source")
    commit = models.CharField(max_length=64, blank=True)
    branch = models.TextField(blank=True)
    remote = models.TextField(blank=True)
    is_dirty = models.BooleanField(null=True)
    diff = models.TextField(blank=True)
    diff_omitted_bytes = models.BigIntegerField(default=0)
    command = models.TextField(blank=True)
    entry_point = models.TextField(blank=True)
    folder = models.TextField(blank=True)
    host = models.TextField(blank=True)
    operating_system = models.TextField(blank=True)
    python_version = models.TextField(blank=True)
    packages = models.JSONField(default=dict)
    packages_digest = models.CharField(max_length=64, blank=True)
    recorded_at = models.DateTimeField(default=now)

    def __str__(self) -> str:
        return self.commit or self.command
