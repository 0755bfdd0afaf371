"""Marks, console, heartbeats and load on their way to a server that is slow, busy, silent or gone."""

import io
import logging
import sys
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

import assay_client
from assay_client.credentials import Credentials
from assay_client.failures import ClientFailed
from assay_client.recording import addressing, asking, loads
from assay_client.recording.addressing import find_tracking_server
from assay_client.recording.consoles import ConsoleBuffer, Piece, Tee
from assay_client.recording.links import HEARTBEAT_SECONDS, Feature, RunLink
from assay_client.recording.loads import LoadMeter
from assay_client.recording.recorder import START_TAG, Recorder
from assay_client.server import Server
from tests.unit.client.assay_server import TOKEN, AssayServer

RUN = "0190aaaa0000700080000000000000a1"
AT = datetime(2026, 5, 4, tzinfo=UTC)
RECEIVED = {"stdout": 0, "stderr": 0}


def connect(server: AssayServer) -> Server:
    return Server(Credentials(server.url, TOKEN), pauses=())


class Clock:
    seconds = 100.0

    def read(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


def link_to(server: AssayServer, clock: Clock, *features: Feature) -> RunLink:
    return RunLink(connect(server), RUN, frozenset(features), read_seconds=clock.read)


def piece(text: str, stream: str = "stdout") -> Piece:
    return Piece(1, stream, AT, text)


def console(server: AssayServer) -> list[list[tuple[str, int, str]]]:
    """(stream, offset, text) of each request that held some."""
    bodies = server.bodies(f"runs/{RUN}/console")
    return [[(c["stream"], c["offset"], c["text"]) for c in body["chunks"]] for body in bodies if body["chunks"]]


def test_output_is_kept_in_order_and_by_the_run_that_it_belongs_to() -> None:
    buffer = ConsoleBuffer()
    buffer.add("stdout", "a")
    buffer.add("stdout", "b")
    buffer.add("stderr", "c")
    buffer.owner = 1
    buffer.add("stderr", "d")
    assert [(p.stream, p.text) for p in buffer.take(0, limit_characters=100)] == [("stdout", "ab"), ("stderr", "c")]
    assert buffer.find_owner() == 1
    assert buffer.take(0, limit_characters=100) == []


def test_what_nobody_fetches_is_left_out_oldest_first_and_said_so() -> None:
    buffer = ConsoleBuffer(limit_characters=10)
    for text in ("12345678", "abcdefgh"):
        buffer.add("stdout", text)
    taken = buffer.take(0, limit_characters=100)
    assert "6 characters of output were left out" in taken[0].text
    assert "".join(p.text for p in taken[1:]) == "78abcdefgh"


def test_a_stream_stays_what_it_is_and_is_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    stream, buffer = io.TextIOWrapper(io.BytesIO(), encoding="utf-8"), ConsoleBuffer()
    monkeypatch.setattr(sys, "stdout", stream)
    tee = Tee("stdout", buffer)
    assert tee.install()
    print("seen")  # noqa: T201
    assert sys.stdout is stream
    tee.remove()
    print("unseen")  # noqa: T201
    stream.flush()
    assert stream.buffer.getvalue() == b"seen\nunseen\n"  # type: ignore[attr-defined]  # BytesIO
    assert [p.text for p in buffer.take(0, limit_characters=100)] == ["seen\n"]


def test_a_stream_that_cannot_be_copied_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", None)
    assert not Tee("stderr", ConsoleBuffer()).install()


def test_output_goes_on_where_the_server_says(server: AssayServer, clock: Clock) -> None:
    server.answer("POST", f"runs/{RUN}/console", {"stdout": 7, "stderr": 0})
    server.answer("POST", f"runs/{RUN}/console", {"stdout": 11, "stderr": 0})
    link = link_to(server, clock)
    link.add_output([piece("é\n"), piece("x", "stderr"), piece("y")])
    link.work()
    assert console(server) == [[("stdout", 7, "é\n"), ("stderr", 0, "x"), ("stdout", 10, "y")]]
    assert link.is_idle


def test_what_was_not_answered_is_repeated_word_for_word(server: AssayServer, clock: Clock) -> None:
    server.answer("POST", f"runs/{RUN}/console", RECEIVED)
    link = link_to(server, clock)
    link.add_output([piece("a")])
    link.work()
    server.refuse("POST", f"runs/{RUN}/console", 503, "unavailable", "busy")
    link.add_output([piece("b")])
    link.work()
    link.add_output([piece("c")])
    clock.seconds += 0.1
    link.work()  # it pauses
    server.replace("POST", f"runs/{RUN}/console", RECEIVED)
    clock.seconds += 1
    link.work()
    link.work()
    assert [request[0][2] for request in console(server)] == ["a", "b", "b", "c"]


def test_after_a_gap_the_output_follows_what_others_wrote(server: AssayServer, clock: Clock) -> None:
    server.answer("POST", f"runs/{RUN}/console", RECEIVED)
    link = link_to(server, clock)
    link.add_output([piece("a")])
    link.work()
    server.refuse("POST", f"runs/{RUN}/console", 409, "conflict", "gap")
    link.add_output([piece("b")])
    link.work()
    server.replace("POST", f"runs/{RUN}/console", {"stdout": 50, "stderr": 0})
    clock.seconds += 1
    link.work()
    assert console(server)[-1] == [("stdout", 50, "b")]


def test_heartbeats_come_every_twenty_seconds_until_the_run_has_ended(server: AssayServer, clock: Clock) -> None:
    server.answer("POST", f"runs/{RUN}/heartbeat", {"status": "RUNNING"})
    server.answer("POST", f"runs/{RUN}/heartbeat", {"status": "FINISHED"})
    link = link_to(server, clock, Feature.HEARTBEAT)
    for _ in range(5):
        link.work()
        link.work()
        clock.seconds += HEARTBEAT_SECONDS
    assert len(server.asked) == 2
    assert link.ended


def test_a_refusal_ends_that_part_alone_and_is_told_once(
    server: AssayServer, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    server.answer("POST", f"runs/{RUN}/console", RECEIVED)
    link = link_to(server, clock)
    for name in ("fit", "evaluate"):
        link.add_mark({"key": name, "kind": "stage", "name": name})
        link.add_output([piece(name)])
        link.work()
    assert [record.getMessage() for record in caplog.records if "marks" in record.getMessage()] == [
        f"Assay records no marks of run {RUN} any more: There is no runs/{RUN}/events."
    ]
    assert [request[0][2] for request in console(server)] == ["fit", "evaluate"]
    assert link.is_idle


def test_marks_wait_for_a_server_that_is_away(clock: Clock) -> None:
    with AssayServer() as server:
        link = link_to(server, clock)
    link.add_mark({"key": "k", "kind": "stage", "name": "fit"})
    link.work()
    assert not link.is_idle


def test_output_is_sent_to_the_run_that_was_started(server: AssayServer) -> None:
    recorder = Recorder(lambda: connect(server))
    recorder.features = frozenset({Feature.CONSOLE})
    recorder._begin = lambda: None  # type: ignore[method-assign]  # turned by hand
    server.answer("POST", f"runs/{RUN}/console", RECEIVED)
    recorder.buffer.add("stdout", "before\n")
    mark = recorder.expect_run(is_nested=False)
    recorder.buffer.add("stdout", "during\n")
    server.answer("GET", "runs", {"items": [], "next_cursor": None})
    assert not recorder.turn(is_last=True)
    server.replace("GET", "runs", {"items": [{"id": RUN}], "next_cursor": None})
    while not recorder.turn(is_last=True):
        continue
    assert server.asked[0].params["filter"].endswith(f" AND tags.`{START_TAG}` = '{mark}'")
    assert "".join(text for request in console(server) for _, _, text in request) == "before\nduring\n"


def test_the_output_of_nested_runs_is_their_parents(server: AssayServer) -> None:
    recorder = Recorder(lambda: connect(server))
    recorder._begin = lambda: None  # type: ignore[method-assign]  # turned by hand
    recorder.expect_run(is_nested=False)
    recorder.expect_run(is_nested=True)
    assert recorder.buffer.owner == 1
    recorder.expect_run(is_nested=False)
    assert recorder.buffer.owner == 2


def test_a_server_that_is_not_assay_ends_the_recording_with_one_warning(
    server: AssayServer, caplog: pytest.LogCaptureFixture
) -> None:
    recorder = Recorder(lambda: connect(server))
    recorder.expect_run(is_nested=False)
    assert recorder._thread is not None
    recorder._thread.join(10)
    recorder.stop()
    assert ["records nothing more" in record.getMessage() for record in caplog.records] == [True]


@pytest.fixture
def own_recorder(monkeypatch: pytest.MonkeyPatch) -> Recorder:
    made = Recorder()
    made._begin = lambda: None  # type: ignore[method-assign]  # no thread
    monkeypatch.setattr(asking, "recorder", made)
    monkeypatch.setattr(asking, "_warned", set())
    return made


def test_without_a_run_or_a_server_marks_are_warned_of_once_and_never_raise(
    own_recorder: Recorder, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):
        assay_client.stage("fit")
    monkeypatch.setenv("MLFLOW_RUN_ID", RUN)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "sqlite:///runs.db")
    for _ in range(2):
        assay_client.milestone("best", step=3)
    told = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    assert len(told) == 2
    assert "No run is active" in told[0]
    assert "MLFLOW_TRACKING_URI" in told[1]


def test_marks_reach_the_run_that_the_process_was_started_for(
    own_recorder: Recorder, server: AssayServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_recorder, "_connect", lambda: connect(server))
    monkeypatch.setenv("MLFLOW_RUN_ID", RUN)
    server.answer("POST", f"runs/{RUN}/events", {"items": [], "next_cursor": None})
    assay_client.stage("fit", step=2)
    assay_client.milestone("best")
    assert own_recorder.turn()
    (body,) = server.bodies(f"runs/{RUN}/events")
    assert [(e["kind"], e["name"], e["step"]) for e in body["events"]] == [("stage", "fit", 2), ("milestone", "best", None)]
    assert len({e["key"] for e in body["events"]}) == 2


@pytest.mark.parametrize(
    ("asked", "features"),
    [
        ("0", set()),
        ("", set()),
        ("1", set(Feature)),
        ("console, source", {Feature.CONSOLE, Feature.SOURCE, Feature.HEARTBEAT}),
        ("nonsense", set()),
    ],
)
def test_the_variable_says_what_is_captured(
    own_recorder: Recorder, monkeypatch: pytest.MonkeyPatch, asked: str, features: set[Feature]
) -> None:
    monkeypatch.setenv("ASSAY_CAPTURE", asked)
    asking.capture_as_asked()
    assert own_recorder.features == features
    own_recorder.forget()
    assert own_recorder.features == set()


def test_runs_are_marked_only_when_something_is_captured(own_recorder: Recorder) -> None:
    assert asking.start_tags() == {}
    own_recorder.features = frozenset({Feature.SOURCE})
    assert set(asking.start_tags()) == {START_TAG}


@pytest.mark.parametrize(
    ("environment", "token"),
    [
        ({"MLFLOW_TRACKING_TOKEN": "t"}, "t"),
        ({"MLFLOW_TRACKING_TOKEN": "t", "MLFLOW_TRACKING_USERNAME": "u", "MLFLOW_TRACKING_PASSWORD": "p"}, "p"),
    ],
)
def test_the_server_is_the_one_that_mlflow_logs_to(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], token: str
) -> None:
    monkeypatch.setattr(addressing, "_uri_of_mlflow", lambda: "")  # whatever other tests told mlflow
    found = find_tracking_server({"MLFLOW_TRACKING_URI": "http://127.0.0.1:1/", **environment})
    assert (found.url, found.token) == ("http://127.0.0.1:1", token)
    with pytest.raises(ClientFailed):
        find_tracking_server({"MLFLOW_TRACKING_URI": "http://127.0.0.1:1"})


def test_load_has_mlflows_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loads, "_open_gpus", lambda: (FakeNvml(), ["gpu"]))
    measured = {metric["key"]: metric["value"] for metric in LoadMeter().measure()}
    host = {
        "cpu_utilization_percentage",
        "system_memory_usage_percentage",
        "disk_usage_percentage",
        "network_receive_megabytes",
    }
    assert {f"system/{name}" for name in host} <= set(measured)
    assert {key: value for key, value in measured.items() if "gpu" in key} == {
        "system/gpu_0_memory_usage_percentage": 25.0, "system/gpu_0_memory_usage_megabytes": 0.001,
        "system/gpu_0_utilization_percentage": 80, "system/gpu_0_temperature_celsius": 61,
        "system/gpu_0_power_usage_watts": 300.0, "system/gpu_0_power_usage_percentage": 50.0,
    }  # fmt: skip


def test_where_mlflow_measures_nothing_is_measured_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_ENABLE_SYSTEM_METRICS_LOGGING", "true")
    assert LoadMeter().measure() == []


def test_without_psutil_there_is_one_warning_and_no_load(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(loads, "_find", lambda name: None)
    assert LoadMeter().measure() == []
    assert "assay-client[monitor]" in caplog.text


class FakeNvml:
    """An NVIDIA GPU as nvidia-ml-py tells of it."""

    NVML_TEMPERATURE_GPU = 0
    NVMLError = RuntimeError

    def nvmlDeviceGetMemoryInfo(self, gpu: str) -> Any:  # noqa: N802
        return SimpleNamespace(used=1_000, total=4_000)

    def nvmlDeviceGetUtilizationRates(self, gpu: str) -> Any:  # noqa: N802
        return SimpleNamespace(gpu=80)

    def nvmlDeviceGetTemperature(self, gpu: str, kind: int) -> int:  # noqa: N802
        return 61

    def nvmlDeviceGetPowerUsage(self, gpu: str) -> int:  # noqa: N802
        return 300_000

    def nvmlDeviceGetEnforcedPowerLimit(self, gpu: str) -> int:  # noqa: N802
        return 600_000
