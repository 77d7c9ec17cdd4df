"""The data folder (`.jobyard/`): one supervisor at a time, and the secrets and files that outlive it."""

import errno
import fcntl
import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import IO

from jobyard.up.errors import UpError


class DataFolder:
    """Paths in the data folder, and the lock on it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.postgres = path / "postgres"
        self.caddy = path / "caddy"
        self.logs = path / "logs"
        self._environment = path / "environment.json"
        self._lock: IO[str] | None = None

    def make(self) -> None:
        """Make the folder. For root others may pass through it: its PostgreSQL runs as `nobody`."""
        mode = 0o711 if os.geteuid() == 0 else 0o700
        try:
            self.path.mkdir(mode=mode, parents=True, exist_ok=True)
            for folder in (self.logs, self.caddy):
                folder.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise UpError(f"JOBYARD_DATA_DIR {self.path} cannot be made: {error.strerror}") from error

    def lock(self) -> bool:
        """Take the folder until this process ends. True when the last one that had it was killed.

        Raises UpError when another process has it, or when it is not ours to write to.
        """
        self._check_access()
        lock = _open_private(self.path / "up.lock")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno not in (errno.EAGAIN, errno.EACCES):
                raise
            lock.seek(0)
            pid = lock.read().strip() or "unknown"
            lock.close()
            raise UpError(
                f"it is already running on {self.path} (pid {pid}). Stop it first, or start a second one beside "
                "it with its own JOBYARD_DATA_DIR and JOBYARD_HTTP_PORT."
            ) from error
        lock.seek(0)
        was_killed = bool(lock.read().strip())
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        self._lock = lock
        return was_killed

    def unlock(self) -> None:
        """Leave the folder in order: the next start has nothing to clear away."""
        self._environment.unlink(missing_ok=True)
        if self._lock is not None:
            self._lock.truncate(0)
            self._lock.close()
            self._lock = None

    def secret(self) -> str:
        """The server's secret: made once, 64 random characters."""
        path = self.path / "secret"
        if not path.exists():
            _write_private(path, secrets.token_hex(32))
        return path.read_text(encoding="ascii").strip()

    def write_environment(self, environment: Mapping[str, str]) -> None:
        """What the parts were given, for the commands that run beside them."""
        _write_private(self._environment, json.dumps(environment, indent=2))

    def read_environment(self) -> dict[str, str] | None:
        """What the running parts were given; None when nothing runs here (a killed run leaves its file)."""
        if not self._is_locked() or not self._environment.exists():
            return None
        return dict(json.loads(self._environment.read_text(encoding="utf-8")))

    def _check_access(self) -> None:
        """A folder of another user (a first start by sudo, a second without) is told before anything is started."""
        kept = (self.path / "up.lock", self.path / "secret", self.postgres)
        for path in (self.path, self.logs, self.caddy, *(path for path in kept if path.exists())):
            if not os.access(path, os.R_OK | os.W_OK | (os.X_OK if path.is_dir() else 0)):
                raise UpError(
                    f"{path} belongs to another user or is read-only: start Jobyard as the user who made "
                    f"{self.path}, or choose another folder by JOBYARD_DATA_DIR"
                )

    def _is_locked(self) -> bool:
        try:
            with (self.path / "up.lock").open("rb") as lock:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except FileNotFoundError:
            return False
        except BlockingIOError:
            return True
        return False


def _open_private(path: Path) -> IO[str]:
    """Open a file to read and add to; 0600, also one that an earlier release made."""
    file = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600), "a+", encoding="ascii")
    if os.fstat(file.fileno()).st_uid == os.geteuid():
        os.fchmod(file.fileno(), 0o600)
    return file


def _write_private(path: Path, text: str) -> None:
    """Write a 0600 file at once or not at all."""
    new = path.with_name(path.name + ".new")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    new.rename(path)
