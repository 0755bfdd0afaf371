"""Many at once: numbers, names and aliases stay single."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from django.db import connections

from assay.core import tenancy
from assay.registry.domain.errors import NameTaken, VersionNotFound
from assay.registry.domain.queries import RegistryQuery
from assay.registry.domain.stages import Stage
from assay.registry.domain.values import Actor, VersionDraft
from assay.registry.selectors.model_versions import get_version_by_alias, list_model_versions
from assay.registry.services.aliases import set_alias
from assay.registry.services.model_versions import create_model_version, delete_model_version, move_to_stage
from assay.registry.services.registered_models import create_registered_model
from tests.factories.organizations import found_organization

pytestmark = pytest.mark.usefixtures("committed")
ADA = Actor(None, "ada@example.com")


@pytest.fixture
def organization_id(committed: None) -> UUID:
    organization_id = found_organization().id
    with tenancy.scope(organization_id):
        create_registered_model(organization_id, name="digits", actor=ADA)
    return organization_id


def _at_once(organization_id: UUID, act: Callable[[int], str], count: int = 8) -> list[str]:
    """Each in a thread, a connection and a transaction of its own."""

    def alone(number: int) -> str:
        try:
            with tenancy.scope(organization_id):
                return act(number)
        except (NameTaken, VersionNotFound) as refused:
            return type(refused).__name__
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(alone, range(count)))


def _register(organization_id: UUID) -> int:
    return create_model_version(organization_id, "digits", VersionDraft(source="s3://b/x"), actor=ADA).number


def test_versions_registered_at_once_get_the_numbers_in_a_row(organization_id: UUID) -> None:
    answers = _at_once(organization_id, lambda _: str(_register(organization_id)))
    assert sorted(answers, key=int) == [str(number) for number in range(1, 9)]


def test_of_several_models_of_one_name_one_is_made(organization_id: UUID) -> None:
    answers = _at_once(organization_id, lambda _: create_registered_model(organization_id, name="raced", actor=ADA).name)
    assert sorted(answers) == [*["NameTaken"] * 7, "raced"]


def test_an_alias_moved_at_once_ends_at_one_version(organization_id: UUID) -> None:
    with tenancy.scope(organization_id):
        numbers = [_register(organization_id) for _ in range(8)]

    def move(number: int) -> str:
        set_alias(organization_id, "digits", alias="best", number=numbers[number], actor=ADA)
        return "moved"

    assert _at_once(organization_id, move) == ["moved"] * 8
    with tenancy.scope(organization_id):
        assert get_version_by_alias(organization_id, "digits", "best").number in numbers


def test_versions_that_archive_each_other_leave_one_in_production(organization_id: UUID) -> None:
    with tenancy.scope(organization_id):
        numbers = [_register(organization_id) for _ in range(8)]

    def promote(number: int) -> str:
        move_to_stage(organization_id, "digits", numbers[number], stage=Stage.PRODUCTION, actor=ADA, archive_others=True)
        return "promoted"

    assert _at_once(organization_id, promote) == ["promoted"] * 8
    with tenancy.scope(organization_id):
        stages = [version.stage for version in list_model_versions(organization_id, RegistryQuery()).versions]
    assert sorted(stages) == [*[Stage.ARCHIVED] * 7, Stage.PRODUCTION]


def test_an_alias_is_never_left_on_a_version_that_is_being_removed(organization_id: UUID) -> None:
    with tenancy.scope(organization_id):
        number = _register(organization_id)

    def act(turn: int) -> str:
        if turn == 3:
            delete_model_version(organization_id, "digits", number, actor=ADA)
            return "deleted"
        set_alias(organization_id, "digits", alias=f"a{turn}", number=number, actor=ADA)
        return "set"

    answers = _at_once(organization_id, act)
    assert set(answers) <= {"deleted", "set", "VersionNotFound"}
    assert answers.count("deleted") == 1
