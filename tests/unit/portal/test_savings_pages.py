"""Savings in the portal: the list, one finding, and the checks."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from assay.accounts.models import Organization, User
from assay.clouds.domain.inventory import Instance, ResourceKind, Volume
from assay.core import tenancy
from assay.core.clock import now
from assay.recommendations.domain.states import FindingState
from assay.recommendations.domain.values import FindingQuery, FindingView
from assay.recommendations.models import CheckResult
from assay.recommendations.selectors.findings import list_findings
from assay.recommendations.services import running
from tests.factories import clouds
from tests.factories.organizations import found_organization

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(client: Client) -> Organization:
    """Signed in, with a machine that is far too large and a volume that nothing uses; checks have looked."""
    organization, at = found_organization(owner_email="ada@example.com"), now()
    client.force_login(User.objects.get(email="ada@example.com"))
    with tenancy.scope(organization.id):
        seen = {"first_seen_at": at - timedelta(days=60), "last_seen_at": at}
        machine = clouds.keep(organization.id, ResourceKind.INSTANCE, "i-large", Instance("m5.2xlarge"), **seen)
        use = {
            "cpu_percent": 9.0,
            "memory_percent": 20.0,
            "network_in_bytes_per_second": 9e5,
            "network_out_bytes_per_second": 9e5,
        }
        clouds.use(machine, at, days=15, **use)
        clouds.keep(organization.id, ResourceKind.VOLUME, "vol-<loose>", Volume("gp3", 100), state="available", **seen)
        run = running.start_run(organization.id, trigger=running.SCHEDULE)
        ids = list(CheckResult.objects.filter(run_id=run.id).values_list("id", flat=True))
    for result_id in ids:
        running.run_check(organization.id, result_id)
    return organization


def found(organization: Organization, check: str) -> FindingView:
    with tenancy.scope(organization.id):
        [finding] = list_findings(organization.id, FindingQuery(states=(), check=check))
    return finding


def test_savings_are_listed_narrowed_and_downloaded(ada: Organization, client: Client) -> None:
    page = client.get(reverse("savings"))
    assert page.status_code == 200
    assert "vol-&lt;loose&gt;" in page.text
    assert "unpriced" in page.text
    narrowed = client.get(reverse("savings"), {"check": "rightsizing_instances"}).text
    assert "i-large" in narrowed
    assert "vol-&lt;loose&gt;" not in narrowed
    assert "i-large" in client.get(reverse("savings_csv")).text
    assert client.get(reverse("savings"), {"team": "x"}).status_code == 400
    assert "Could be saved a month" in client.get(reverse("home")).text


def test_a_finding_shows_its_use_against_what_the_machine_has_and_would_have(ada: Organization, client: Client) -> None:
    finding = found(ada, "rightsizing_instances")
    page = client.get(reverse("finding", args=[finding.id])).text
    assert "m5.2xlarge, now" in page
    assert all(choice.target in page for choice in finding.explanation.choices)
    assert "modify-instance-attribute" in page


def test_a_finding_is_accepted_refused_and_dismissed_by_forms(ada: Organization, client: Client) -> None:
    finding = found(ada, "unattached_volumes")
    address = reverse("finding_move", args=[finding.id])
    accepted = client.post(address, {"to": "accepted", "due": "2026-12-31"}, follow=True).text
    assert "Accepted." in accepted
    assert "What became of it" in client.get(reverse("savings")).text
    assert "Say why" in client.post(address, {"to": "dismissed", "reason": " "}, follow=True).text
    assert "must be a day" in client.post(address, {"to": "accepted", "due": "soon"}, follow=True).text
    client.post(address, {"to": "dismissed", "reason": "kept for <b>Bo</b>"})
    assert "kept for &lt;b&gt;Bo&lt;/b&gt;" in client.get(reverse("finding", args=[finding.id])).text
    assert found(ada, "unattached_volumes").state is FindingState.DISMISSED


def test_checks_are_set_paused_and_left_out_of(ada: Organization, client: Client) -> None:
    check = reverse("saving_check", args=["unattached_volumes"])
    assert "Saved" in client.post(check, {"option.days": "30"}, follow=True).text
    assert "from 1 to 365" in client.post(check, {"option.days": "0"}, follow=True).text
    assert "Paused" in client.post(check, {"pause": "1"}, follow=True).text
    rule = {"native_id": "vol-<loose>", "reason": "the audit's"}
    assert "left out from now on" in client.post(reverse("saving_exclusions"), rule, follow=True).text
    assert "vol-&lt;loose&gt;" not in client.get(reverse("savings")).text
    assert "Looking now" in client.post(reverse("saving_checks_run"), follow=True).text
