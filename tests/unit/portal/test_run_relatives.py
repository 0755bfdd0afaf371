"""Parents, children, data and models of a run."""

from datetime import timedelta

from django.test import Client
from django.urls import reverse

from assay.accounts.models import Organization
from assay.portal.selectors.run_relatives import read_family, read_lineage
from assay.tracking.domain.values import DatasetUse, DatasetView, ExperimentView, RunView
from assay.tracking.selectors.runs import get_run
from assay.tracking.services import runs
from tests.factories.runs import finish_run
from tests.unit.portal.conftest import START, inside

PARENT = "mlflow.parentRunId"


def add(organization: Organization, experiment: ExperimentView, name: str, *, below: RunView, minutes: int = 0) -> RunView:
    return finish_run(
        organization.id,
        experiment.id,
        name=name,
        started_at=START + timedelta(minutes=minutes),
        tags={PARENT: below.id.hex},
    )


def test_a_run_knows_its_ancestors_and_its_children(
    organization: Organization, experiment: ExperimentView, run: RunView
) -> None:
    with inside(organization):
        middle = add(organization, experiment, "middle", below=run)
        second = add(organization, experiment, "second", below=middle, minutes=2)
        first = add(organization, experiment, "first child", below=middle, minutes=1)
        family = read_family(organization.id, get_run(organization.id, middle.id))
        assert [row.run.id for row in family.ancestors] == [run.id]
        assert [row.run.id for row in family.children] == [first.id, second.id]
        assert all(row.cost.amount for row in (*family.ancestors, *family.children))
        assert [row.run.id for row in read_family(organization.id, get_run(organization.id, first.id)).ancestors] == [
            run.id,
            middle.id,
        ]


def test_a_circle_of_parents_ends(organization: Organization, experiment: ExperimentView, run: RunView) -> None:
    with inside(organization):
        child = add(organization, experiment, "child", below=run)
        runs.log_batch(organization.id, run.id, tags={PARENT: child.id.hex})
        circle = get_run(organization.id, run.id)
        assert [row.run.id for row in read_family(organization.id, circle).ancestors] == [child.id]


def test_a_parent_that_is_no_run_is_left_out(organization: Organization, run: RunView) -> None:
    with inside(organization):
        for text in ("not an id", "f" * 32):
            runs.log_batch(organization.id, run.id, tags={PARENT: text})
            assert not read_family(organization.id, get_run(organization.id, run.id))


def test_lineage_leads_from_the_data(ada: Client, organization: Organization, run: RunView) -> None:
    data = DatasetView("digits", "d1g35t", "local", "/data/digits.csv")
    with inside(organization):
        runs.log_inputs(organization.id, run.id, datasets=[DatasetUse(data, "training", {})])
        assert [use.dataset.digest for use in read_lineage(organization.id, run).datasets] == ["d1g35t"]
    page = ada.get(reverse("run", args=[run.id]), {"tab": "lineage"}).text
    assert "d1g35t" in page
    assert "training" in page
