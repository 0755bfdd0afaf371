"""What the registry refuses. details carry the names, so that each protocol can say it in its own words."""

from uuid import UUID

from assay.core.errors import Conflict, Invalid, NotFound


class ModelNotFound(NotFound):
    def __init__(self, name: str | UUID) -> None:
        super().__init__(f"There is no registered model {str(name)!r} in this organization.", name=str(name))


class VersionNotFound(NotFound):
    def __init__(self, name: str, version: int | str) -> None:
        super().__init__(f"The registered model {name!r} has no version {version}.", name=name, version=str(version))


class AliasNotFound(NotFound):
    def __init__(self, name: str, alias: str) -> None:
        super().__init__(f"The registered model {name!r} has no alias {alias!r}.", name=name, alias=alias)


class WebhookNotFound(NotFound):
    def __init__(self, webhook_id: UUID | str) -> None:
        super().__init__(f"There is no webhook {webhook_id} in this organization.", webhook_id=str(webhook_id))


class NameTaken(Conflict):
    """details: name; holder and wanted: `Registered Model` or `Prompt`, since both share one room of names."""

    def __init__(self, name: str, *, holder: str, wanted: str) -> None:
        same = f"{wanted} (name={name}) already exists."
        other = f"The name {name!r} cannot be given to a {wanted.lower()}: a {holder.lower()} has it. Choose another name."
        super().__init__(same if holder == wanted else other, name=name, field="name")


class SourceRefused(Invalid):
    """A version may point only into what it says it comes from."""

    def __init__(self, source: str, reason: str) -> None:
        super().__init__(f"Invalid model version source: '{source}'. {reason}", field="source")
