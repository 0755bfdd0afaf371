"""A start that cannot work says so in one sentence with what to do."""

import shutil
import socket
from pathlib import Path
from types import SimpleNamespace

import pytest

from assay.core.engines.failures import StartFailed
from assay.core.supervision import checks, programs


def test_a_port_in_use_is_named_with_a_way_out() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(StartFailed, match=rf"Port {port} .* in use.*ASSAY_PORT={port + 1}"):
            checks.check_port("127.0.0.1", port)


def test_a_data_directory_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises(StartFailed, match=r"Cannot write to .*file/home.*set ASSAY_HOME"):
        checks.prepare_home(blocked / "home")


def test_a_full_disk_is_told_before_anything_starts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=10 * 2**20))
    with pytest.raises(StartFailed, match="Only 10 MB are free"):
        checks.prepare_home(tmp_path)


def test_a_second_start_on_the_same_data_directory_is_refused(tmp_path: Path) -> None:
    with checks.hold_home(tmp_path), pytest.raises(StartFailed, match="already runs"):
        checks.hold_home(tmp_path)


def test_a_data_directory_with_odd_characters_can_be_supervised(tmp_path: Path) -> None:
    home = tmp_path / "a b%c"
    home.mkdir()
    text = programs.write_configuration(home, host="127.0.0.1", port=1).read_text()
    assert "a b%%c/logs" in text
