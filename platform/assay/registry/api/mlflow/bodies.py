"""What requests hold. Unknown fields are ignored; what must be there is asked for by `require`."""

from msgspec import Struct, field

from assay.tracking.api.mlflow.bodies import Pair


class OneModel(Struct):
    name: str | None = None


class CreateModel(OneModel):
    tags: list[Pair] = field(default_factory=list)
    description: str | None = None


class RenameModel(OneModel):
    new_name: str | None = None


class DescribeModel(OneModel):
    description: str | None = None


class ModelTag(OneModel):
    key: str | None = None
    value: str | None = None


class LatestVersions(OneModel):
    stages: list[str] = field(default_factory=list)


class Search(Struct):
    filter: str | None = None
    max_results: int | None = None
    order_by: list[str] = field(default_factory=list)
    page_token: str | None = None


class OneAlias(OneModel):
    alias: str | None = None


class SetAlias(OneAlias):
    version: str | None = None


class CreateVersion(OneModel):
    source: str | None = None
    run_id: str | None = None
    tags: list[Pair] = field(default_factory=list)
    run_link: str | None = None
    description: str | None = None
    model_id: str | None = None


class OneVersion(OneModel):
    version: str | None = None


class DescribeVersion(OneVersion):
    description: str | None = None


class StageVersion(OneVersion):
    stage: str | None = None
    archive_existing_versions: bool = False


class VersionTag(OneVersion):
    key: str | None = None
    value: str | None = None


class WebhookEvent(Struct):
    entity: str | None = None
    action: str | None = None


class CreateWebhook(Struct):
    name: str | None = None
    description: str | None = None
    url: str | None = None
    events: list[WebhookEvent] = field(default_factory=list)
    secret: str | None = None
    status: str | None = None


class ListWebhooks(Struct):
    max_results: int | None = None
    page_token: str | None = None


class TestWebhook(Struct):
    event: WebhookEvent | None = None
