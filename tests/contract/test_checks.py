"""What every check must keep to, tried on each of them on the day it is added.

A check's docstring holds the rule and a worked example as `>>>` lines. They run here with everything public of `clouds.domain.inventory` and `tests.factories.facts`
and with `check`, an instance; they name what they look at `facts`, in which the check finds something by its default options.
Tests of a check stand in `tests/unit/recommendations/checks/test_<name>.py`, as test_finds_…, test_leaves_… and test_border_….
"""

import doctest
import inspect
import pickle
import re
from dataclasses import fields, is_dataclass
from pathlib import Path

import pytest

from assay.clouds.domain import inventory
from assay.clouds.domain.inventory import ResourceKind
from assay.core.errors import Invalid
from assay.recommendations.domain.checks import Check, Group, Options
from assay.recommendations.domain.found import Action, Found
from assay.recommendations.selectors.registry import checks_by_name
from tests.factories import facts as factory
from tests.factories.facts import FactSet

UNIT = Path(__file__).resolve().parents[1] / "unit" / "recommendations" / "checks"
PAGE = UNIT.parents[3] / "docs" / "checks.md"
NAMES = sorted(checks_by_name())
PUBLIC = {name: value for module in (inventory, factory) for name, value in vars(module).items() if not name.startswith("_")}


@pytest.fixture(params=NAMES)
def check(request: pytest.FixtureRequest) -> Check:
    return checks_by_name()[request.param]


def _run_example(check: Check) -> FactSet:
    text = inspect.getdoc(type(check)) or ""
    known = {**PUBLIC, "check": check}
    example = doctest.DocTestParser().get_doctest(text, known, check.name, None, 0)
    told: list[str] = []
    done = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE).run(example, out=told.append, clear_globs=False)
    assert done.attempted, "its docstring has no worked example"
    assert not done.failed, "".join(told)
    facts = example.globs["facts"]
    assert isinstance(facts, FactSet)
    return facts


def _find(check: Check, facts: FactSet) -> list[Found]:
    return list(check.find(facts, check.options()))


def test_its_data_sheet_is_filled(check: Check) -> None:
    assert re.fullmatch(r"[a-z][a-z0-9_]+", check.name)
    assert type(check).__module__.endswith(f".{check.name}"), "the file is named as the check"
    assert check.title
    assert check.title[0].isupper()
    assert isinstance(check.group, Group)
    assert isinstance(check.action, Action)
    assert check.kinds
    assert all(isinstance(kind, ResourceKind) for kind in check.kinds)
    assert check.needs
    assert all(re.fullmatch(r"[a-z0-9-]+:[A-Za-z]+", action) for action in check.needs)


def test_titles_are_told_apart() -> None:
    titles = [check.title for check in checks_by_name().values()]
    assert len(set(titles)) == len(titles)


def test_every_option_says_what_it_means_and_keeps_its_bounds(check: Check) -> None:
    assert issubclass(check.options, Options)
    assert is_dataclass(check.options)
    check.options()
    for one in fields(check.options):
        assert one.metadata["meaning"], one.name
        if "among" in one.metadata:
            with pytest.raises(Invalid):
                check.options(**{one.name: "none of them"})
            continue
        assert one.metadata["unit"], one.name
        for border in ("least", "most"):
            check.options(**{one.name: one.metadata[border]})
        for outside in (one.metadata["least"] - 1, one.metadata["most"] + 1, "text", True):
            with pytest.raises(Invalid):
                check.options(**{one.name: outside})


def test_it_finds_nothing_where_nothing_is_known(check: Check) -> None:
    assert _find(check, FactSet()) == []


def test_the_example_in_its_docstring_is_what_it_does(check: Check) -> None:
    assert _find(check, _run_example(check))


def test_asked_twice_it_says_the_same_and_changes_nothing(check: Check) -> None:
    facts = _run_example(check)
    before = pickle.dumps(facts)
    first = _find(check, facts)
    assert _find(check, pickle.loads(before)) == first
    assert pickle.dumps(facts) == before


def test_what_it_finds_is_whole(check: Check) -> None:
    found = _find(check, _run_example(check))
    assert len({one.resource for one in found}) == len(found), "at most one finding per resource"
    for one in found:
        assert one.resource.kind in check.kinds
        assert one.reason.endswith(".")
        assert one.evidence
        assert one.remedy.command
        assert len(one.choices) <= 3
        if one.choices:
            assert one.choices[0].saving == one.saving
            assert one.choices[0].risk == one.risk


def test_it_stands_on_the_page_of_checks(check: Check) -> None:
    assert f"| `{check.name}` |" in PAGE.read_text(encoding="utf-8")


def test_it_is_tried_where_it_finds_leaves_and_at_its_borders(check: Check) -> None:
    text = (UNIT / f"test_{check.name}.py").read_text()
    for kind in ("finds", "leaves", "border"):
        assert re.search(rf"^def test_{kind}_", text, re.MULTILINE), f"no test_{kind}_… in test_{check.name}.py"
