"""How checks went."""

from uuid import UUID

from assay.core.errors import NotFound
from assay.recommendations.domain.states import ENDED, CheckResultState, CheckRunState
from assay.recommendations.domain.values import CheckRunView, CheckView, ResultView
from assay.recommendations.models import CheckResult, CheckRun
from assay.recommendations.selectors.findings import totals_by_check
from assay.recommendations.selectors.registry import checks_by_name, title_of
from assay.recommendations.selectors.settings import read_settings, show_options


def list_checks(organization_id: UUID) -> list[CheckView]:
    """Every check there is, as it went last, by group and title."""
    totals, settings = totals_by_check(organization_id), read_settings(organization_id)
    ended = CheckResult.objects.filter(organization_id=organization_id, state__in=ENDED)
    latest = {row.check_name: row for row in ended.order_by("check_name", "-finished_at").distinct("check_name")}
    views = []
    for name, check in checks_by_name().items():
        row, chosen = latest.get(name), settings[name]
        open_count, counted = totals.get(name, (0, ()))
        views.append(
            CheckView(
                name=name,
                title=check.title,
                group=check.group.value,
                paused=chosen.paused,
                state=CheckResultState(row.state) if row else None,
                message=row.message if row else "",
                found=row.found if row else 0,
                last_run_at=row.finished_at if row else None,
                open_count=open_count,
                counted=counted,
                options=show_options(chosen.options),
            )
        )
    return sorted(views, key=lambda view: (view.group, view.title))


def list_runs(organization_id: UUID, *, limit: int = 50) -> list[CheckRunView]:
    """The newest first."""
    rows = CheckRun.objects.filter(organization_id=organization_id).prefetch_related("results").order_by("-started_at")
    return [_view(row) for row in rows[:limit]]


def get_run(organization_id: UUID, run_id: UUID) -> CheckRunView:
    """raises: NotFound."""
    row = CheckRun.objects.filter(organization_id=organization_id, id=run_id).prefetch_related("results").first()
    if row is None:
        raise NotFound(f"There is no run of checks {run_id}.", run_id=str(run_id))
    return _view(row)


def _view(row: CheckRun) -> CheckRunView:
    results = sorted((_result(result) for result in row.results.all()), key=lambda result: result.title)
    return CheckRunView(row.id, CheckRunState(row.state), row.trigger, row.started_at, row.finished_at, tuple(results))


def _result(row: CheckResult) -> ResultView:
    return ResultView(
        row.check_name,
        title_of(row.check_name),
        CheckResultState(row.state),
        row.found,
        row.new,
        row.seconds,
        row.message,
        tuple(row.log),
    )
