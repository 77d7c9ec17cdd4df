"""Brings the peers into .bench/, each into an environment of its own, from locks that are pinned by hash."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.systems import OURS, SYSTEMS, System
from jobyard import __version__

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / ".bench"
HERE = Path(__file__).parent
TOOLS = ROOT / ".tools"
INSTALL_SECONDS = 300


class InstallError(Exception):
    """A peer could not be installed."""


@dataclass(frozen=True, slots=True)
class Installed:
    """A system that can be measured: how its processes are started, and where, and its version."""

    system: System
    command: tuple[str, ...]
    folder: Path
    version: str


def install(system: System) -> Installed | str:
    """Install it where that is not done; or say in a line why it can't be measured here. Raises InstallError."""
    if system is OURS:
        return Installed(system, (sys.executable, "-m", "benchmarks.adapters", system.name), ROOT, __version__)
    if system.is_node:
        return _node(system)
    python = _python(system.least_python)
    if python is None:
        return (
            f"{system.title} is left out: it needs Python {'.'.join(map(str, system.least_python))}, and none was found"
        )
    lock = HERE / "locks" / f"{system.name}.lock"
    folder = FOLDER / "peers" / system.name
    if not _is_there(folder, lock, python):
        uv = str(TOOLS / "bin" / "uv")
        _run(uv, "venv", "--quiet", "--clear", "--no-project", "--no-config", "--python", python, str(folder))
        interpreter = str(folder / "bin" / "python")
        _run(uv, "pip", "sync", "--quiet", "--no-config", "--require-hashes", "--python", interpreter, str(lock))
        _note(folder, lock, python)
    version = re.search(rf"^{re.escape(system.package)}==(\S+)", lock.read_text(encoding="utf-8"), re.MULTILINE)
    command = (str(folder / "bin" / "python"), "-m", "benchmarks.adapters", system.name)
    return Installed(system, command, ROOT, version[1] if version else "?")


def install_all(names: Sequence[str]) -> tuple[list[Installed], list[str]]:
    """Those that can be measured, and a line for each that can't."""
    found = [install(SYSTEMS[name]) for name in names]
    return [one for one in found if isinstance(one, Installed)], [one for one in found if isinstance(one, str)]


def _node(system: System) -> Installed:
    folder = FOLDER / "peers" / system.name
    lock = HERE / "node" / "pnpm-lock.yaml"
    node = TOOLS / "node"
    if not _is_there(folder, lock, "node"):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for file in ("package.json", "pnpm-lock.yaml"):
            shutil.copy(HERE / "node" / file, folder)
        arguments = ("--dir", str(folder), "install", "--frozen-lockfile", "--ignore-workspace", "--silent")
        _run(str(node / "pnpm"), *arguments, environment={"PATH": f"{node}:{os.environ['PATH']}", "CI": "true"})
        _note(folder, lock, "node")
    version = re.search(rf"^  {re.escape(system.package)}@([^:(]+)", lock.read_text(encoding="utf-8"), re.MULTILINE)
    command = (str(node / "node"), str(HERE / "node" / f"{system.name}.mjs"))
    return Installed(system, command, folder, version[1] if version else "?")


def _python(least: tuple[int, int]) -> str | None:
    """An interpreter that is new enough, or None: ours, one of the PATH, one of pyenv's."""
    if sys.version_info[:2] >= least:
        return str(TOOLS / "bin" / "python")
    names = [f"python3.{minor}" for minor in range(least[1], least[1] + 6)]
    pyenv = [str(path) for name in names for path in Path.home().glob(f".pyenv/versions/*/bin/{name}")]
    found = [*(path for name in names if (path := shutil.which(name))), *pyenv]
    return next((path for path in found if _runs(path)), None)


def _runs(python: str) -> bool:
    """Whether it is there: pyenv puts names into the PATH that only complain."""
    done = subprocess.run([python, "-c", ""], capture_output=True, timeout=30, check=False)
    return done.returncode == 0


def _stamp(lock: Path, python: str) -> str:
    return f"{hashlib.sha256(lock.read_bytes()).hexdigest()} {python}\n"


def _is_there(folder: Path, lock: Path, python: str) -> bool:
    stamp = folder / "installed"
    return stamp.exists() and stamp.read_text(encoding="utf-8") == _stamp(lock, python)


def _note(folder: Path, lock: Path, python: str) -> None:
    (folder / "installed").write_text(_stamp(lock, python), encoding="utf-8")


def _run(*command: str, environment: dict[str, str] | None = None) -> None:
    done = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, **(environment or {})},
        timeout=INSTALL_SECONDS,
        check=False,
    )
    if done.returncode != 0:
        raise InstallError(
            f"{Path(command[0]).name} failed (exit code {done.returncode})\n{done.stdout.strip()[-2000:]}"
        )
