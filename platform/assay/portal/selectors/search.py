"""What the search box finds: runs, experiments, models, sweeps, leaderboards, pages."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse

from assay.accounts.domain.principals import Principal
from assay.leaderboards.selectors.leaderboards import list_leaderboards
from assay.portal.domain.filters import name_contains
from assay.portal.domain.navigation import list_groups
from assay.registry.domain.queries import RegistryQuery
from assay.registry.selectors.registered_models import list_registered_models
from assay.tracking.domain.queries import ExperimentQuery, RunQuery
from assay.tracking.selectors.experiments import list_experiments
from assay.tracking.selectors.runs import get_runs, list_runs
from assay.tuning.selectors.sweeps import list_sweeps

MOST_OF_A_KIND = 8
SWEEPS_LOOKED_AT = 200


@dataclass(frozen=True, slots=True)
class Hit:
    """kind: icon and label of what was found."""

    icon: str
    kind: str
    name: str
    note: str
    href: str


def search(principal: Principal, words: str) -> list[Hit]:
    """Hits by kind; a run is found by its id too. raises: Invalid for both kinds of quotes."""
    words = words.strip()
    if not words:
        return []
    return [
        *_find_pages(principal, words),
        *_find_experiments(principal.organization_id, words),
        *_find_models(principal.organization_id, words),
        *_find_runs(principal.organization_id, words),
        *_find_sweeps(principal.organization_id, words),
        *_find_leaderboards(principal.organization_id, words),
    ]


def _find_pages(principal: Principal, words: str) -> Iterator[Hit]:
    links = (link for group in list_groups(principal) for link in group.links)
    return (
        Hit(link.icon, "Page", link.label, "", reverse(link.route)) for link in links if words.lower() in link.label.lower()
    )


def _find_experiments(organization_id: UUID, words: str) -> Iterator[Hit]:
    found = list_experiments(organization_id, ExperimentQuery(filter=name_contains("name", words), limit=MOST_OF_A_KIND))
    for one in found.experiments:
        yield Hit("flask", "Experiment", one.name, f"number {one.number}", reverse("experiment", args=[one.number]))


def _find_runs(organization_id: UUID, words: str) -> Iterator[Hit]:
    compact = words.replace("-", "").lower()
    if re.fullmatch(r"[0-9a-f]{32}", compact):
        runs = list(get_runs(organization_id, [UUID(compact)]).values())
    else:
        query = RunQuery(filter=name_contains("attributes.run_name", words), limit=MOST_OF_A_KIND)
        runs = list(list_runs(organization_id, query).runs)
    for run in runs:
        yield Hit("chart-line", "Run", run.name, run.status.value.lower(), reverse("run", args=[run.id]))


def _find_models(organization_id: UUID, words: str) -> Iterator[Hit]:
    query = RegistryQuery(filter=name_contains("name", words), limit=MOST_OF_A_KIND)
    for one in list_registered_models(organization_id, query).models:
        note = f"version {one.latest.number}" if one.latest else "no versions"
        yield Hit("box", "Model", one.name, note, reverse("model", args=[one.name]))


def _find_sweeps(organization_id: UUID, words: str) -> Iterator[Hit]:
    """Among the newest."""
    found = [one for one in list_sweeps(organization_id, limit=SWEEPS_LOOKED_AT).sweeps if words.lower() in one.name.lower()]
    for one in found[:MOST_OF_A_KIND]:
        yield Hit("target-arrow", "Sweep", one.name, one.state.value, reverse("sweep", args=[one.id]))


def _find_leaderboards(organization_id: UUID, words: str) -> Iterator[Hit]:
    found = [one for one in list_leaderboards(organization_id) if words.lower() in one.name.lower()]
    for one in found[:MOST_OF_A_KIND]:
        yield Hit("trophy", "Leaderboard", one.name, one.metric, reverse("leaderboard", args=[one.id]))
