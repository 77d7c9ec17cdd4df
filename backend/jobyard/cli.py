"""The command line. Few commands with few options: argparse does, and one library less is installed."""

import argparse
import sys
from collections.abc import Callable, Sequence

from jobyard import __version__
from jobyard.commands import doctor, users
from jobyard.settings import Settings, SettingsError

WRONG_USE = 2
DOCTOR = "look for what will make trouble, in the settings and in PostgreSQL; it changes nothing"
USERS = "look at users, and say who may come in"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command. Exit code 0, 1 where it failed, 2 for a wrong call or wrong settings."""
    given = _parser().parse_args(arguments)
    run: Callable[[argparse.Namespace], int] = given.run
    try:
        return run(given)
    except SettingsError as error:
        print(f"jobyard: {error}", file=sys.stderr)
        return WRONG_USE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="jobyard", description="Jobyard: the job queue your users can log in to.")
    parser.add_argument("--version", action="version", version=f"jobyard {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, run: Callable[[argparse.Namespace], int], what: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=what, description=what)
        command.set_defaults(run=run)
        return command

    add("serve", _serve, "serve the API (and, unless it is switched off, run jobs in the same process)")
    add("worker", _worker, "run jobs, and serve nothing")
    add("migrate", _migrate, "bring the database to this release")
    admin = add("admin", _admin, "make an existing user an administrator")
    admin.add_argument("email", metavar="EMAIL")
    invite = add("invite", _invite, "print an invitation to sign up, for one address")
    invite.add_argument("email", metavar="EMAIL")
    doctor.add_arguments(commands.add_parser("doctor", help=DOCTOR, description=DOCTOR))
    users.add_arguments(commands.add_parser("users", help=USERS, description=USERS))
    add("openapi", _openapi, "print the OpenAPI document")
    add("up", _up, "start all of Jobyard on this machine, with a PostgreSQL of its own")
    return parser


# Each command imports what it needs: `--help` answers at once, and `serve` sets the metrics up before anything else.
def _serve(_: argparse.Namespace) -> int:
    settings = Settings.read()
    from jobyard import serving  # noqa: PLC0415

    serving.serve(settings)
    return 0


def _worker(_: argparse.Namespace) -> int:
    settings = Settings.read()
    from jobyard import metrics_server, wiring  # noqa: PLC0415

    if settings.metrics_port is not None:
        metrics_server.serve_own_metrics(settings.api_host, settings.metrics_port)
    wiring.run_worker()
    return 0


def _migrate(_: argparse.Namespace) -> int:
    settings = Settings.read()
    from jobyard import account_wiring  # noqa: PLC0415

    return _told(account_wiring.migrate(settings, _say))


def _admin(given: argparse.Namespace) -> int:
    return users.make_admin(given.email)


def _invite(given: argparse.Namespace) -> int:
    return users.invite(given.email)


def _told(problem: str | None) -> int:
    if problem is not None:
        _say(problem)
    return 0 if problem is None else 1


def _say(line: str) -> None:
    print(f"jobyard: {line}", file=sys.stderr, flush=True)


def _openapi(_: argparse.Namespace) -> int:
    from jobyard import serving  # noqa: PLC0415

    sys.stdout.write(serving.openapi_text())
    return 0


def _up(_: argparse.Namespace) -> int:
    from jobyard import up  # noqa: PLC0415

    return up.run()
