"""Leaderboards, sweeps, reports, mail and search."""

import re
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from assay.accounts.domain.roles import Role
from assay.accounts.models import Membership, Organization, SentMessage
from assay.core.clock import now
from assay.leaderboards.models import Leaderboard
from assay.reports.models import ReportSubscription
from assay.tracking.domain.states import RunStatus
from assay.tracking.domain.values import ExperimentView, RunView
from assay.tracking.models import Run
from assay.tracking.services.experiments import create_experiment
from assay.tuning.models import Sweep
from tests.factories import sweeps
from tests.factories.runs import finish_run
from tests.unit.portal.conftest import START, inside


def make_leaderboard(client: Client, experiment: ExperimentView, **changes: str) -> str:
    values = {"name": "Best", "experiment": str(experiment.id), "metric": "accuracy", "direction": "maximize", "filter": ""}
    return client.post(reverse("leaderboard_new"), values | changes, follow=True).text


def test_a_leaderboard_is_made_and_marks_what_no_other_beats(
    ada: Client, organization: Organization, experiment: ExperimentView, run: RunView
) -> None:
    with inside(organization):
        for name, hours, accuracy in (("better", 4, 0.95), ("worse", 4, 0.5)):
            finish_run(
                organization.id,
                experiment.id,
                name=name,
                started_at=START,
                hours=hours,
                metrics={"accuracy": accuracy},
            )
    page = make_leaderboard(ada, experiment)
    assert page.count("Pareto-optimal</span>") == 2
    assert "The last step to" in page
    assert "gains 0.05 accuracy" in page


def test_a_filter_that_cannot_be_read_is_told_beside_its_field(ada: Client, experiment: ExperimentView) -> None:
    assert "The filter cannot be used" in make_leaderboard(ada, experiment, filter="accuracy >>> 1")


def test_a_leaderboard_is_removed(ada: Client, organization: Organization, experiment: ExperimentView) -> None:
    make_leaderboard(ada, experiment)
    with inside(organization):
        board = Leaderboard.objects.get()
    ada.post(reverse("leaderboard_remove", args=[board.id]))
    assert ada.get(reverse("leaderboard", args=[board.id])).status_code == 404


@pytest.fixture
def sweep(organization: Organization) -> Sweep:
    with inside(organization):
        owner = Membership.objects.get().user_id
        return sweeps.start(sweeps.Founder(organization.id, owner))


def test_a_sweep_shows_its_trials_and_is_stopped(ada: Client, organization: Organization, sweep: Sweep) -> None:
    page = ada.get(reverse("sweep", args=[sweep.id])).text
    assert "kernel" in page
    assert "every 4s" in page
    assert ada.get(reverse("sweep_charts", args=[sweep.id])).json()["live"] is True
    ada.post(reverse("sweep_stop", args=[sweep.id]))
    with inside(organization):
        sweep.refresh_from_db()
    assert sweep.state in {"stopping", "stopped"}


def test_a_viewer_sees_a_sweep_and_cannot_stop_it(member: Callable[[Role], Client], sweep: Sweep) -> None:
    ben = member(Role.VIEWER)
    assert reverse("sweep_stop", args=[sweep.id]) not in ben.get(reverse("sweep", args=[sweep.id])).text
    assert ben.post(reverse("sweep_stop", args=[sweep.id])).status_code == 403


@pytest.mark.parametrize("sort", ["-value", "cost", "-param:c", "param:kernel", "state", "-started"])
def test_trials_sort_by_every_column(ada: Client, sweep: Sweep, sort: str) -> None:
    assert ada.get(reverse("sweep", args=[sweep.id]), {"sort": sort}).status_code == 200


def subscribe(client: Client, recipients: str = "ada@example.com, ben@example.com") -> str:
    values = {"recipients": recipients, "weekday": "tuesday", "hour": "7", "basis": "billed"}
    return client.post(reverse("reports"), values, follow=True).text


def subscription_id(organization: Organization) -> UUID:
    with inside(organization):
        return ReportSubscription.objects.get().id


def test_a_subscription_is_made_previewed_sent_paused_and_removed(ada: Client, organization: Organization) -> None:
    assert "Tuesday, 7:00" in subscribe(ada)
    chosen = subscription_id(organization)
    assert ada.get(reverse("report_preview", args=[chosen])).status_code == 200
    body = ada.get(reverse("report_preview_body", args=[chosen]))
    assert "sandbox" in body["Content-Security-Policy"]
    assert "on its way" in ada.post(reverse("report", args=[chosen]), {"send": "1"}, follow=True).text
    assert "sent once" in ada.post(reverse("report", args=[chosen]), {"send": "1"}, follow=True).text
    assert "paused" in ada.post(reverse("report", args=[chosen]), {"pause": "1"}, follow=True).text
    ada.post(reverse("report", args=[chosen]), {"remove": "1"})
    with inside(organization):
        assert not ReportSubscription.objects.exists()


def test_an_address_that_is_none_is_refused(ada: Client) -> None:
    assert "not an e-mail address" in subscribe(ada, "nobody")


def test_sent_mail_is_shown_in_a_frame_that_can_do_nothing(ada: Client, organization: Organization) -> None:
    subscribe(ada)
    ada.post(reverse("report", args=[subscription_id(organization)]), {"send": "1"})
    with inside(organization):
        message = SentMessage.objects.get()
    page = ada.get(reverse("mail_message", args=[message.id])).text
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in page
    body = ada.get(reverse("mail_body", args=[message.id]))
    assert "script-src" not in body["Content-Security-Policy"]
    assert "default-src 'none'" in body["Content-Security-Policy"]
    assert message.subject in ada.get(reverse("mail")).text


def test_an_engineer_reads_no_mail_about_the_bill(
    ada: Client, member: Callable[[Role], Client], organization: Organization
) -> None:
    subscribe(ada)
    ada.post(reverse("report", args=[subscription_id(organization)]), {"send": "1"})
    with inside(organization):
        message = SentMessage.objects.get()
    ben = member(Role.ENGINEER)
    assert ben.get(reverse("mail_message", args=[message.id])).status_code == 404


def test_search_finds_runs_by_name_and_id_and_experiments(ada: Client, run: RunView) -> None:
    assert "first" in ada.get(reverse("search"), {"q": "fir"}).text
    assert "first" in ada.get(reverse("search"), {"q": run.id.hex}).text
    assert "first" in ada.get(reverse("search"), {"q": str(run.id)}).text
    assert "digits" in ada.get(reverse("search"), {"q": "DIG"}).text
    assert "Nothing is named" in ada.get(reverse("search"), {"q": "zebra"}).text
    assert ada.get(reverse("search"), {"q": "'\""}).status_code == 200


def test_a_part_of_a_name_with_wildcards_is_harmless(ada: Client, run: RunView) -> None:
    assert ada.get(reverse("search"), {"q": "%_\\"}).status_code == 200


def test_a_stranger_finds_nothing_by_search(eve: Client, run: RunView) -> None:
    assert "first" not in eve.get(reverse("search"), {"q": run.id.hex}).text


def test_home_names_failed_runs_with_their_dollars(ada: Client, organization: Organization, experiment: ExperimentView) -> None:
    with inside(organization):
        started = now() - timedelta(hours=3)
        finish_run(organization.id, experiment.id, name="broken", started_at=started, status=RunStatus.FAILED)
    page = ada.get(reverse("home")).text
    assert "1 run failed" in page
    assert "$0.096 in the last 30 days" in page


def test_home_counts_lost_runs_and_links_to_them(ada: Client, organization: Organization, experiment: ExperimentView) -> None:
    with inside(organization):
        for days in (1, 2, 40):
            run = finish_run(organization.id, experiment.id, name=f"gone {days}", started_at=now() - timedelta(days=days))
            Run.objects.filter(id=run.id).update(status=RunStatus.LOST)
    page = ada.get(reverse("home")).text
    assert f"2 runs of {experiment.name} were lost" in page
    [href] = re.findall(r'href="([^"]*status=LOST[^"]*)"', page)
    table = ada.get(href.replace("&amp;", "&")).text
    assert ">gone 2</a>" in table
    assert ">gone 40</a>" not in table


def test_home_names_the_experiments_that_lost_most_and_counts_the_rest(ada: Client, organization: Organization) -> None:
    with inside(organization):
        for number in range(5):
            made = create_experiment(organization.id, name=f"losing {number}")
            for at in range(number + 1):
                run = finish_run(organization.id, made.id, name=f"run {at}", started_at=now() - timedelta(hours=2))
                Run.objects.filter(id=run.id).update(status=RunStatus.LOST)
    page = ada.get(reverse("home")).text
    assert "5 runs of losing 4 were lost" in page
    assert "3 more were lost in 2 other experiments" in page


def test_home_without_lost_runs_does_not_speak_of_them(ada: Client, run: RunView) -> None:
    assert "lost" not in ada.get(reverse("home")).text
