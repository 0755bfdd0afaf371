"""Series are read as they were stored: whole days, in order, with nothing made up."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from assay.accounts.models import Organization
from assay.clouds.domain.inventory import Instance, ResourceKey, ResourceKind
from assay.clouds.domain.refreshes import Reported
from assay.clouds.domain.utilization import Metric
from assay.clouds.models import CloudResource, UtilizationDay
from assay.clouds.selectors.utilization import read_series
from assay.clouds.services.resources import store_list
from assay.clouds.services.utilization import list_whole_days
from assay.core import tenancy
from tests.factories.organizations import found_organization

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 1)


def hold_instance(organization: Organization, native_id: str = "i-1") -> CloudResource:
    key = ResourceKey("aws", "1", "eu-central-1", ResourceKind.INSTANCE, native_id)
    where = {"provider": "aws", "account_id": "1", "region": "eu-central-1", "kind": ResourceKind.INSTANCE}
    store_list(
        organization.id, None, [Reported(key, Instance("m5.large"), "running")], **where, at=datetime(2026, 3, 1, tzinfo=UTC)
    )
    return CloudResource.objects.get(native_id=native_id)


def keep(resource: CloudResource, day: date, value: float, *, period: int = 300, metric: Metric = Metric.CPU) -> None:
    values = np.full(86_400 // period, value, dtype="<f4")
    values[0] = np.nan
    UtilizationDay.objects.create(
        organization_id=resource.organization_id,
        resource=resource,
        metric=metric,
        day=day,
        period_seconds=period,
        average=values.tobytes(),
        maximum=(2 * values).tobytes(),
    )


def test_days_stand_in_their_place_and_what_is_missing_is_nan(ada: Organization) -> None:
    with tenancy.scope(ada.id):
        resource = hold_instance(ada)
        for offset, value in ((0, 1.0), (2, 3.0), (3, 4.0)):
            keep(resource, DAY + timedelta(days=offset), value)
        keep(resource, DAY + timedelta(days=1), 9.0, metric=Metric.MEMORY)
        found = read_series(ada.id, [resource.id], [Metric.CPU, Metric.GPU], until=DAY + timedelta(days=3), days=4)
    series = found.pop((resource.id, Metric.CPU))
    assert found == {}
    assert (series.start, len(series), series.step) == (datetime(2026, 2, 28, tzinfo=UTC), 4 * 288, timedelta(minutes=5))
    assert series.measured == 2 * 287
    assert np.isnan(series.average[: 288 + 1]).all()
    assert (series.average[289:576] == 1).all()
    assert np.isnan(series.average[576:865]).all()
    assert (series.maximum[865:] == 6).all()


def test_days_of_a_longer_period_are_repeated_in_the_shorter_one(ada: Organization) -> None:
    with tenancy.scope(ada.id):
        resource = hold_instance(ada)
        keep(resource, DAY, 1.0, period=3_600)
        keep(resource, DAY + timedelta(days=1), 2.0)
        found = read_series(ada.id, [resource.id], [Metric.CPU], until=DAY + timedelta(days=2), days=2)
    series = found[resource.id, Metric.CPU]
    assert series.step == timedelta(minutes=5)
    assert (series.average[12:288] == 1).all()
    assert np.isnan(series.average[:12]).all()


def test_another_organizations_series_cannot_be_read(ada: Organization) -> None:
    with tenancy.scope(ada.id):
        resource = hold_instance(ada)
        keep(resource, DAY, 1.0)
    eve = found_organization()
    for organization_id in (eve.id, ada.id):
        with tenancy.scope(eve.id):
            assert read_series(organization_id, [resource.id], [Metric.CPU], until=DAY + timedelta(days=1), days=1) == {}


def test_only_days_that_have_settled_are_whole() -> None:
    assert list_whole_days(datetime(2026, 3, 3, 0, 59, tzinfo=UTC), 2) == [date(2026, 2, 28), date(2026, 3, 1)]
    assert list_whole_days(datetime(2026, 3, 3, 1, 0, tzinfo=UTC), 2) == [date(2026, 3, 1), date(2026, 3, 2)]
