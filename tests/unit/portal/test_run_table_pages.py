"""Run tables: pages, groups, chosen runs, columns, saved views."""

import csv
import io
import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape

import pytest
from django.http import HttpResponseBase
from django.test import Client
from django.urls import reverse

from assay.accounts.domain.roles import Role
from assay.accounts.models import Organization
from assay.accounts.services.teams import create_team
from assay.portal.domain import run_questions
from assay.tracking.domain.states import RunStatus
from assay.tracking.domain.values import ExperimentView, MetricPoint, RunView
from assay.tracking.selectors.runs import get_run
from assay.tracking.services import experiments, runs
from tests.factories.members import principal_of
from tests.factories.runs import finish_run
from tests.unit.portal.conftest import START, inside

Add = Callable[..., RunView]


@pytest.fixture
def add(organization: Organization, experiment: ExperimentView) -> Add:
    """Another run of the experiment, each a minute later."""
    made: list[RunView] = []

    def another(name: str, *, params: dict[str, str] | None = None, **values: object) -> RunView:
        at = START + timedelta(minutes=len(made))
        with inside(organization):
            run = finish_run(organization.id, experiment.id, name=name, **({"started_at": at} | values))  # type: ignore[arg-type]  # the factory's own
            runs.log_batch(organization.id, run.id, params=params or {})
        made.append(run)
        return run

    return another


def show(client: Client, experiment: ExperimentView, **query: object) -> str:
    answer = client.get(reverse("experiment", args=[experiment.number]), query)
    assert answer.status_code == 200
    return answer.text


def names(page: str) -> list[str]:
    return re.findall(r'<td class="cell-name"><a href="/runs/[0-9a-f]{32}" title="([^"]*)"', page)


def link(page: str, rel: str) -> str | None:
    found = re.search(rf'href="([^"]*)" rel="{rel}"', page)
    return unescape(found[1]) if found else None


def read(answer: HttpResponseBase) -> list[dict[str, str]]:
    text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]  # a stream
    return list(csv.DictReader(io.StringIO(text)))


@pytest.mark.parametrize("sort", ["", "-cost", "cost", "name", "-metric:accuracy"])
def test_pages_lead_forth_and_back_in_any_order(
    ada: Client, experiment: ExperimentView, add: Add, monkeypatch: pytest.MonkeyPatch, sort: str
) -> None:
    monkeypatch.setattr(run_questions, "PAGE_SIZE", 2)
    for number in range(5):
        add(f"run {number}", hours=1 + number % 3, metrics={"accuracy": number / 10})
    address = f"{reverse('experiment', args=[experiment.number])}?sort={sort}"
    seen, pages = [], []
    while address:
        page = ada.get(address).text
        pages.append(names(page))
        seen += names(page)
        address = link(page, "next") or ""
        address = address and reverse("experiment", args=[experiment.number]) + address
    assert sorted(seen) == [f"run {number}" for number in range(5)]
    back = link(page, "prev")
    assert names(ada.get(reverse("experiment", args=[experiment.number]) + str(back)).text) == pages[-2]


def test_the_deleted_stand_apart_and_can_come_back(
    ada: Client, organization: Organization, experiment: ExperimentView, add: Add
) -> None:
    kept, gone = add("kept"), add("gone")
    with inside(organization):
        runs.delete_run(organization.id, gone.id)
    assert names(show(ada, experiment)) == [kept.name]
    assert names(show(ada, experiment, status="DELETED")) == [gone.name]


def test_groups_carry_count_best_mean_and_dollars(ada: Client, experiment: ExperimentView, add: Add) -> None:
    add("a", params={"kernel": "rbf"}, metrics={"accuracy": 0.5}, hours=1)
    add("b", params={"kernel": "rbf"}, metrics={"accuracy": 0.9}, hours=2)
    add("c", params={"kernel": "poly"}, metrics={"accuracy": 0.6}, hours=10)
    add("d")
    page = show(ada, experiment, group="param:kernel", metric="accuracy")
    rows = [re.sub(r"<[^>]+>|\s+", " ", row) for row in re.findall(r'<tr class="group-head".*?</tr>', page, re.S)]
    cells = [row.split() for row in rows]
    assert [one[:4] for one in cells] == [["rbf", "2", "0.9", "0.7"], ["poly", "1", "0.6", "0.6"], ["without", "it", "1", "–"]]
    assert "$0.29" in rows[0]
    assert "$0.96" in rows[1]


def test_an_opened_group_shows_its_runs_and_no_others(ada: Client, experiment: ExperimentView, add: Add) -> None:
    add("a", params={"kernel": "it's"})
    add("b", params={"kernel": "poly"})
    add("c")
    assert names(show(ada, experiment, group="param:kernel", open="=it's")) == ["a"]
    assert names(show(ada, experiment, group="param:kernel", open="-")) == ["c"]
    assert names(show(ada, experiment, group="param:kernel")) == []


def test_runs_group_by_status_user_and_tag(ada: Client, experiment: ExperimentView, add: Add) -> None:
    add("a", status=RunStatus.FAILED, tags={"team": "vision"})
    for group, value in (("status", "FAILED"), ("user", "ada"), ("tag:team", "vision")):
        assert names(show(ada, experiment, group=group, open=f"={value}")) == ["a"], group


def test_a_group_of_a_filter_that_cannot_be_read_says_why(ada: Client, experiment: ExperimentView, add: Add) -> None:
    add("a")
    assert "note-error" in show(ada, experiment, group="status", filter="metrics.x >")


def test_tags_trends_and_prices_per_point_are_columns(
    ada: Client, organization: Organization, experiment: ExperimentView, add: Add
) -> None:
    add("first", metrics={"accuracy": 0.5})
    better = add("better", metrics={"accuracy": 0.7}, tags={"team": "vision"}, status=RunStatus.RUNNING)
    with inside(organization):
        points = [MetricPoint("accuracy", 0.7 + step / 100, step, step) for step in range(1, 11)]
        runs.log_batch(organization.id, better.id, metrics=points)
    page = show(ada, experiment, columns=["tag:team", "trend", "per_point"])
    assert ">vision</td>" in page
    assert page.count("<polyline") == 1
    assert re.search(r'<td class="amount" title="[0-9.]+ USD">', page)


def test_more_columns_than_a_menu_lists_are_found_by_words(
    ada: Client, organization: Organization, experiment: ExperimentView, run: RunView
) -> None:
    with inside(organization):
        for first in range(0, 300, 100):
            params = {f"p{number:03}": "1" for number in range(first, first + 100)}
            runs.log_batch(organization.id, run.id, params=params)
    assert 'value="param:p250"' not in show(ada, experiment)
    found = ada.get(reverse("experiment_columns", args=[experiment.number]), {"q": "P25"}).text
    assert found.count("<li data-column>") == 10
    assert ">p250<" in show(ada, experiment, columns="param:p250")


def test_chosen_runs_are_deleted_with_a_way_back(
    ada: Client, organization: Organization, experiment: ExperimentView, add: Add
) -> None:
    chosen = [add("a").id.hex, add("b").id.hex]
    back = reverse("experiment", args=[experiment.number]) + "?sort=name"
    answer = ada.post(reverse("experiment_delete_runs", args=[experiment.number]), {"run": chosen, "next": back}, follow=True)
    assert answer.redirect_chain == [(back, 302)]
    assert names(answer.text) == []
    form = re.search(r'<form class="undo" method="post" action="([^"]+)">(.*?)</form>', answer.text, re.S)
    assert form
    fields = re.findall(r'name="(run|next)" value="([^"]*)"', form[2])
    again = {"run": [value for name, value in fields if name == "run"], "next": unescape(dict(fields)["next"])}
    assert names(ada.post(form[1], again, follow=True).text) == ["a", "b"]


def test_chosen_runs_are_tagged(ada: Client, organization: Organization, experiment: ExperimentView, add: Add) -> None:
    run = add("a")
    ada.post(reverse("experiment_tag_runs", args=[experiment.number]), {"run": [run.id.hex], "key": "stage", "value": "best"})
    with inside(organization):
        assert get_run(organization.id, run.id).tags["stage"] == "best"
    refused = ada.post(
        reverse("experiment_tag_runs", args=[experiment.number]), {"run": [run.id.hex], "key": "", "value": ""}, follow=True
    )
    assert "note-error" in refused.text


@pytest.mark.parametrize("route", ["experiment_delete_runs", "experiment_restore_runs", "experiment_tag_runs"])
def test_acts_need_the_right_and_runs_of_ones_own(
    route: str,
    ada: Client,
    eve: Client,
    member: Callable[[Role], Client],
    organization: Organization,
    experiment: ExperimentView,
    add: Add,
) -> None:
    run = add("a")
    address, body = reverse(route, args=[experiment.number]), {"run": [run.id.hex], "key": "x", "value": "y"}
    assert member(Role.VIEWER).post(address, body).status_code == 403
    assert eve.post(address, body).status_code == 404
    assert ada.post(address, {**body, "run": ["0" * 32]}).status_code == 404
    assert ada.post(address, {"run": ["x"]}).status_code == 400
    assert ada.post(address, {}).status_code == 400
    with inside(organization):
        assert get_run(organization.id, run.id).lifecycle_stage == "active"


@pytest.mark.parametrize("target", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", "x"])
def test_no_act_leads_to_another_site(ada: Client, experiment: ExperimentView, add: Add, target: str) -> None:
    body = {"run": [add("a").id.hex], "next": target}
    answer = ada.post(reverse("experiment_delete_runs", args=[experiment.number]), body)
    assert answer["Location"] == reverse("experiment", args=[experiment.number])


def test_the_export_keeps_filter_order_and_columns(ada: Client, experiment: ExperimentView, add: Add) -> None:
    add("cheap", hours=1, metrics={"accuracy": 0.5, "loss": 1}, params={"kernel": "=1+1"})
    add("dear", hours=9, metrics={"accuracy": 0.6, "loss": 2})
    add("bad", hours=3, metrics={"accuracy": 0.1, "loss": 3})
    query = {"filter": "metrics.accuracy > 0.4", "sort": "-cost", "columns": ["metric:loss", "param:kernel", "trend"]}
    rows = read(ada.get(reverse("experiment_csv", args=[experiment.number]), query))
    assert [(row["name"], row["loss"], row["kernel"]) for row in rows] == [("dear", "2.0", ""), ("cheap", "1.0", "'=1+1")]
    assert set(rows[0]) == {"run_id", "name", "loss", "kernel"}


def test_the_export_of_chosen_runs_holds_those(ada: Client, experiment: ExperimentView, add: Add) -> None:
    chosen = [add("a"), add("b")]
    add("c")
    answer = ada.post(reverse("experiment_chosen_csv", args=[experiment.number]), {"run": [run.id.hex for run in chosen[::-1]]})
    assert [row["name"] for row in read(answer)] == ["b", "a"]


def test_an_export_of_a_filter_that_cannot_be_read_is_refused(ada: Client, experiment: ExperimentView) -> None:
    assert ada.get(reverse("experiment_csv", args=[experiment.number]), {"filter": "nonsense >"}).status_code == 400


def test_an_experiment_is_described_renamed_deleted_and_restored(ada: Client, experiment: ExperimentView, add: Add) -> None:
    add("a")
    number = experiment.number
    page = ada.post(
        reverse("experiment_describe", args=[number]), {"name": "numerals", "description": "What <b> learns"}, follow=True
    ).text
    assert "What &lt;b&gt; learns" in page
    assert "<h1>numerals</h1>" in page
    assert 'class="undo"' in ada.post(reverse("experiment_delete", args=[number]), follow=True).text
    assert "numerals" not in re.findall(r'class="cell-name"><a[^>]*>([^<]*)', ada.get(reverse("experiments")).text)
    assert "numerals" in ada.get(reverse("experiments"), {"stage": "deleted"}).text
    assert names(ada.post(reverse("experiment_restore", args=[number]), follow=True).text) == ["a"]


def test_a_view_is_saved_without_where_somebody_was_reading(ada: Client, experiment: ExperimentView, add: Add) -> None:
    add("a")
    here = reverse("experiment", args=[experiment.number])
    ada.post(
        reverse("view_save"), {"name": "Best", "next": f"{here}?sort=-cost&cursor=abc&page=3&filter=a%3D1", "shared": "on"}
    )
    page = show(ada, experiment)
    assert f'href="{here}?sort=-cost&amp;filter=a%3D1"' in page


def test_an_experiment_of_deleted_runs_only_still_shows_its_tabs(
    ada: Client, organization: Organization, experiment: ExperimentView, add: Add
) -> None:
    run = add("a")
    with inside(organization):
        runs.delete_run(organization.id, run.id)
        experiments.set_experiment_tag(organization.id, experiment.id, key="domain", value="vision")
    page = show(ada, experiment)
    assert "status=DELETED" in page
    assert "domain: vision" in page


def test_the_head_names_the_team(ada: Client, organization: Organization) -> None:
    with inside(organization):
        owner = principal_of(organization, "ada@example.com").user_id
        team = create_team(organization.id, name="Vision", parent_id=None, actor_id=owner)
        owned = experiments.create_experiment(organization.id, name="owned", team_id=team.id)
    assert "team Vision" in show(ada, owned)
