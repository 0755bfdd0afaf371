"""The code and surroundings that a run was started with."""

from uuid import UUID

import pytest

from assay.core.errors import Invalid
from assay.core.ids import new_id
from assay.tracking.domain.content import DIFF_BYTES, Source
from assay.tracking.domain.errors import NotActive, SourceNotFound
from assay.tracking.domain.values import RunView
from assay.tracking.selectors.sources import find_source, get_source, sources_of_runs
from assay.tracking.services import runs
from assay.tracking.services.sources import digest_packages, record_source

SOURCE = Source(commit="a" * 40, branch="main", is_dirty=True, diff="-a\n+b\n", packages={"numpy": "2.0", "mlflow": "3.1"})


def test_a_source_is_kept_with_a_digest_of_its_packages(ada: UUID, run: RunView) -> None:
    kept = record_source(ada, run.id, SOURCE)
    assert get_source(ada, run.id) == kept
    assert kept.packages_digest == digest_packages({"mlflow": "3.1", "numpy": "2.0"})
    assert kept.packages_digest != digest_packages({"mlflow": "3.1", "numpy": "2.1"})


def test_a_later_start_replaces_the_earlier_one(ada: UUID, run: RunView) -> None:
    record_source(ada, run.id, SOURCE)
    record_source(ada, run.id, Source(commit="b" * 40))
    assert (get_source(ada, run.id).commit, get_source(ada, run.id).packages) == ("b" * 40, {})


def test_runs_without_a_source_have_none(ada: UUID, run: RunView) -> None:
    assert find_source(ada, run.id) is None
    assert sources_of_runs(ada, [run.id]) == {}
    with pytest.raises(SourceNotFound):
        get_source(ada, run.id)


@pytest.mark.parametrize(
    "bad",
    [
        Source(diff="x" * (DIFF_BYTES + 1)),
        Source(diff="a\x00b"),
        Source(commit="x" * 65),
        Source(diff_omitted_bytes=-1),
        Source(packages={"x" * 251: "1"}),
        Source(packages={f"p{index}": "1" for index in range(5_001)}),
    ],
)
def test_what_is_too_long_is_refused(ada: UUID, run: RunView, bad: Source) -> None:
    with pytest.raises(Invalid):
        record_source(ada, run.id, bad)
    assert find_source(ada, run.id) is None


def test_deleted_runs_take_no_source(ada: UUID, run: RunView) -> None:
    runs.delete_run(ada, run.id)
    with pytest.raises(NotActive):
        record_source(ada, run.id, SOURCE)
    with pytest.raises(SourceNotFound):
        get_source(ada, new_id())
