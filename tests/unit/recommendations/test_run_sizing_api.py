"""Machines for the runs of an experiment, from their system metrics to the answer of the API."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client

from assay.accounts.models import Organization
from assay.core import tenancy
from assay.core.clock import now
from assay.tracking.domain.content import Event, EventKind
from assay.tracking.domain.values import MetricPoint
from assay.tracking.services import experiments, runs
from assay.tracking.services.events import record_events
from tests.factories.runs import MACHINE, finish_run
from tests.factories.tokens import bearer

pytestmark = pytest.mark.django_db
BEGUN = now().replace(microsecond=0) - timedelta(days=1)


def log_hour(organization_id: UUID, run_id: UUID, *, cpu: list[float], memory: float, begun: datetime = BEGUN) -> None:
    """A sample a minute."""
    points = []
    for minute, percent in enumerate(cpu):
        at_ms = int((begun + timedelta(minutes=minute)).timestamp() * 1000)
        points.append(MetricPoint("system/cpu_utilization_percentage", percent, minute, at_ms))
        points.append(MetricPoint("system/system_memory_usage_percentage", memory, minute, at_ms))
    runs.log_batch(organization_id, run_id, metrics=points, params={}, tags={})


def ask(ada: Organization, experiment_id: UUID, **query: float) -> Any:
    return Client(headers=bearer(ada)).get(f"/api/v1/experiments/{experiment_id}/machines", query)


def test_runs_are_sized_by_what_they_used_in_all_and_in_each_stage(ada: Organization) -> None:
    machine = {"assay.compute.instance_type": "c5.2xlarge"}
    with tenancy.scope(ada.id):
        experiment = experiments.create_experiment(ada.id, name="sizes")
        run = finish_run(ada.id, experiment.id, name="a", started_at=BEGUN, tags=machine)
        log_hour(ada.id, run.id, cpu=[10.0] * 30 + [90.0] * 30, memory=15)
        half = BEGUN + timedelta(minutes=30)
        marks = [Event(uuid4(), EventKind.STAGE, "prepare", BEGUN), Event(uuid4(), EventKind.STAGE, "train", half)]
        record_events(ada.id, run.id, marks)
        shared = finish_run(ada.id, experiment.id, name="b", started_at=BEGUN, tags={**machine, "assay.compute.share": "0.5"})
        log_hour(ada.id, shared.id, cpu=[100.0] * 60, memory=90)
    [found] = ask(ada, experiment.id).json()["items"]
    assert (found["region"], found["runs"], found["now"]["instance_type"]) == ("us-east-1", 1, "c5.2xlarge")
    assert found["now"]["hours"] == pytest.approx(1)
    assert Decimal(found["now"]["cost"]["amount"]) == Decimal("0.34")
    assert found["options"] == [], "half of the time needs 7.2 of 8 vCPUs"
    assert [one["stages"][0]["name"] for one in found["stages"]] == ["prepare"]
    assert Decimal(found["stages"][0]["cost"]["amount"]) == Decimal("0.0425"), "half an hour on two vCPUs"
    slower = ask(ada, experiment.id, slowdown=1).json()["items"][0]["options"]
    assert slower == [] or all(0 < one["slowdown"] <= 1 for one in slower)


def test_runs_that_were_not_measured_are_not_sized(ada: Organization) -> None:
    with tenancy.scope(ada.id):
        experiment = experiments.create_experiment(ada.id, name="blind")
        finish_run(ada.id, experiment.id, name="a", started_at=BEGUN, tags=MACHINE)
    assert ask(ada, experiment.id).json()["items"] == []
    assert ask(ada, uuid4()).status_code == 404
