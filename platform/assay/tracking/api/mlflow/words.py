"""Where the protocol's words differ from ours: reserved tags, addresses of artifacts, names in searches."""

import re
from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

import msgspec

from assay.tracking.domain.artifacts import OWN_STORE
from assay.tracking.domain.search.clauses import Comparison, Identifier, Kind, Operator, Value, satisfies
from assay.tracking.domain.search.parser import parse_order, parse_search
from assay.tracking.domain.search.vocabularies import LOGGED_MODELS as MODELS
from assay.tracking.domain.search.vocabularies import RUNS, TRACES, Vocabulary
from assay.tracking.domain.states import RunStatus

RUN_NAME = "mlflow.runName"
TRACE_NAME = "mlflow.traceName"
USER = "mlflow.user"
DATASET_CONTEXT = "mlflow.data.context"
LOGGED_MODELS = "mlflow.log-model.history"
MODEL_VERSIONS = "mlflow.modelVersions"
WIRE_STORE = "mlflow-artifacts:/"
_RUN_ID = re.compile(r"[0-9a-f]{32}")


class _Registration(msgspec.Struct):
    name: str
    version: str | int


def to_wire_uri(uri: str) -> str:
    """The client sends what lies in our store through us, with its own credentials."""
    return f"{WIRE_STORE}{uri.removeprefix(OWN_STORE)}" if uri.startswith(OWN_STORE) else uri


def from_wire_uri(uri: str) -> str:
    return f"{OWN_STORE}{uri.removeprefix(WIRE_STORE).lstrip('/')}" if uri.startswith(WIRE_STORE) else uri


def read_model_versions(text: str) -> list[dict[str, str]]:
    """What a logged model was registered as: [{name, version}], each once. The tag is the client's to write too."""
    try:
        found = msgspec.json.decode(text or "[]", type=list[_Registration])
    except msgspec.DecodeError:
        return []
    known = dict.fromkeys((one.name, str(one.version)) for one in found)
    return [{"name": name, "version": version} for name, version in known]


def write_status(status: RunStatus) -> str:
    """The protocol has no word for a lost run; its clients see one that failed."""
    return str(RunStatus.FAILED if status is RunStatus.LOST else status)


def find_run_id(text: str) -> UUID | None:
    """A run's id as the protocol writes it, or None when this is none."""
    return UUID(text) if _RUN_ID.fullmatch(text) else None


def find_model_id(text: str) -> UUID | None:
    """As find_run_id, of a logged model."""
    return find_run_id(text.removeprefix("m-")) if text.startswith("m-") else None


def translate_search(text: str | None, vocabulary: Vocabulary) -> str:
    """A run's name is its own attribute with us and a tag in the protocol; addresses differ by their beginning."""
    return " AND ".join(str(_translate(clause, vocabulary)) for clause in parse_search(text or "", vocabulary))


def translate_order(terms: list[str], vocabulary: Vocabulary) -> tuple[str, ...]:
    order = parse_order(terms, vocabulary)
    return tuple(str(replace(term, identifier=_rename(term.identifier, vocabulary))) for term in order)


def _translate(clause: Comparison, vocabulary: Vocabulary) -> Comparison:
    clause = replace(clause, identifier=_rename(clause.identifier, vocabulary))
    if clause.identifier.kind is not Kind.ATTRIBUTE:
        return clause
    if clause.identifier.key == "artifact_uri":
        return replace(clause, value=_map_texts(clause.value, from_wire_uri))
    if clause.identifier.key == "status" and vocabulary is RUNS:
        return _translate_status(clause)
    if clause.identifier.key == "status" and vocabulary is MODELS:
        return replace(clause, value=_map_texts(clause.value, lambda text: text.removeprefix("LOGGED_MODEL_").lower()))
    return clause


def _translate_status(clause: Comparison) -> Comparison:
    """What a clause finds by the protocol's words of runs' states, which call two of ours by one."""
    if satisfies(RunStatus.LOST, clause) == satisfies(write_status(RunStatus.LOST), clause):
        return clause
    found = tuple(status.value for status in RunStatus if satisfies(write_status(status), clause))
    return replace(clause, operator=Operator.IN, value=found) if found else clause


def _rename(identifier: Identifier, vocabulary: Vocabulary) -> Identifier:
    if vocabulary is RUNS and identifier == Identifier(Kind.TAG, RUN_NAME):
        return Identifier(Kind.ATTRIBUTE, "run_name")
    if vocabulary is TRACES and identifier == Identifier(Kind.TAG, TRACE_NAME):
        return Identifier(Kind.ATTRIBUTE, "name")
    return identifier


def _map_texts(value: Value, change: Callable[[str], str]) -> Value:
    if isinstance(value, str):
        return change(value)
    return tuple(map(change, value)) if isinstance(value, tuple) else value
