"""Making, changing and removing leaderboards."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from assay.accounts.models import AuditEntry
from assay.core import tenancy
from assay.core.errors import Conflict, Invalid, NotFound
from assay.core.ids import new_id
from assay.leaderboards.domain.rankings import Direction
from assay.leaderboards.selectors.leaderboards import get_leaderboard, list_leaderboards
from assay.leaderboards.selectors.rankings import rank
from assay.leaderboards.services.leaderboards import (
    LeaderboardDraft,
    create_leaderboard,
    delete_leaderboard,
    update_leaderboard,
)
from tests.factories.organizations import found_organization


def test_a_leaderboard_is_saved_and_noted_in_the_audit_log(ada: UUID, draft: LeaderboardDraft) -> None:
    made = create_leaderboard(ada, draft, actor_id=None)
    assert get_leaderboard(ada, made.id) == made
    assert (made.experiment_name, made.metric, made.direction) == ("digits", "val accuracy", Direction.MAXIMIZE)
    assert [entry.action for entry in AuditEntry.objects.all()] == ["leaderboard.created"]


def test_a_change_replaces_what_it_shows(ada: UUID, draft: LeaderboardDraft) -> None:
    made = create_leaderboard(ada, draft, actor_id=None)
    changed = update_leaderboard(ada, made.id, replace(draft, metric="loss", direction=Direction.MINIMIZE), actor_id=None)
    assert (changed.id, changed.metric, changed.direction) == (made.id, "loss", Direction.MINIMIZE)
    assert list_leaderboards(ada) == [changed]


def test_a_removed_one_is_gone(ada: UUID, draft: LeaderboardDraft) -> None:
    made = create_leaderboard(ada, draft, actor_id=None)
    delete_leaderboard(ada, made.id, actor_id=None)
    assert list_leaderboards(ada) == []
    with pytest.raises(NotFound):
        delete_leaderboard(ada, made.id, actor_id=None)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": "  "}, "name"),
        ({"name": "n" * 201}, "name"),
        ({"metric": ""}, "metric"),
        ({"metric": "a`b"}, "metric"),
        ({"filter": "metrics.loss <"}, "filter"),
        ({"filter": "nonsense"}, "filter"),
    ],
)
def test_what_cannot_be_ranked_is_refused_by_field(
    ada: UUID, draft: LeaderboardDraft, change: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        create_leaderboard(ada, replace(draft, **change), actor_id=None)
    assert refused.value.details["field"] == field
    assert list_leaderboards(ada) == []


def test_a_name_is_taken_once(ada: UUID, draft: LeaderboardDraft) -> None:
    create_leaderboard(ada, draft, actor_id=None)
    with pytest.raises(Conflict):
        create_leaderboard(ada, draft, actor_id=None)
    assert len(list_leaderboards(ada)) == 1


def test_an_unknown_experiment_is_not_found(ada: UUID, draft: LeaderboardDraft) -> None:
    with pytest.raises(NotFound):
        create_leaderboard(ada, replace(draft, experiment_id=new_id()), actor_id=None)


def test_a_stranger_finds_nothing(ada: UUID, draft: LeaderboardDraft) -> None:
    made = create_leaderboard(ada, draft, actor_id=None)
    eve = found_organization()
    with tenancy.scope(eve.id):
        assert list_leaderboards(eve.id) == []
        for look in (get_leaderboard, rank):
            with pytest.raises(NotFound):
                look(eve.id, made.id)
        with pytest.raises(NotFound):
            update_leaderboard(eve.id, made.id, draft, actor_id=None)
        with pytest.raises(NotFound):
            create_leaderboard(eve.id, draft, actor_id=None)
