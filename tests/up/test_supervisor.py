import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import jobyard

SCRIPT = Path(__file__).with_name("tiny_jobyard.py")
BACKEND = str(Path(jobyard.__file__).parents[1])
DEADLINE_SECONDS = 30.0
Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    started: list[subprocess.Popen[str]] = []

    def go(*manners: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, str(SCRIPT), str(tmp_path), *manners],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, "PYTHONPATH": BACKEND},
            start_new_session=True,
        )
        started.append(process)
        return process

    yield go
    for process in started:
        process.kill()
        process.communicate()


def read_until(process: subprocess.Popen[str], word: str) -> str:
    assert process.stdout is not None
    said = ""
    for line in process.stdout:
        said += line
        if word in line:
            return said
    raise AssertionError(f"it ended without saying {word!r}:\n{said}")


def pid_of(folder: Path, name: str) -> int:
    return int((folder / f"{name}.pid").read_text(encoding="ascii"))


def wait_until_gone(pid: int) -> None:
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        assert select.select([descriptor], [], [], DEADLINE_SECONDS)[0], f"process {pid} is still alive"
    finally:
        os.close(descriptor)


def events(folder: Path) -> list[str]:
    return (folder / "events").read_text(encoding="utf-8").splitlines()


def test_parts_start_in_order_and_stop_in_the_opposite_one(start: Start, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "lingering")
    process = start("database=polite", "api=waits", "door=lingers")
    read_until(process, "ready\n")
    process.send_signal(signal.SIGTERM)
    assert process.wait(DEADLINE_SECONDS) == 0
    happened = events(tmp_path)
    assert happened[:3] == ["start database", "start api", "start door"]
    assert set(happened[3:5]) == {"asked door", "asked api"}  # one after the other, and each notes it in its own time
    assert happened[5:] == ["end api", "asked database", "end database", "asked door", "end door"]


def test_a_second_ctrl_c_changes_nothing(start: Start, tmp_path: Path) -> None:
    process = start("database=polite", "api=stubborn")
    read_until(process, "ready\n")
    process.send_signal(signal.SIGINT)
    process.send_signal(signal.SIGINT)
    assert process.wait(DEADLINE_SECONDS) == 0
    assert events(tmp_path)[-2:] == ["asked database", "end database"]


def test_a_stubborn_part_is_ended_with_its_children(start: Start, tmp_path: Path) -> None:
    process = start("api=stubborn")
    read_until(process, "ready\n")
    process.send_signal(signal.SIGTERM)
    assert process.wait(DEADLINE_SECONDS) == 0
    wait_until_gone(pid_of(tmp_path, "api"))
    wait_until_gone(pid_of(tmp_path, "api-child"))


def test_kill_9_of_the_supervisor_leaves_no_part(start: Start, tmp_path: Path) -> None:
    process = start("database=polite", "api=polite")
    read_until(process, "ready\n")
    process.kill()
    wait_until_gone(pid_of(tmp_path, "database"))
    wait_until_gone(pid_of(tmp_path, "api"))


def test_a_part_that_dies_is_started_again_and_said_loudly(start: Start, tmp_path: Path) -> None:
    process = start("database=polite", "api=polite")
    read_until(process, "ready\n")
    first = pid_of(tmp_path, "api")
    os.kill(first, signal.SIGKILL)
    said = read_until(process, "ready again")
    assert "api       was ended by SIGKILL unexpectedly" in said
    assert pid_of(tmp_path, "api") != first
    process.send_signal(signal.SIGTERM)
    assert process.wait(DEADLINE_SECONDS) == 0
    assert events(tmp_path).count("end api") == 1
    assert events(tmp_path).count("start database") == 1


def test_a_part_whose_log_cannot_be_written_is_not_started(start: Start, tmp_path: Path) -> None:
    (tmp_path / "api.log").mkdir()
    process = start("database=polite", "api=polite")
    said, _ = process.communicate(timeout=DEADLINE_SECONDS)
    assert process.returncode == 1
    assert f"api's log {tmp_path / 'api.log'} cannot be written: Is a directory" in said
    assert events(tmp_path) == ["start database", "asked database", "end database"]


def test_a_part_that_cannot_start_stops_the_others_and_says_why(start: Start, tmp_path: Path) -> None:
    process = start("database=polite", "api=broken", "door=polite")
    said, _ = process.communicate(timeout=DEADLINE_SECONDS)
    assert process.returncode == 1
    assert "Jobyard did not start: api ended with exit code 3" in said
    assert "the reason is in this line" in said
    assert events(tmp_path) == ["start database", "asked database", "end database"]
