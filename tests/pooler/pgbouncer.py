"""A real PgBouncer in front of a PostgreSQL, by the files that docs/scaling.md shows."""

import configparser
import os
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit, urlunsplit

import pytest

from jobyard.postgres.embedded import free_port
from jobyard.postgres.embedded_account import NOBODY
from jobyard.postgres.pooler import Pooler
from tests.docs.pages import blocks, page

READY_SECONDS = 30


class PgBouncer:
    """Runs for the block. `changes` go over what the document's file says in `[pgbouncer]`."""

    def __init__(self, url: str, mode: Pooler, **changes: str) -> None:
        self._target = urlsplit(url)
        self._mode = mode
        self._changes = changes
        self._port = free_port()
        self._folder = Path()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The database's address through it."""
        user = f"{self._target.username}:{self._target.password}"
        return urlunsplit(self._target._replace(netloc=f"{user}@127.0.0.1:{self._port}"))

    def __enter__(self) -> Self:
        self._folder = Path(tempfile.mkdtemp(prefix="jobyard-pgbouncer-"))
        self._write_files()
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()
        shutil.rmtree(self._folder)

    def start(self) -> None:
        """Start, and wait until it takes connections. Root's runs as `nobody`: it refuses root."""
        nobody = NOBODY if os.geteuid() == 0 else None
        if nobody is not None:
            for path in (self._folder, *self._folder.iterdir()):
                os.chown(path, nobody, nobody)
        command = [program(), str(self._folder / "pgbouncer.ini")]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log, cwd="/", user=nobody, group=nobody)
        self._wait_ready()

    def kill(self) -> None:
        """End at once, with all connections."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def _write_files(self) -> None:
        (text,) = [text for text in blocks(page("docs/scaling.md"), "ini") if f"pool_mode = {self._mode}" in text]
        file = configparser.RawConfigParser()
        file.read_string(text)
        target = self._target
        (documented,) = file["databases"]
        assert "dbname=jobyard" in file["databases"][documented]
        file.remove_section("databases")
        file["databases"] = {target.path[1:]: f"host={target.hostname} port={target.port} dbname={target.path[1:]}"}
        ours = {"listen_port": str(self._port), "auth_file": str(self._folder / "users"), "unix_socket_dir": ""}
        file["pgbouncer"].update(ours | self._changes)
        (self._folder / "users").write_text(f'"{target.username}" "{target.password}"\n')
        with (self._folder / "pgbouncer.ini").open("w") as out:
            file.write(out)

    def _wait_ready(self) -> None:
        assert self._process is not None
        deadline = time.monotonic() + READY_SECONDS
        while True:
            try:
                socket.create_connection(("127.0.0.1", self._port), timeout=1).close()
            except OSError:
                said = (self._folder / "log").read_text()
                assert self._process.poll() is None, said
                assert time.monotonic() < deadline, said
                time.sleep(0.02)
            else:
                return


def program() -> str:
    """PgBouncer's program; `./just test-long` installs it where it can."""
    found = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if found is None:
        pytest.fail("these tests need PgBouncer (Debian: apt-get install pgbouncer)")
    return found
