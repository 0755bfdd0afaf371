"""Pages of what is held in clouds."""

from collections.abc import Callable
from datetime import date, timedelta

from django.test import Client

from assay.accounts.domain.roles import Role
from assay.accounts.models import Organization
from assay.clouds.domain.inventory import Instance, ResourceKind, Volume
from assay.clouds.domain.utilization import Metric
from assay.clouds.selectors.inventory import ResourceFilter, list_resources
from assay.core import tenancy
from assay.core.clock import now
from tests.factories.inventories import AT, hold, hold_instances, measure, refresh_with_refusal, report


def test_an_empty_inventory_says_how_to_fill_it(ada: Client) -> None:
    text = ada.get("/inventory").content.decode()
    assert "Connect an account first" in text


def test_the_inventory_is_narrowed_by_its_address(organization: Organization, ada: Client) -> None:
    with tenancy.scope(organization.id):
        hold_instances(organization.id, "i-1", "i-2")
        hold(organization.id, [report(ResourceKind.VOLUME, "vol-1", Volume("gp3", 8), "available")])
    everything = ada.get("/inventory").content.decode()
    assert all(one in everything for one in ("i-1", "i-2", "vol-1"))
    volumes = ada.get("/inventory?kind=volume").content.decode()
    assert "vol-1" in volumes
    assert "i-1" not in volumes
    assert "Nothing like this" in ada.get("/inventory?q=nowhere").content.decode()
    assert ada.get("/inventory?kind=nonsense&page=99").status_code == 200


def test_a_resource_shows_its_curves_facts_and_history(organization: Organization, ada: Client) -> None:
    yesterday = now().date() - timedelta(days=1)
    with tenancy.scope(organization.id):
        hold_instances(organization.id, "i-1")
        hold(organization.id, [report(ResourceKind.INSTANCE, "i-1", Instance("m5.xlarge"), "stopped")], at=AT + timedelta(1))
        [view] = list_resources(organization.id, ResourceFilter())
        measure(organization.id, view.id, Metric.CPU, yesterday, 10, 30)
        measure(organization.id, view.id, Metric.GPU, date(2020, 1, 1), 10, 30)
    text = ada.get(f"/inventory/{view.id.hex}").content.decode()
    assert 'data-chart="cpu_percent"' in text
    assert 'data-chart="gpu_percent"' not in text
    assert "m5.xlarge" in text
    assert "m5.large" in text
    assert "first seen" in text


def test_a_refresh_names_the_missing_permission_and_the_checks_that_wait(organization: Organization, ada: Client) -> None:
    refresh_id = refresh_with_refusal(organization.id, "ec2:DescribeVolumes")
    text = ada.get(f"/inventory/refreshes/{refresh_id.hex}").content.decode()
    assert "<code>ec2:DescribeVolumes</code>" in text
    assert "Waiting for it:" in text
    assert refresh_id.hex in ada.get("/inventory/refreshes").content.decode()


def test_a_look_is_started_by_those_who_may(organization: Organization, ada: Client, member: Callable[[Role], Client]) -> None:
    refused = ada.post("/inventory/refreshes/start", {"subject": "inventory"}, follow=True)
    assert "There is no connection to AWS that has a role" in refused.content.decode()
    refresh_with_refusal(organization.id, "ec2:DescribeVolumes")
    started = ada.post("/inventory/refreshes/start", {"subject": "utilization"}, follow=True)
    assert "It is looked at now." in started.content.decode()
    ben = member(Role.ENGINEER)
    assert ben.get("/inventory").status_code == 403
    assert ben.post("/inventory/refreshes/start").status_code == 403
