"""Secret fields of payloads: shown as `***`, and kept out of log lines and errors. Pure.

A field is a path of keys, `headers.authorization`. Keys compare without case, `*` stands for any run of characters in
one, and `url:userinfo` is what stands before the host in a URL.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import cast
from urllib.parse import unquote

from jobyard.domain.job import Json

HIDDEN = "***"
SHORTEST = 4
"""A shorter secret is not looked for in texts: it would blot out half of every line."""

USERINFO = re.compile(r"^([^:/?#]*://)([^/?#]*)@", re.DOTALL)


@dataclass(frozen=True, slots=True)
class SecretFields:
    """Which fields of a kind's payload are secret."""

    names: tuple[str, ...] = ()
    paths: tuple[tuple[str, ...], ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "paths", tuple(tuple(name.lower().split(".")) for name in self.names))

    def __bool__(self) -> bool:
        return bool(self.names)

    def redact(self, payload: Json) -> Json:
        """A copy in which secrets are `***`; what is null stays so."""
        for path in self.paths:
            payload = _changed(payload, path, _hidden)
        return payload

    def hider(self, payload: Json) -> Callable[[str], str]:
        """What replaces this payload's secrets in a text."""
        values: list[str] = []

        def note(value: Json, userinfo: bool) -> Json:
            values.extend(_texts(value, userinfo=userinfo))
            return value

        for path in self.paths:
            _changed(payload, path, note)
        longest_first = sorted({value for value in values if len(value) >= SHORTEST}, key=len, reverse=True)
        if not longest_first:
            return lambda text: text
        pattern = re.compile("|".join(map(re.escape, longest_first)))
        return lambda text: pattern.sub(HIDDEN, text)


def _changed(value: Json, path: Sequence[str], change: Callable[[Json, bool], Json]) -> Json:
    """A copy of a value in which what a path leads to is changed. Items of a list have its path."""
    if isinstance(value, list):
        return [_changed(item, path, change) for item in cast("list[Json]", value)]
    if not path:
        return change(value, False)
    name, _, part = path[0].partition(":")
    if not isinstance(value, dict):
        return value
    rest = path[1:]
    return {
        key: item
        if not fnmatchcase(key.lower(), name)
        else change(item, True)
        if part == "userinfo"
        else _changed(item, rest, change)
        for key, item in cast("dict[str, Json]", value).items()
    }


def _hidden(value: Json, userinfo: bool) -> Json:
    if value is None:
        return None
    if not userinfo:
        return HIDDEN
    return USERINFO.sub(lambda found: f"{found[1]}{HIDDEN}@", value) if isinstance(value, str) else value


def _texts(value: Json, *, userinfo: bool) -> Iterable[str]:
    """The texts by which a secret may appear elsewhere: itself, and its parts (`Bearer …`, `user:password`)."""
    if isinstance(value, dict):
        for item in cast("dict[str, Json]", value).values():
            yield from _texts(item, userinfo=userinfo)
        return
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return
    text = str(value)
    if userinfo:
        found = USERINFO.match(text)
        text = found[2] if found else ""
        _, _, password = text.partition(":")
        yield from (text, password, unquote(password))
        return
    yield text
    yield from (part for part in re.split(r"[\s;,=]+", text) if len(part) >= 2 * SHORTEST)
