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
class Audit:
    """One service: how it is asked, and what of its JSON are holes (KeyError where it is no answer)."""

    what: str
    command: Sequence[str]
    holes: Callable[[Any], list[str]]


def pip_audit_holes(answer: Any) -> list[str]:
    """Of `pip-audit --format json`."""
    return [
        f"{package['name']} {package['version']}: {hole['id']}"
        for package in answer["dependencies"]
        for hole in package.get("vulns", ())
    ]


def pnpm_audit_holes(answer: Any) -> list[str]:
    """Of `pnpm audit --json`."""
    return [
        f"{hole['module_name']} {hole['vulnerable_versions']}: {hole['url']}" for hole in answer["advisories"].values()
    ]


AUDITS = (
    Audit(
        "Python packages (requirements.lock)",
        (
            *(sys.executable, "-m", "pip_audit", "--requirement", str(ROOT / "requirements.lock")),
            *("--disable-pip", "--require-hashes", "--progress-spinner", "off", "--format", "json", "--timeout", "15"),
        ),
        pip_audit_holes,
    ),
    Audit(
        "the page's packages (frontend/pnpm-lock.yaml)",
        ("pnpm", "--dir", str(ROOT / "frontend"), "audit", "--prod", "--json"),
        pnpm_audit_holes,
    ),
)


def look(audit: Audit) -> list[str] | None:
    """The known holes, or None where nobody answered."""
    environment = os.environ | {"npm_config_fetch_retries": "0", "npm_config_fetch_timeout": "15000"}
    try:
        done = subprocess.run(
            audit.command, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False, env=environment
        )
        return audit.holes(json.loads(done.stdout))
    except (OSError, subprocess.TimeoutExpired, ValueError, KeyError, TypeError, AttributeError):
        return None


def main(audits: Sequence[Audit] = AUDITS) -> int:
    """Look at all of them."""
    found = False
    for audit in audits:
        holes = look(audit)
        if holes is None:
            print(f"audit: {audit.what}: NOT looked up, the advisory service does not answer here")
            continue
        print(f"audit: {audit.what}: {len(holes) or 'no'} known hole{'s' * (len(holes) != 1)}")
        for hole in holes:
            print(f"  {hole}")
        found = found or bool(holes)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
