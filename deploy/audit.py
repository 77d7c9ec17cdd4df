# ruff: noqa: INP001, T201
"""Asks the advisory services for known holes in what ships: `just audit`. Exit 1 where one is known.

Where a service does not answer (no network, or a mirror that has packages alone) one line says so: not looked up is
neither a failure nor a silence.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PATIENCE_SECONDS = 180


@dataclass(frozen=True)
class Answer:
    """What a service says: the holes, and the packages that it does not know."""

    holes: list[str]
    unknown: list[str]


@dataclass(frozen=True)
class Audit:
    """One service: how it is asked, and how its JSON is read (KeyError where it is no answer)."""

    what: str
    command: Sequence[str]
    read: Callable[[Any], Answer]


def read_pip_audit(answer: Any) -> Answer:
    """Of `pip-audit --format json`. Behind a mirror that has packages alone it knows none of them, and is content."""
    packages = answer["dependencies"]
    unknown = [package["name"] for package in packages if "skip_reason" in package]
    if len(unknown) == len(packages):
        raise KeyError("vulns")
    holes = [
        f"{package['name']} {package['version']}: {hole['id']}"
        for package in packages
        for hole in package.get("vulns", ())
    ]
    return Answer(holes, unknown)


def read_pnpm_audit(answer: Any) -> Answer:
    """Of `pnpm audit --json`."""
    found = answer["advisories"].values()
    return Answer([f"{hole['module_name']} {hole['vulnerable_versions']}: {hole['url']}" for hole in found], [])


AUDITS = (
    Audit(
        "Python packages (requirements.lock)",
        (
            *(sys.executable, "-m", "pip_audit", "--requirement", str(ROOT / "requirements.lock")),
            *("--disable-pip", "--require-hashes", "--progress-spinner", "off", "--format", "json", "--timeout", "15"),
        ),
        read_pip_audit,
    ),
    Audit(
        "the page's packages (frontend/pnpm-lock.yaml)",
        ("pnpm", "--dir", str(ROOT / "frontend"), "audit", "--prod", "--json"),
        read_pnpm_audit,
    ),
)


def look(audit: Audit) -> Answer | None:
    """What is known, or None where nobody answered."""
    environment = os.environ | {"npm_config_fetch_retries": "0", "npm_config_fetch_timeout": "15000"}
    try:
        done = subprocess.run(
            audit.command, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False, env=environment
        )
        return audit.read(json.loads(done.stdout))
    except (OSError, subprocess.TimeoutExpired, ValueError, KeyError, TypeError, AttributeError):
        return None


def main(audits: Sequence[Audit] = AUDITS) -> int:
    """Look at all of them."""
    found = False
    for audit in audits:
        answer = look(audit)
        if answer is None:
            print(f"audit: {audit.what}: NOT looked up, the advisory service does not answer here")
            continue
        number = len(answer.holes)
        print(f"audit: {audit.what}: {number or 'no'} known hole{'s' * (number != 1)}")
        for line in (
            *answer.holes,
            *(f"{name}: NOT looked up, the service does not know it" for name in answer.unknown),
        ):
            print(f"  {line}")
        found = found or number > 0
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
