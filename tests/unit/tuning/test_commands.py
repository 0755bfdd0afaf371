import json

import pytest

from assay.tuning.domain.commands import render, split, unknown_placeholders
from assay.tuning.domain.spaces import Choice, Integer, LogUniform, Quantized, Space, restore_params


def test_a_value_stays_one_word_whatever_it_contains() -> None:
    words = split("python t.py --k {k} --both={k}:{n} 'a b'")
    hostile = '; rm -rf / $(id) `id` "x" {n}'
    assert render(words, {"k": hostile, "n": 3}) == ["python", "t.py", "--k", hostile, f"--both={hostile}:3", "a b"]


def test_other_braces_stay_as_they_are() -> None:
    words = split("""run '{"a": {"b": 1}}' {{k}} {} ${HOME}x""")
    assert unknown_placeholders(words, {"k"}) == ["HOME"]
    assert render(words[:4], {"k": 1}) == ["run", '{"a": {"b": 1}}', "{k}", "{}"]


@pytest.mark.parametrize(("value", "text"), [(True, "true"), (0.1, "0.1"), (1e-05, "1e-05"), (3, "3"), ("a b", "a b")])
def test_values_read_back_as_they_were(value: str | float | bool, text: str) -> None:
    assert render(["{v}"], {"v": value}) == [text]
    assert text == str(value) or json.loads(text) == value


def test_params_come_back_from_json_as_they_were_suggested() -> None:
    space: Space = {
        "a": LogUniform(1.0, 1e30),
        "b": Choice((1, 1.0, True, "1")),
        "c": Integer(1, 5),
        "d": Quantized(0.0, 9.0, 3.0),
    }
    params = {"a": 1e20, "b": 1.0, "c": 3, "d": 3.0}
    restored = restore_params(space, {"a": 10**20, "b": 1.0, "c": 3, "d": 3})
    assert restored == params
    assert [type(restored[name]) for name in params] == [type(value) for value in params.values()]
