"""What can be searched for and sorted by in the registry, in tracking's search grammar."""

from assay.tracking.domain.search.clauses import Kind
from assay.tracking.domain.search.vocabularies import Content, Vocabulary

_PREFIXES = {"attribute": Kind.ATTRIBUTE, "attributes": Kind.ATTRIBUTE, "tag": Kind.TAG, "tags": Kind.TAG}
_TIMES = {"creation_timestamp": Content.NUMBER, "last_updated_timestamp": Content.NUMBER}

MODELS = Vocabulary(subject="registered models", prefixes=_PREFIXES, attributes={"name": Content.TEXT})
MODEL_ORDER = Vocabulary(
    subject="registered models",
    prefixes={"attribute": Kind.ATTRIBUTE, "attributes": Kind.ATTRIBUTE},
    attributes={"name": Content.TEXT, **_TIMES},
    aliases={"timestamp": "last_updated_timestamp"},
)
VERSIONS = Vocabulary(
    subject="model versions",
    prefixes=_PREFIXES,
    attributes={**dict.fromkeys(("name", "run_id", "source_path"), Content.TEXT), "version_number": Content.NUMBER},
)
VERSION_ORDER = Vocabulary(
    subject="model versions",
    prefixes={"attribute": Kind.ATTRIBUTE, "attributes": Kind.ATTRIBUTE},
    attributes={"name": Content.TEXT, "version_number": Content.NUMBER, **_TIMES},
)
