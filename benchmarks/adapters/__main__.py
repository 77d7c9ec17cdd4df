"""`python -m benchmarks.adapters NAME`: does the one task of its first line of input; its last line is the result."""

import asyncio
import json
import os
import sys

from benchmarks.adapters.adapter import load
from benchmarks.adapters.task import Task
from benchmarks.adapters.workloads import WORKLOADS


def main() -> None:
    """Do the task."""
    # Our lines go out by a copy of standard output; what a peer prints joins its standard error.
    lines = os.fdopen(os.dup(1), "w", encoding="ascii")
    os.dup2(2, 1)

    def say(values: dict[str, float]) -> None:
        lines.write(json.dumps(values) + "\n")
        lines.flush()

    task = Task(**json.loads(sys.stdin.readline()))
    peer = load(sys.argv[1], task.url, task.concurrency)
    try:
        import uvloop  # noqa: PLC0415 - every system here may use it, and none must have it

        run = uvloop.run
    except ImportError:
        run = asyncio.run

    async def do() -> None:
        say(await WORKLOADS[task.do](peer, task, say))
        sys.stderr.flush()
        os._exit(0)  # some peers' pools and threads take seconds to close

    run(do())


main()
