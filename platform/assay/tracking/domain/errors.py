"""What tracking refuses. details carry the ids, so that each protocol can say it in its own words."""

from uuid import UUID

from assay.core.errors import Conflict, Invalid, NotFound


class ExperimentNotFound(NotFound):
    def __init__(self, experiment: UUID | int) -> None:
        super().__init__(f"There is no experiment {experiment} in this organization.", experiment=str(experiment))


class ExperimentNameUnknown(NotFound):
    def __init__(self, name: str) -> None:
        super().__init__(f"There is no experiment named {name!r} in this organization.", name=name)


class RunNotFound(NotFound):
    def __init__(self, run_id: UUID | str) -> None:
        shown = run_id.hex if isinstance(run_id, UUID) else run_id
        super().__init__(f"There is no run {shown} in this organization.", run_id=shown)


class LoggedModelNotFound(NotFound):
    def __init__(self, model_id: UUID | str) -> None:
        shown = f"m-{model_id.hex}" if isinstance(model_id, UUID) else model_id
        super().__init__(f"There is no logged model {shown} in this organization.", model_id=shown)


class TraceNotFound(NotFound):
    def __init__(self, trace_id: str) -> None:
        super().__init__(f"There is no trace {trace_id} in this organization.", trace_id=trace_id)


class TagNotFound(NotFound):
    """details: kind and shown_id of what would carry it, key."""

    def __init__(self, kind: str, shown_id: str, *, key: str) -> None:
        super().__init__(f"The {kind} {shown_id} has no tag {key!r}.", kind=kind, shown_id=shown_id, key=key)


class ArtifactNotFound(NotFound):
    """details: path."""

    def __init__(self, path: str) -> None:
        super().__init__(f"There is no artifact {path!r}.", path=path)


class UploadNotFound(NotFound):
    """An upload in parts that never began, was aborted, or has expired. details: path."""

    def __init__(self, path: str) -> None:
        super().__init__(f"There is no open upload of {path!r} with this id: begin it again.", path=path)


class ExperimentNameTaken(Conflict):
    def __init__(self, name: str) -> None:
        super().__init__(f"An experiment named {name!r} already exists; it may be a deleted one.", name=name)


class NotActive(Conflict):
    """A deleted run or experiment refuses writes; an active one cannot be restored. details: kind, shown id, required, stage."""

    def __init__(self, kind: str, shown_id: str, *, required: str, stage: str) -> None:
        super().__init__(
            f"The {kind} {shown_id} is {stage}; this needs it {required}.",
            kind=kind,
            shown_id=shown_id,
            required=required,
            stage=stage,
        )


class UndoExpired(Conflict):
    def __init__(self, kind: str, name: str) -> None:
        super().__init__(
            f"The {kind} {name!r} was deleted more than 7 days ago and is being removed for good.", kind=kind, name=name
        )


class ParamsFixed(Conflict):
    """conflicts: [{key, old_value, new_value}], also in details, with run_id (hex)."""

    def __init__(self, run_id: UUID, conflicts: list[dict[str, str]]) -> None:
        keys = ", ".join(repr(conflict["key"]) for conflict in conflicts)
        super().__init__(
            f"Params are written once; run {run_id.hex} already has another value for {keys}. Nothing of the batch was stored.",
            run_id=run_id.hex,
            conflicts=conflicts,
        )
        self.conflicts = conflicts


class ConsoleGap(Conflict):
    """Output between what was received and what is sent is missing. details: run_id (hex), stream, offset, expected."""

    def __init__(self, run_id: UUID, stream: str, *, offset: int, expected: int) -> None:
        super().__init__(
            f"The {stream} of run {run_id.hex} was received up to byte {expected}, so a chunk cannot begin at byte {offset}: "
            f"send it from byte {expected} on. Nothing of this request was stored.",
            run_id=run_id.hex,
            stream=stream,
            offset=offset,
            expected=expected,
        )


class SourceNotFound(NotFound):
    def __init__(self, run_id: UUID) -> None:
        super().__init__(f"No source was recorded for run {run_id.hex}.", run_id=run_id.hex)


class FilterRefused(Invalid):
    """A search or its order cannot be understood, or asks what does not exist."""


class SearchNotOffered(FilterRefused):
    """A search asks for what other servers of the same grammar know and Assay does not keep."""


class PageTokenRefused(Invalid):
    def __init__(self) -> None:
        super().__init__("Invalid page token, take next_page_token of the page before, with the same search and order.")


class PathRefused(Invalid):
    def __init__(self, path: str) -> None:
        super().__init__(f"Invalid path {path!r}: it must name something below the artifact root, without `..`.", path=path)
