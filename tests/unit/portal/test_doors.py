"""Who may open which page."""

from collections.abc import Callable
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from assay.accounts.domain.roles import Role
from assay.accounts.models import Membership, Organization
from assay.tracking.domain.values import ExperimentView, RunView
from tests.factories import sweeps
from tests.factories.bills import charge, import_bill
from tests.factories.members import membership_id
from tests.unit.portal.conftest import START, inside

EVERYBODY = [
    "home",
    "search",
    "activity",
    "experiments",
    "datasets",
    "leaderboards",
    "sweeps",
    "mail",
    "settings",
    "settings_tokens",
]
BILL = ["explorer", "explorer_csv", "explorer_parquet", "changes", "charges", "resources", "sources", "reports"]
ADMINS = ["settings_members", "settings_teams", "settings_audit", "webhooks", "webhook_new"]
UNKNOWN = UUID(int=1)


@pytest.mark.parametrize("route", EVERYBODY + BILL + ADMINS + ["leaderboard_new"])
def test_the_owner_opens_every_page_of_an_empty_organization(ada: Client, route: str) -> None:
    assert ada.get(reverse(route)).status_code == 200


@pytest.mark.parametrize("route", EVERYBODY + BILL + ADMINS)
def test_who_is_not_signed_in_is_asked_to(db: None, route: str) -> None:
    answer = Client().get(reverse(route))
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("account_login"))


def test_a_part_of_a_page_sends_the_whole_page_to_sign_in(db: None) -> None:
    answer = Client().get(reverse("activity"), headers={"HX-Request": "true"})
    assert answer["HX-Redirect"] == reverse("account_login")


@pytest.mark.parametrize("route", BILL + ADMINS)
def test_a_viewer_is_refused_what_needs_more(member: Callable[[Role], Client], route: str) -> None:
    assert member(Role.VIEWER).get(reverse(route)).status_code == 403


def test_the_navigation_shows_only_what_may_be_opened(member: Callable[[Role], Client], ada: Client) -> None:
    shown = member(Role.VIEWER).get(reverse("home")).text
    assert reverse("experiments") in shown
    assert reverse("sources") not in shown
    assert reverse("sources") in ada.get(reverse("home")).text


def test_finance_reads_the_bill_and_does_not_start_leaderboards(member: Callable[[Role], Client]) -> None:
    ben = member(Role.FINANCE)
    assert ben.get(reverse("explorer")).status_code == 200
    assert ben.get(reverse("leaderboard_new")).status_code == 403


def test_who_belongs_nowhere_is_told_what_to_do(organization: Organization, ada: Client) -> None:
    membership = membership_id(organization, "ada@example.com")
    with inside(organization):
        Membership.objects.filter(id=membership).delete()
    answer = ada.get(reverse("home"))
    assert answer.status_code == 403
    assert "belong to no organization" in answer.text


@pytest.mark.parametrize(
    "route",
    [
        "run",
        "run_charts",
        "run_head",
        "run_metrics",
        "leaderboard",
        "sweep",
        "sweep_charts",
        "import",
        "mail_message",
        "webhook",
    ],
)
def test_an_unknown_object_is_not_found(ada: Client, route: str) -> None:
    assert ada.get(reverse(route, args=[UNKNOWN])).status_code == 404


def test_a_stranger_finds_nothing(eve: Client, organization: Organization, run: RunView) -> None:
    founder = sweeps.Founder(organization.id, _owner(organization))
    with inside(organization):
        sweep = sweeps.start(founder)
    bill = import_bill(organization.id, [charge("i-1", START, "1")])
    for path in (
        reverse("run", args=[run.id]),
        reverse("run_charts", args=[run.id]),
        reverse("run_file", args=[run.id]) + "?path=model.txt",
        reverse("sweep", args=[sweep.id]),
        reverse("import", args=[bill]),
    ):
        assert eve.get(path).status_code == 404, path
    assert eve.post(reverse("sweep_stop", args=[sweep.id])).status_code == 404
    with inside(organization):
        sweep.refresh_from_db()
    assert sweep.state == "running"


def test_a_stranger_sees_their_own_experiment_of_the_same_number(eve: Client, experiment: ExperimentView) -> None:
    assert eve.get(reverse("experiment", args=[experiment.number])).status_code == 404


def _owner(organization: Organization) -> UUID:
    with inside(organization):
        return Membership.objects.get(user__email="ada@example.com").user_id
