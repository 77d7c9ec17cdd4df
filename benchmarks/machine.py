"""What a run was made on: a figure without its machine says nothing."""

import os
import platform
import time
from pathlib import Path

from benchmarks.database import Database
from benchmarks.figures import percentile

SYNCS = 200
PAGE = b"\0" * 8192


async def describe(database: Database, folder: Path) -> dict[str, str]:
    """Machine, versions and the server's settings, in words."""
    async with database.connected() as connection:
        version = await connection.fetchval("SHOW server_version")
        rows = await connection.fetch(
            "SELECT name, current_setting(name) AS value FROM pg_settings WHERE source = 'configuration file'"
            " AND category NOT LIKE 'Reporting%' AND category NOT LIKE 'Client Connection%'"
            " AND name NOT IN ('listen_addresses', 'unix_socket_directories') ORDER BY name"
        )
    return {
        "Processors": f"{len(os.sched_getaffinity(0))} × {_processor()}",
        "Memory": f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB",
        "System": f"{platform.freedesktop_os_release().get('PRETTY_NAME', platform.system())}, {platform.release()}",
        "fdatasync of 8 KiB": f"{_sync_milliseconds(folder):.2f} ms (median)",
        "Load before": load(),
        "Python": platform.python_version(),
        "PostgreSQL": version,
        "PostgreSQL's settings": ", ".join(f"{row['name']} = {row['value']}" for row in rows),
    }


def load() -> str:
    """Processes that want a processor: above 1 before a run, others use the machine too."""
    return f"{os.getloadavg()[0]:.1f}"


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _sync_milliseconds(folder: Path) -> float:
    """What a commit waits for at least, on the disk of the data folder."""
    path, times = folder / "sync", list[float]()
    with path.open("wb") as file:
        for _ in range(SYNCS):
            file.write(PAGE)
            file.flush()
            began = time.perf_counter()
            os.fdatasync(file.fileno())
            times.append(time.perf_counter() - began)
    path.unlink()
    return percentile(times, 50) * 1000
