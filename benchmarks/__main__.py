"""`./just bench`: installs what is missing, measures, prints the tables and writes the document."""

import asyncio
import fcntl
import json
import sys
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.database import Database
from benchmarks.install import FOLDER, ROOT, Installed, InstallError, install_all
from benchmarks.machine import describe, load
from benchmarks.measures import Bench
from benchmarks.options import OptionError, Options, parse
from benchmarks.report import Report, filled
from benchmarks.results import KeptError, Results
from benchmarks.run import Run
from benchmarks.systems import OURS
from jobyard.postgres.embedded import EmbeddedPostgresError

DOCUMENT = ROOT / "docs" / "benchmarks.md"
SCALING = ROOT / "docs" / "scaling.md"


class Busy(Exception):
    """Another run uses the folder."""


def main() -> int:
    """Run; the exit code: 2 for a wrong option, 1 where something could not be measured."""
    try:
        options = parse(sys.argv[1:])
        with alone():
            return bench(options)
    except OptionError as error:
        sys.stderr.write(f"bench: {error}\n")
        return 2
    except (InstallError, EmbeddedPostgresError, Busy, KeptError) as error:
        sys.stderr.write(f"bench: {error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("bench: stopped\n")
        return 130


@contextmanager
def alone() -> Generator[None]:
    """Hold the folder: two runs would measure each other, and share one data folder."""
    FOLDER.mkdir(exist_ok=True)
    with (FOLDER / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy("another run is under way") from None
        yield


def bench(options: Options) -> int:
    """Measure and report."""
    earlier = Results.read(options.keep) if options.keep else None
    systems, notes = install_all([OURS.name, *options.peers])
    for note in notes:
        sys.stderr.write(f"bench: {note}\n")
    began = datetime.now(UTC)
    with Database(FOLDER / "postgres") as database:
        report = asyncio.run(_measure(Bench(options, database), systems, notes, f"{began:%Y-%m-%d}"))
    if earlier and options.keep:
        measures = report.results.keep(earlier, options.measures)
        report.machine[f"Kept from the run {options.keep.stem}"] = ", ".join(measures)
    sys.stdout.write(report.tables() + "\n")
    for note in notes:
        sys.stdout.write(f"\n{note}\n")
    kept = FOLDER / "results" / f"{began:%Y%m%d-%H%M%S}.json"
    kept.parent.mkdir(exist_ok=True)
    kept.write_text(json.dumps({"machine": report.machine, **report.results.as_json()}, indent=1), encoding="utf-8")
    target = options.out or (DOCUMENT if options.is_whole else FOLDER / "benchmarks.md")
    target.write_text(report.document(), encoding="utf-8")
    sys.stdout.write(f"\nWritten: {_short(target)}, and every round's figures in {_short(kept)}\n")
    if report.has_scaling and not (options.quick or options.out):
        SCALING.write_text(filled(SCALING.read_text(encoding="utf-8"), report.scaling_block()), encoding="utf-8")
        sys.stdout.write(f"Written: the table of {_short(SCALING)}\n")
    return 1 if report.results.errors else 0


async def _measure(bench: Bench, systems: list[Installed], notes: list[str], date: str) -> Report:
    machine = await describe(bench.database, FOLDER)
    await bench.database.drop_all()
    try:
        results = await Run(bench, systems).all()
    finally:
        await bench.database.drop_all()
    machine["Load after"] = load()
    return Report(bench, systems, results, machine, notes, date)


def _short(path: Path) -> Path:
    return path.relative_to(ROOT) if path.is_absolute() and path.is_relative_to(ROOT) else path


sys.exit(main())
