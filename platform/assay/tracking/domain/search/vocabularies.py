"""What can be searched for: prefixes and attributes of runs, experiments and logged models."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum, auto

from assay.tracking.domain.search.clauses import MEMBERSHIP, NUMERIC, PRESENCE, TEXTUAL, Identifier, Kind, Operator


class Content(StrEnum):
    NUMBER = auto()
    TEXT = auto()


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """prefixes: what may stand before the point; attributes: content by name; aliases: other spellings of attributes.

    dataset_attributes, span_attributes: what datasets and spans have; spans also have attributes of their own (`attributes.<key>`).
    elsewhere: attributes that stand for something else. of_keys: how params and tags compare.
    not_offered: what may stand before the point elsewhere and not here, with the sentence that says so.
    """

    subject: str
    prefixes: Mapping[str, Kind]
    attributes: Mapping[str, Content]
    aliases: Mapping[str, str] = field(default_factory=dict)
    dataset_attributes: frozenset[str] = frozenset()
    span_attributes: frozenset[str] = frozenset()
    elsewhere: Mapping[str, Identifier] = field(default_factory=dict)
    not_offered: Mapping[str, str] = field(default_factory=dict)
    of_keys: frozenset[Operator] = TEXTUAL | PRESENCE

    def holds_numbers(self, identifier: Identifier) -> bool:
        if identifier.kind is Kind.ATTRIBUTE:
            return self.attributes[identifier.key] is Content.NUMBER
        return identifier.kind is Kind.METRIC

    def operators(self, identifier: Identifier) -> frozenset[Operator]:
        if self.holds_numbers(identifier):
            return NUMERIC
        return self.of_keys if identifier.kind in (Kind.PARAM, Kind.TAG, Kind.METADATA) else TEXTUAL | MEMBERSHIP


_ATTRIBUTE_PREFIXES = {"attribute": Kind.ATTRIBUTE, "attributes": Kind.ATTRIBUTE, "attr": Kind.ATTRIBUTE}
_TAG_PREFIXES = {"tag": Kind.TAG, "tags": Kind.TAG}

RUNS = Vocabulary(
    subject="runs",
    prefixes={
        **dict.fromkeys(("metric", "metrics"), Kind.METRIC),
        **dict.fromkeys(("param", "params", "parameter", "parameters"), Kind.PARAM),
        **_TAG_PREFIXES,
        **_ATTRIBUTE_PREFIXES,
        "run": Kind.ATTRIBUTE,
        **dict.fromkeys(("dataset", "datasets"), Kind.DATASET),
    },
    attributes={
        **dict.fromkeys(("run_id", "run_name", "status", "artifact_uri", "user_id"), Content.TEXT),
        **dict.fromkeys(("start_time", "end_time"), Content.NUMBER),
    },
    aliases={
        "created": "start_time",
        "Created": "start_time",
        "run name": "run_name",
        "Run name": "run_name",
        "Run Name": "run_name",
        "name": "run_name",
    },
    dataset_attributes=frozenset({"name", "digest", "context"}),
)

EXPERIMENTS = Vocabulary(
    subject="experiments",
    prefixes={**_TAG_PREFIXES, **_ATTRIBUTE_PREFIXES},
    attributes={
        **dict.fromkeys(("name", "experiment_id"), Content.TEXT),
        **dict.fromkeys(("creation_time", "last_update_time"), Content.NUMBER),
    },
)

LOGGED_MODELS = Vocabulary(
    subject="logged models",
    prefixes={"metrics": Kind.METRIC, "params": Kind.PARAM, "tags": Kind.TAG, "attributes": Kind.ATTRIBUTE},
    attributes={
        **dict.fromkeys(("name", "model_id", "model_type", "status", "source_run_id", "artifact_uri"), Content.TEXT),
        **dict.fromkeys(("creation_timestamp", "last_updated_timestamp"), Content.NUMBER),
    },
    aliases={
        "creation_timestamp_ms": "creation_timestamp",
        "creation_time": "creation_timestamp",
        "last_updated_timestamp_ms": "last_updated_timestamp",
    },
    of_keys=TEXTUAL | PRESENCE | MEMBERSHIP,
)

_NO_ASSESSMENTS = "are not offered: Assay keeps assessments with their trace and does not search in them."

TRACES = Vocabulary(
    subject="traces",
    prefixes={
        **_TAG_PREFIXES,
        **_ATTRIBUTE_PREFIXES,
        "trace": Kind.ATTRIBUTE,
        **dict.fromkeys(("metadata", "request_metadata"), Kind.METADATA),
        "span": Kind.SPAN,
    },
    attributes={
        **dict.fromkeys(("request_id", "name", "status", "client_request_id", "run_id", "experiment_id"), Content.TEXT),
        **dict.fromkeys(("timestamp_ms", "execution_time_ms", "end_time_ms"), Content.NUMBER),
    },
    aliases={
        "trace_id": "request_id",
        "state": "status",
        "timestamp": "timestamp_ms",
        "execution_time": "execution_time_ms",
        "end_time": "end_time_ms",
    },
    span_attributes=frozenset({"name", "type", "status", "content"}),
    elsewhere={"text": Identifier(Kind.SPAN, "content")},
    not_offered={
        "feedback": f"Searches by feedback {_NO_ASSESSMENTS}",
        "expectation": f"Searches by expectation {_NO_ASSESSMENTS}",
        "issue": "Searches by issue are not offered: Assay keeps no issues.",
        "prompt": "Searches by prompt are not offered: Assay keeps no links between traces and prompts.",
    },
)
