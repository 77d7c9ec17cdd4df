"""`./just up` itself: PostgreSQL, migrations, the API, Caddy and the built page, as a user starts them."""

import contextlib
import os
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from jobyard.postgres.embedded import free_port

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

ACCOUNT = {"email": "ada@example.org", "password": "correct horse battery"}
GONE_SECONDS = 30.0


class Up:
    def __init__(self, folder: Path, port: int, **more: str) -> None:
        self.page = f"http://localhost:{port}"
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("JOBYARD_")},
            "JOBYARD_DATA_DIR": str(folder),
            "JOBYARD_HTTP_PORT": str(port),
            **more,
        }
        self.process = self.command()
        self.said = ""

    def command(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "jobyard.up", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=self.environment,
            start_new_session=True,
        )

    def wait_for(self, text: str) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said += line
            if text in line:
                return
        raise AssertionError(f"it ended without saying {text!r}:\n{self.said}")

    def beside(self, *arguments: str) -> tuple[int, str]:
        process = self.command(*arguments)
        said, _ = process.communicate(timeout=120)
        return process.returncode, said

    def post(self, path: str) -> int:
        return httpx.post(f"{self.page}{path}", json=ACCOUNT, timeout=30).status_code

    def pid_of(self, argument: str) -> int:
        for pid in descendants(self.process.pid):
            if argument in Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8").split("\0"):
                return pid
        raise AssertionError(f"no process with {argument!r}")


def descendants(pid: int) -> list[int]:
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text(encoding="ascii").split():
            found += [int(child), *descendants(int(child))]
    return found


def wait_until_gone(pids: list[int], logs: Path) -> None:
    deadline = time.monotonic() + GONE_SECONDS
    for pid in pids:
        try:
            descriptor = os.pidfd_open(pid)
        except ProcessLookupError:
            continue
        try:
            left = max(0.0, deadline - time.monotonic())
            assert select.select([descriptor], [], [], left)[0], survivors(pids, logs)
        finally:
            os.close(descriptor)


def survivors(pids: list[int], logs: Path) -> str:
    """Which of them are there still, where they wait, and what their logs say last."""
    said = "still alive:"
    for pid in pids:
        with contextlib.suppress(OSError):
            command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            said += f"\n{pid} {command[:200]} ({Path(f'/proc/{pid}/wchan').read_text(encoding='ascii')})"
    for log in sorted(logs.glob("*.log")):
        said += "\n".join(["", log.name, *log.read_text(encoding="utf-8", errors="replace").splitlines()[-15:]])
    return said


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[[], Up]]:
    port = free_port()
    started: list[Up] = []

    def go() -> Up:
        started.append(Up(tmp_path / "data", port))
        started[-1].wait_for("Ctrl-C stops all of it.")
        return started[-1]

    yield go
    for up in started:
        if up.process.poll() is None:
            up.process.send_signal(signal.SIGTERM)
        up.process.communicate(timeout=60)


def test_what_is_kept_outlives_a_stop_and_a_kill_and_no_process_does(start: Callable[[], Up], tmp_path: Path) -> None:
    logs = tmp_path / "data" / "logs"
    up = start()
    assert f"Jobyard is ready: {up.page}/app" in up.said
    assert httpx.get(f"{up.page}/app", timeout=30).status_code == 200
    metrics = re.search(r"metrics +(\S+)", up.said)
    assert metrics is not None
    assert httpx.get(metrics[1], timeout=30).status_code == 200
    assert up.post("/signup") == 201

    pids = descendants(up.process.pid)
    assert len(pids) > 3
    up.process.send_signal(signal.SIGINT)
    up.process.send_signal(signal.SIGINT)
    assert up.process.wait(60) == 0
    wait_until_gone(pids, logs)

    up = start()
    assert up.post("/login") == 200
    pids = descendants(up.process.pid)
    up.process.kill()
    wait_until_gone(pids, logs)

    assert start().post("/login") == 200


def test_an_api_that_is_killed_comes_back_and_requests_wait_for_it(start: Callable[[], Up]) -> None:
    up = start()
    assert up.post("/signup") == 201
    os.kill(up.pid_of("serve"), signal.SIGKILL)
    while (answer := up.post("/login")) == 503:
        pass  # each waited in front for as long as it may; a busy machine takes longer to start the API
    assert answer == 200
    up.wait_for("ready again")


def test_a_database_that_is_away_is_named_while_it_is_waited_for_and_at_the_end(tmp_path: Path) -> None:
    up = Up(tmp_path / "data", free_port(), JOBYARD_DATABASE_URL=f"postgresql://ada@127.0.0.1:{free_port()}/x")
    try:
        up.wait_for("migrate   waiting for the database at 127.0.0.1:")
        assert up.process.poll() is None
        up.wait_for("Jobyard did not start")
        up.wait_for("Start it, or set JOBYARD_DATABASE_URL to where it is")
        assert up.process.wait(60) == 1
    finally:
        up.process.kill()
        up.process.communicate()


def test_what_runs_beside_it(start: Callable[[], Up], tmp_path: Path) -> None:
    up = start()
    assert up.beside("run", "migrate")[0] == 0
    code, said = up.beside()
    assert (code, f"already running on {tmp_path / 'data'} (pid {up.process.pid})" in said) == (1, True)
    up.environment["JOBYARD_DATA_DIR"] = str(tmp_path / "other")
    code, said = up.beside()
    assert (code, "is in use by another program" in said) == (1, True)
    code, said = up.beside("run", "migrate")
    assert (code, "nothing runs on" in said) == (1, True)
