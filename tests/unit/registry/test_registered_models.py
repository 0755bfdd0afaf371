"""Registered models through the MLflow protocol."""

from typing import Any

import pytest

from tests.unit.registry.conftest import Saved, register
from tests.unit.tracking.rest import Refusal, Rest


def _names(rest: Rest, **query: Any) -> list[str]:
    return [model["name"] for model in rest.get("registered-models/search", **query).get("registered_models", [])]


def test_a_model_is_made_described_and_read_back(rest: Rest) -> None:
    tags = [{"key": "team", "value": "vision"}]
    made = rest.post("registered-models/create", name="digits", description="reads digits", tags=tags)["registered_model"]
    assert (made["name"], made["description"], made["tags"]) == ("digits", "reads digits", tags)
    assert made["user_id"] == "ada@example.com"
    assert made["creation_timestamp"] == made["last_updated_timestamp"]
    assert "latest_versions" not in made
    changed = rest.patch("registered-models/update", name="digits", description="new")["registered_model"]
    assert changed["description"] == "new"
    assert rest.get("registered-models/get", name="digits")["registered_model"] == changed


def test_a_second_model_of_a_name_is_refused_as_mlflow_refuses_it(rest: Rest) -> None:
    rest.post("registered-models/create", name="digits")
    with pytest.raises(Refusal) as refused:
        rest.post("registered-models/create", name="digits")
    assert (refused.value.status, refused.value.error_code) == (400, "RESOURCE_ALREADY_EXISTS")
    assert refused.value.message == "Registered Model (name=digits) already exists."


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("a/b", "Invalid model name 'a/b'. Names cannot contain '/' or ':'."),
        ("a:b", "Invalid model name 'a:b'"),
        ("  ", "Missing value for required parameter 'name'"),
        ("", "Missing value for required parameter 'name'"),
        ("..", "named like a folder"),
        ("x" * 257, "the limit is 256"),
        ("a\x00b", "NUL"),
    ],
)
def test_a_name_that_addresses_could_not_hold_is_refused(rest: Rest, name: str, sentence: str) -> None:
    with pytest.raises(Refusal, match="INVALID_PARAMETER_VALUE") as refused:
        rest.post("registered-models/create", name=name)
    assert sentence in refused.value.message


def test_an_unknown_model_is_404_for_every_call_about_it(rest: Rest) -> None:
    calls = [
        ("GET", "registered-models/get", {}),
        ("PATCH", "registered-models/update", {"description": "x"}),
        ("POST", "registered-models/rename", {"new_name": "y"}),
        ("DELETE", "registered-models/delete", {}),
        ("POST", "registered-models/set-tag", {"key": "k", "value": "v"}),
        ("DELETE", "registered-models/delete-tag", {"key": "k"}),
        ("DELETE", "registered-models/alias", {"alias": "a"}),
        ("POST", "registered-models/get-latest-versions", {}),
        ("POST", "model-versions/create", {"source": "s3://b/x"}),
    ]
    for method, path, body in calls:
        with pytest.raises(Refusal) as refused:
            rest.get(path, name="none") if method == "GET" else rest.send(method, path, {"name": "none", **body})
        assert (refused.value.status, refused.value.error_code) == (404, "RESOURCE_DOES_NOT_EXIST"), path
        assert refused.value.message == "Registered Model with name=none not found", path


def test_a_renamed_model_keeps_its_versions_tags_and_aliases(rest: Rest, saved: Saved) -> None:
    register(rest, saved)
    rest.post("registered-models/set-tag", name="digits", key="k", value="v")
    rest.post("registered-models/alias", name="digits", alias="best", version="1")
    renamed = rest.post("registered-models/rename", name="digits", new_name="numbers")["registered_model"]
    assert (renamed["name"], renamed["tags"]) == ("numbers", [{"key": "k", "value": "v"}])
    assert rest.get("registered-models/alias", name="numbers", alias="best")["model_version"]["name"] == "numbers"
    rest.post("registered-models/create", name="digits")
    with pytest.raises(Refusal, match=r"RESOURCE_ALREADY_EXISTS: Registered Model \(name=digits\) already exists"):
        rest.post("registered-models/rename", name="numbers", new_name="digits")


def test_a_deleted_model_takes_its_versions_with_it(rest: Rest, saved: Saved) -> None:
    register(rest, saved)
    rest.post("registered-models/alias", name="digits", alias="best", version="1")
    rest.delete("registered-models/delete", name="digits")
    assert rest.get("model-versions/search", filter="name = 'digits'") == {}
    assert register(rest, saved) == "1"


def test_tags_are_overwritten_and_a_missing_one_is_not_missed(rest: Rest) -> None:
    rest.post("registered-models/create", name="digits")
    for value in ("1", "2"):
        rest.post("registered-models/set-tag", name="digits", key="k", value=value)
    assert rest.get("registered-models/get", name="digits")["registered_model"]["tags"] == [{"key": "k", "value": "2"}]
    for _ in range(2):
        rest.delete("registered-models/delete-tag", name="digits", key="k")
    assert "tags" not in rest.get("registered-models/get", name="digits")["registered_model"]
    with pytest.raises(Refusal, match="the limit is 100000"):
        rest.post("registered-models/set-tag", name="digits", key="k", value="x" * 100_001)


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("", ["a-speech", "b-vision", "C-vision"]),
        ("name = 'b-vision'", ["b-vision"]),
        ("name LIKE '%-vision'", ["b-vision", "C-vision"]),
        ("name ILIKE 'c%'", ["C-vision"]),
        ("name IN ('a-speech', 'C-vision')", ["a-speech", "C-vision"]),
        ("tags.team = 'vision' AND name != 'C-vision'", ["b-vision"]),
        ("tags.`team` LIKE 'sp%'", ["a-speech"]),
        ("tags.team = 'none'", []),
    ],
)
def test_models_are_found_by_name_and_tags(rest: Rest, search: str, found: list[str]) -> None:
    for name in ("C-vision", "a-speech", "b-vision"):
        tags = [{"key": "team", "value": name[2:]}]
        rest.post("registered-models/create", name=name, tags=tags)
    assert sorted(_names(rest, filter=search), key=str.lower) == found


def test_models_are_ordered_and_paged(rest: Rest) -> None:
    for name in ("b", "a", "c"):
        rest.post("registered-models/create", name=name)
    assert _names(rest) == ["a", "b", "c"]
    assert _names(rest, order_by=["timestamp DESC"])[0] == "c"
    assert _names(rest, order_by=["creation_timestamp ASC"]) == ["b", "a", "c"]
    first = rest.get("registered-models/search", max_results=2, order_by=["name DESC"])
    assert [model["name"] for model in first["registered_models"]] == ["c", "b"]
    rest.post("registered-models/create", name="d")
    token = first["next_page_token"]
    assert _names(rest, max_results=2, order_by=["name DESC"], page_token=token) == ["a"]


@pytest.mark.parametrize(
    "query",
    [
        {"filter": "run_id = 'x'"},
        {"filter": "name > 'x'"},
        {"filter": "params.x = 'y'"},
        {"order_by": ["run_id ASC"]},
        {"order_by": ["name ASC", "name DESC"]},
        {"max_results": 1_001},
        {"max_results": 0},
        {"page_token": "garbage"},
    ],
)
def test_a_search_that_cannot_be_understood_is_refused(rest: Rest, query: dict[str, Any]) -> None:
    with pytest.raises(Refusal, match="400 INVALID_PARAMETER_VALUE"):
        rest.get("registered-models/search", **query)


def test_prompts_are_hidden_from_whoever_does_not_ask_for_them(rest: Rest) -> None:
    mark = [{"key": "mlflow.prompt.is_prompt", "value": "true"}]
    rest.post("registered-models/create", name="greeting", tags=mark)
    text = [*mark, {"key": "mlflow.prompt.text", "value": "Hello"}]
    rest.post("model-versions/create", name="greeting", source="dummy-source", tags=text)
    rest.post("registered-models/create", name="digits")
    assert _names(rest) == ["digits"]
    assert _names(rest, filter="tags.`mlflow.prompt.is_prompt` = 'true'") == ["greeting"]
    assert _names(rest, filter="tags.`mlflow.prompt.is_prompt` != 'true' AND name LIKE '%'") == ["digits"]
    assert rest.get("model-versions/search") == {}
    assert len(rest.get("model-versions/search", filter="tags.`mlflow.prompt.is_prompt` = 'true'")["model_versions"]) == 1
    with pytest.raises(Refusal, match="a prompt has it") as refused:
        rest.post("registered-models/create", name="greeting")
    assert refused.value.error_code == "RESOURCE_ALREADY_EXISTS"
    with pytest.raises(Refusal, match="A prompt has no files"):
        rest.post("model-versions/create", name="greeting", source="s3://b/x", tags=text)


def test_a_stranger_finds_nothing_and_may_use_the_same_name(rest: Rest, stranger: Rest) -> None:
    rest.post("registered-models/create", name="digits")
    assert _names(stranger) == []
    with pytest.raises(Refusal, match="404"):
        stranger.get("registered-models/get", name="digits")
    stranger.post("registered-models/create", name="digits")
