"""Room on the disks that the operator names: PostgreSQL does not tell how much there is on its own."""

import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path

from jobyard.doctor.findings import Finding, fail, ok, warn

NAME = "disk"
GIB = 1024**3
LITTLE_BYTES, LITTLE_SHARE = 5 * GIB, 0.10
NONE_BYTES, NONE_SHARE = 1 * GIB, 0.02
REMEDY = "make room, or a larger disk: PostgreSQL stops when it cannot write its log"


def check_disks(paths: Iterable[Path]) -> Sequence[Finding]:
    """Each disk once, by the first path that is on it."""
    return [_check(path) for path in paths]


def _check(path: Path) -> Finding:
    try:
        usage = shutil.disk_usage(path)
    except OSError as error:
        return warn(NAME, f"{path} cannot be looked at: {error.strerror}", "name a folder that is there with --disk")
    return judge(str(path), usage.total, usage.free)


def judge(place: str, total: int, free: int) -> Finding:
    """A large disk may be fuller, a small one must not be small."""
    share = free / total if total else 0.0
    message = f"{place}: {free / GIB:.1f} of {total / GIB:.1f} GiB are free"
    if free < NONE_BYTES or (share < NONE_SHARE and free < 10 * NONE_BYTES):
        return fail(NAME, message, REMEDY)
    if free < LITTLE_BYTES or (share < LITTLE_SHARE and free < 10 * LITTLE_BYTES):
        return warn(NAME, message, REMEDY)
    return ok(NAME, message)
