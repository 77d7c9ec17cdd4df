"""`jobyard doctor`: what will make trouble, a line each, with what to do. Exit code 1 where something failed."""

import argparse
import asyncio
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from jobyard.doctor.findings import Finding, Verdict, fail
from jobyard.settings import Settings, SettingsError

LEGEND = "ok: nothing to do; warn: it will cost something; fail: something is broken, or will lose work (exit code 1)."


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Its options."""
    command.epilog = LEGEND
    command.add_argument("--json", action="store_true", help="as JSON")
    command.add_argument(
        "--disk", type=Path, action="append", default=[], metavar="FOLDER", help="look at the room on this disk too"
    )
    command.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    """Examine, and print."""
    findings = _findings(given.disk)
    failed = any(finding.verdict is Verdict.FAIL for finding in findings)
    if given.json:
        print(json.dumps({"failed": failed, "findings": [asdict(finding) for finding in findings]}, indent=2))
    else:
        print("\n".join(_line(finding) for finding in findings))
    return int(failed)


def _findings(disks: Sequence[Path]) -> Sequence[Finding]:
    try:
        settings = Settings.read()
        if settings.kind_audiences:
            from jobyard.kinds import build_kinds  # noqa: PLC0415 - half a second that `--help` need not wait for

            build_kinds(settings)
    except SettingsError as error:
        return [fail("settings", str(error), "docs/operations.md lists all settings")]
    from jobyard.doctor.examination import examine  # noqa: PLC0415 - half a second that `--help` need not wait for

    return asyncio.run(examine(settings, disks))


def _line(finding: Finding) -> str:
    text = f"{finding.verdict:<4}  {finding.check:<11}  {finding.message}"
    line = f"{text}. {finding.remedy[:1].upper()}{finding.remedy[1:]}." if finding.remedy else f"{text}."
    return "".join(one if one.isprintable() else " " for one in line)  # names of sessions are anybody's text
