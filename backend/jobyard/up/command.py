"""The commands: `python -m jobyard.up [--dev]`, and `python -m jobyard.up run NAME ...` for what runs beside it."""

import asyncio
import logging
import os
import signal
import sys
import time
from collections.abc import Mapping, Sequence

from jobyard.death_signal import follow_parent
from jobyard.postgres.embedded import free_port
from jobyard.up.data_folder import DataFolder
from jobyard.up.errors import UpError
from jobyard.up.parts import make_parts
from jobyard.up.plan import Plan, check_port, data_dir, make_plan
from jobyard.up.supervisor import Supervisor
from jobyard.up.terminal import Terminal

USAGE = "usage: python -m jobyard.up [--dev] [--follow-parent] | run COMMAND [ARGUMENT ...]"
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main(arguments: Sequence[str]) -> int:
    """The command line. The exit code: 0 when all went well, 1 when it could not start, 2 for a wrong call."""
    logging.raiseExceptions = False  # a full disk must not fill the terminal too
    try:
        if arguments[:1] == ["run"] and len(arguments) > 1:
            return run_beside(arguments[1:])
        if set(arguments) - {"--dev", "--follow-parent"}:
            print(USAGE, file=sys.stderr)  # noqa: T201
            return 2
        if "--follow-parent" in arguments:
            follow_parent(signal.SIGTERM)
        return run(dev="--dev" in arguments)
    except UpError as error:
        print(f"Jobyard: {error}", file=sys.stderr)  # noqa: T201
        return 1


def run(*, dev: bool = False) -> int:
    """Start everything and stay until SIGINT, SIGTERM or SIGHUP. `dev` serves the page by Vite's dev server."""
    plan = make_plan(os.environ, dev=dev)
    folder = DataFolder(plan.data_dir)
    folder.make()
    was_killed = folder.lock()
    try:
        check_port(plan, patient=was_killed)
        return asyncio.run(_supervise(plan, folder))
    finally:
        folder.unlock()


async def _supervise(plan: Plan, folder: DataFolder) -> int:
    terminal = Terminal()
    stop = asyncio.Event()

    def ask() -> None:
        if not stop.is_set():
            terminal.say("\nStopping. This takes a few seconds.")
        stop.set()

    loop = asyncio.get_running_loop()
    for number in STOP_SIGNALS:
        loop.add_signal_handler(number, ask)
    terminal.say(f"Starting Jobyard. Its data is in {plan.data_dir}")
    parts, environment = await asyncio.to_thread(make_parts, plan, folder, terminal)

    async def ready() -> None:
        folder.write_environment(environment)
        terminal.say(f"Jobyard is ready: {plan.page}{_took(os.environ)}")
        terminal.part("metrics", plan.metrics)
        terminal.part("logs", str(folder.logs))
        terminal.say("Ctrl-C stops all of it.")

    code = await Supervisor(parts, logs=folder.logs, terminal=terminal).run(stop, ready)
    if code == 0:
        terminal.say("Jobyard has stopped.")
    return code


def _took(environment: Mapping[str, str]) -> str:
    """Since ./just was called (JOBYARD_UP_STARTED, seconds since 1970), installing included."""
    try:
        seconds = time.time() - float(environment["JOBYARD_UP_STARTED"])
    except (KeyError, ValueError):
        return ""
    return f" ({seconds:.1f} s)"


def run_beside(arguments: Sequence[str]) -> int:
    """`python -m jobyard ARGUMENTS` on the database of the running `up`, or on JOBYARD_DATABASE_URL.

    This process becomes that command: it does not return.
    """
    folder = DataFolder(data_dir(os.environ))
    environment = folder.read_environment()
    if environment is None:
        if not os.environ.get("JOBYARD_DATABASE_URL"):
            raise UpError(
                f"nothing runs on {folder.path}: start it with ./just up in another terminal, "
                "or set JOBYARD_DATABASE_URL"
            )
        folder.make()
        secret = os.environ.get("JOBYARD_SECRET") or folder.secret()
        plan = make_plan(os.environ, dev=False)
        environment = plan.environment(database_url=os.environ["JOBYARD_DATABASE_URL"], secret=secret)
    ports = {"JOBYARD_METRICS_PORT": str(free_port())}  # the API has the other one
    command = [sys.executable, "-m", "jobyard", *arguments]
    os.execve(sys.executable, command, {**os.environ, **environment, **ports})  # noqa: S606 - no shell is wanted
