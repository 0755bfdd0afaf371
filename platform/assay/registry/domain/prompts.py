"""Prompts live in the registry as models with a tag, and are hidden from whoever does not ask for them."""

from collections.abc import Iterable, Mapping

from assay.tracking.domain.search.clauses import Comparison, Identifier, Kind, Operator

PROMPT_TAG = "mlflow.prompt.is_prompt"
PROMPT_TEXT_TAG = "mlflow.prompt.text"
PROMPT_TYPE_TAG = "_mlflow_prompt_type"
PROMPT_SOURCES = frozenset({"dummy-source", "prompt-template"})
_MARK = Identifier(Kind.TAG, PROMPT_TAG)


def is_prompt(tags: Mapping[str, str]) -> bool:
    return tags.get(PROMPT_TAG, "").lower() == "true"


def name_kind(tags: Mapping[str, str]) -> str:
    return "Prompt" if is_prompt(tags) else "Registered Model"


def asks_for_prompts(clauses: Iterable[Comparison]) -> bool:
    """Decided by the first clause about the mark."""
    mark = next((clause for clause in clauses if clause.identifier == _MARK), None)
    if mark is None or not isinstance(mark.value, str):
        return False
    value = mark.value.lower()
    return (mark.operator is Operator.EQUAL and value == "true") or (mark.operator is Operator.UNEQUAL and value == "false")


def drop_mark(clauses: Iterable[Comparison]) -> tuple[Comparison, ...]:
    """What is left to search for among models, none of which carries the mark."""
    return tuple(clause for clause in clauses if clause.identifier != _MARK)
