"""`jobyard users …`: look at users, and say who may come in. What changes something stands in the audit trail."""

import argparse
import json
import sys
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from jobyard.domain.user import Role
from jobyard.ports import ManagedUser, SessionInfo, UserChange
from jobyard.settings import Settings

T = TypeVar("T")

LISTED = 50
MOST_LISTED = 10_000


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Add the commands below `users`."""
    commands = command.add_subparsers(required=True, metavar="COMMAND")
    listing = _add(commands, "list", _list, "list users, newest first")
    listing.add_argument("--search", default="", metavar="TEXT", help="only those whose email or name has this in it")
    listing.add_argument("--limit", type=_limit, default=LISTED, metavar="N", help=f"at most so many; {LISTED}")
    show = _add_for_user(commands, "show", _show, "show one user")
    _add_for_user(commands, "disable", _disable, "shut a user out: no sign-in, no API keys, waiting jobs are held")
    _add_for_user(commands, "enable", _enable, "let a disabled user in again; what was held runs")
    role = _add_for_user(commands, "role", _role, "make a user an administrator, or take that away")
    role.add_argument("role", choices=[one.value for one in Role])
    what = "list or end a user's sessions"
    sessions = commands.add_parser("sessions", help=what, description=what)
    below = sessions.add_subparsers(required=True, metavar="COMMAND")
    of_user = _add_for_user(below, "list", _sessions, "list a user's sessions that are alive, newest first")
    revoke = _add_for_user(below, "revoke", _revoke, "end a user's sessions (API keys go on)")
    revoke.add_argument("--session", type=_session_id, default=None, metavar="ID", help="this one alone")
    for one in (listing, show, of_user):
        one.add_argument("--json", action="store_true", help="as JSON")


def _add(commands: Any, name: str, run: Callable[[argparse.Namespace], str], what: str) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = commands.add_parser(name, help=what, description=what)

    def run_it(given: argparse.Namespace) -> int:
        return _printed(lambda: run(given))

    command.set_defaults(run=run_it)
    return command


def _add_for_user(
    commands: Any, name: str, run: Callable[[argparse.Namespace], str], what: str
) -> argparse.ArgumentParser:
    command = _add(commands, name, run, what)
    command.add_argument("user", metavar="USER", help="an email, or an id")
    return command


def make_admin(email: str) -> int:
    """`jobyard admin EMAIL`: the same as `users role EMAIL admin`, for the first one."""
    return _printed(lambda: _role(argparse.Namespace(user=email, role=Role.ADMIN)))


def invite(email: str) -> int:
    """`jobyard invite EMAIL`."""

    def make() -> str:
        from jobyard import account_wiring  # noqa: PLC0415 - half a second that `--help` need not wait for

        return account_wiring.invite(Settings.read(), email)

    return _printed(make)


def _printed(answer: Callable[[], str]) -> int:
    """Print an answer; a failure is one line on standard error, and exit code 1."""
    from jobyard.account_wiring import CommandFailed  # noqa: PLC0415 - half a second that `--help` need not wait for

    try:
        print(answer())
    except CommandFailed as failed:
        print(f"jobyard: {failed}", file=sys.stderr)
        return 1
    return 0


def _as_operator(do: "Callable[[Any], Awaitable[T]]") -> T:
    from jobyard.account_wiring import as_operator  # noqa: PLC0415 - half a second that `--help` need not wait for

    return as_operator(Settings.read(), do)


# Each answers what is to be printed.
def _list(given: argparse.Namespace) -> str:
    users: list[ManagedUser] = _as_operator(lambda operator: operator.page(given.search, given.limit))
    if given.json:
        return _json([_user(one) for one in users])
    if not users:
        return "There is no user yet." if not given.search else f"No user has {given.search!r} in its email or name."
    rows = [
        (one.user.email, one.user.role.value, _state(one), f"{one.user.created_at:%Y-%m-%d}", str(one.user.id))
        for one in users
    ]
    return _table(("email", "role", "state", "since", "id"), rows)


def _show(given: argparse.Namespace) -> str:
    user, sessions = _as_operator(lambda operator: operator.get(given.user))
    shown = _user(user) | {"sessions": len(sessions)}
    if given.json:
        return _json(shown)
    width = max(map(len, shown))
    return "\n".join(f"{name:<{width}}  {_plain('' if value is None else value)}" for name, value in shown.items())


def _disable(given: argparse.Namespace) -> str:
    before, now = _change(given, UserChange(disabled=True))
    if before.user.disabled:
        return f"{now.user.email} is disabled already."
    return (
        f"{now.user.email} is disabled: signed out, its API keys refused, its waiting jobs held. A running server "
        "notices within a minute; jobs that run go on."
    )


def _enable(given: argparse.Namespace) -> str:
    before, now = _change(given, UserChange(disabled=False))
    return f"{now.user.email} {'may sign in again.' if before.user.disabled else 'is not disabled.'}"


def _role(given: argparse.Namespace) -> str:
    before, now = _change(given, UserChange(role=Role(given.role)))
    word = {Role.ADMIN: "an administrator", Role.USER: "no administrator"}[now.user.role]
    return f"{now.user.email} is {word} {'already' if before.user.role is now.user.role else 'now'}."


def _sessions(given: argparse.Namespace) -> str:
    user, sessions = _as_operator(lambda operator: operator.get(given.user))
    if given.json:
        return _json([_session(one) for one in sessions])
    if not sessions:
        return f"{user.user.email} is signed in nowhere."
    rows = [(f"{one.used_at:%Y-%m-%d %H:%M}Z", one.address, str(one.id), one.device) for one in sessions]
    return _table(("used", "address", "id", "device"), rows)


def _revoke(given: argparse.Namespace) -> str:
    user, ended = _as_operator(lambda operator: operator.revoke_sessions(given.user, given.session))
    if not ended:
        return f"{user.user.email} was signed in nowhere."
    return f"Ended {ended} session{'s' if ended > 1 else ''} of {user.user.email}. Access ends within a minute."


def _change(given: argparse.Namespace, change: UserChange) -> tuple[ManagedUser, ManagedUser]:
    return _as_operator(lambda operator: operator.change(given.user, change))


def _user(one: ManagedUser) -> dict[str, Any]:
    user = one.user
    return {
        "id": str(user.id),
        "email": user.email,
        "name": user.name,
        "role": user.role.value,
        "email_verified": user.email_verified,
        "created_at": _time(user.created_at),
        "disabled_at": _time(one.disabled_at),
        "weight": one.weight,
    }


def _session(one: SessionInfo) -> dict[str, Any]:
    return {
        "id": str(one.id),
        "device": one.device,
        "address": one.address,
        "created_at": _time(one.created_at),
        "used_at": _time(one.used_at),
    }


def _time(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat().replace("+00:00", "Z")


def _state(one: ManagedUser) -> str:
    return "disabled" if one.user.disabled else "active" if one.user.email_verified else "unverified"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    shown = [tuple(head), *(tuple(_plain(cell) for cell in row) for row in rows)]
    widths = [max(len(row[column]) for row in shown) for column in range(len(head))]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in shown)
    return "\n".join(line.rstrip() for line in lines)


def _plain(value: object) -> str:
    """Nothing that a user has typed may move the cursor of a terminal."""
    return "".join(one if one.isprintable() else "?" for one in str(value))


def _json(value: object) -> str:
    return json.dumps(value, indent=2)


def _limit(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= MOST_LISTED):
        raise argparse.ArgumentTypeError(f"must be a whole number from 1 to {MOST_LISTED}, not {text!r}")
    return int(text)


def _session_id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"must be an id as `users sessions list` tells it, not {text!r}") from error
