"""The kinds of jobs: name → payload type, function, defaults. A kind is one function and one decorator.

    registry = Registry()

    class Echo(msgspec.Struct, forbid_unknown_fields=True):
        value: str

    @registry.kind("demo.echo", Echo, description="Answers with what it got", example={"value": "hello"})
    async def echo(payload: Echo, context: JobContext) -> dict[str, str]:
        return {"value": payload.value}

The kinds that ship are built in catalog.py.
"""

import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Protocol, TypeVar
from uuid import UUID

import msgspec

from jobyard.domain.errors import FieldError, Invalid
from jobyard.domain.job import JobOptions, Json
from jobyard.domain.limits import Limits
from jobyard.domain.secrets import SecretFields
from jobyard.handlers.kind_rules import check_kind
from jobyard.handlers.told_value import value_at, with_choices, with_value

P = TypeVar("P")


class JobContext(Protocol):
    """What a handler is given beside its payload."""

    @property
    def job_id(self) -> UUID:
        """The same on every attempt: use it to be idempotent."""
        ...

    @property
    def owner(self) -> int:
        """The internal number of the user whose job this is: to bound what one user can make the server do."""
        ...

    @property
    def attempt(self) -> int:
        """1 for the first."""
        ...

    @property
    def run(self) -> int:
        """One more at every claim, also of attempts that did not count."""
        ...

    @property
    def cancel_requested(self) -> bool:
        """Whether the owner asked to stop: finish soon, or be stopped a second later."""
        ...

    def progress(self, fraction: float, message: str | None = None) -> None:
        """Report how far this is, 0 to 1. Cheap: the newest report is stored about twice a second."""
        ...

    def log(self, message: str, level: str = "info") -> None:
        """Tell the job's owner something: `level` is debug, info, warning or error. From any thread.

        It can be read within a second. 1,000 lines or 256 KiB an attempt, 4 KiB a line; what is over is cut, and the
        last line says so. Secret fields of the payload are replaced by `***`.
        """
        ...


class Audience(StrEnum):
    """Who may submit jobs of a kind."""

    EVERYONE = "everyone"
    VERIFIED = "verified"
    ADMINS = "admins"
    OFF = "off"


Handler = Callable[[Any, JobContext], Any]
"""`async def` or `def`: (payload, context) → result, which must be JSON."""


class RunsIn(StrEnum):
    """Where a handler runs: its own words decide (`async def`, `def`, `def` with `cpu_bound`)."""

    LOOP = "loop"
    THREAD = "thread"
    PROCESS = "process"


class FieldProblem(ValueError):
    """Raised by a payload's `__post_init__`: which field (`/headers/Host`, from that payload) and what is wrong.

    A plain ValueError is reported too, but msgspec can't say of which field.
    """

    def __init__(self, pointer: str, message: str) -> None:
        super().__init__(message)
        self.pointer = pointer
        self.message = message


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind. `payload_schema` is JSON Schema (2020-12); `example` is a payload that the schema accepts."""

    name: str
    description: str
    payload_type: type[Any]
    payload_schema: Mapping[str, Any]
    example: Json
    handler: Handler
    defaults: JobOptions = field(default_factory=JobOptions)
    audience: Audience = Audience.EVERYONE
    runs_in: RunsIn = RunsIn.LOOP
    secret: SecretFields = field(default_factory=SecretFields)

    def check_payload(self, payload: Json) -> None:
        """Raise Invalid, with a JSON pointer below `/payload`, where a payload is not what the handler takes."""
        try:
            msgspec.convert(payload, self.payload_type, strict=True)
        except msgspec.ValidationError as error:
            found = field_error(str(error), "/payload")
            if isinstance(error.__cause__, FieldProblem):
                found = FieldError(found.pointer + error.__cause__.pointer, error.__cause__.message)
            elif "[...]" not in str(error):  # of an entry of a mapping msgspec does not tell which
                found = self._with_value(found, payload)
            raise Invalid([found]) from error

    def _with_value(self, found: FieldError, payload: Json) -> FieldError:
        path = found.pointer.split("/")[2:]
        try:
            value = value_at(payload, path)
        except LookupError:  # a field that is missing
            return found
        message = with_choices(found.message, value, self.payload_schema, path)
        return FieldError(found.pointer, with_value(message, value))


def field_error(text: str, prefix: str) -> FieldError:
    """Turn msgspec's message ("Expected `int`, got `str` - at `$.a[0]`") into a pointer and a message."""
    message, _, path = text.partition(" - at `")
    pointer = prefix + "".join(
        # `[...]` is a key of a mapping that msgspec does not tell: then the pointer ends at the mapping.
        f"/{name or index}"
        for name, index in re.findall(r"\.([^.\[\]`]+)|\[(\d+)\]", path.rstrip("`"))
    )
    missing = re.fullmatch(r"Object (?:missing required|contains unknown) field `([^`]+)`", message)
    if missing:
        pointer += "/" + missing[1].replace("~", "~0").replace("/", "~1")
        message = "is required" if message.startswith("Object missing") else "is not a known field"
    return FieldError(pointer, message)


class Registry:
    """The kinds that this process knows."""

    def __init__(self) -> None:
        self._kinds: dict[str, Kind] = {}

    def kind(
        self,
        name: str,
        payload_type: type[P],
        *,
        description: str,
        example: Json,
        defaults: JobOptions | None = None,
        audience: Audience = Audience.EVERYONE,
        cpu_bound: bool = False,
        secret: Sequence[str] = (),
    ) -> Callable[[Callable[[P, JobContext], Any]], Callable[[P, JobContext], Any]]:
        """Register the decorated function as a kind's handler.

        An `async def` runs in the worker's event loop, a `def` in a thread, a `def` with `cpu_bound` in a process,
        which can be killed: it must stand at the top of a module that can be imported. `secret` names fields of the
        payload that are shown as `***` (domain/secrets.py says how they are written). Raises ValueError, which names
        field, rule and value, for whatever kind_rules.py refuses, a twin, a bad example, and an `async def` that is
        said to be CPU-bound.
        """
        check_kind(name, description, JobOptions() if defaults is None else defaults, secret)
        if name in self._kinds:
            raise ValueError(f"kind {name!r} is registered already")

        def register(handler: Callable[[P, JobContext], Any]) -> Callable[[P, JobContext], Any]:
            schema = msgspec.json.schema(payload_type)
            kind = Kind(
                name, description, payload_type, schema, example, handler, defaults or JobOptions(), audience,
                _where(name, handler, cpu_bound=cpu_bound), SecretFields(tuple(secret)),
            )  # fmt: skip
            try:
                kind.check_payload(example)
            except Invalid as error:
                told = "; ".join(
                    f"example{wrong.pointer.removeprefix('/payload')} {wrong.message}" for wrong in error.errors
                )
                raise ValueError(f"kind {name!r}: {told}") from error
            self._kinds[name] = kind
            return handler

        return register

    def get(self, name: str) -> Kind | None:
        """The kind with this name, or None."""
        return self._kinds.get(name)

    def secrets_of(self, name: str) -> SecretFields | None:
        """The secret fields of a kind's payload, or None where it has none."""
        kind = self._kinds.get(name)
        return kind.secret if kind is not None and kind.secret else None

    def all(self) -> list[Kind]:
        """Every kind, by name."""
        return [self._kinds[name] for name in sorted(self._kinds)]

    def within(self, limits: Limits) -> "Registry":
        """A copy whose defaults stay within the limits of this server: who says nothing of it must not be refused."""
        copy = Registry()
        for kind in self._kinds.values():
            options = replace(
                kind.defaults,
                max_attempts=min(kind.defaults.max_attempts, limits.max_attempts),
                timeout_seconds=min(kind.defaults.timeout_seconds, limits.timeout_seconds),
            )
            copy._kinds[kind.name] = replace(kind, defaults=options)
        return copy

    def with_audiences(self, audiences: Mapping[str, Audience]) -> "Registry":
        """A copy in which operators' settings replace audiences. Raises ValueError for a kind that is not there."""
        copy = Registry()
        copy._kinds = dict(self._kinds)
        for name, audience in audiences.items():
            kind = copy._kinds.get(name)
            if kind is None:
                raise ValueError(f"an audience is set for kind {name!r}, which is not registered")
            copy._kinds[name] = replace(kind, audience=audience)
        return copy


def _where(name: str, handler: Handler, *, cpu_bound: bool) -> RunsIn:
    if inspect.iscoroutinefunction(handler):
        if cpu_bound:
            raise ValueError(f"kind {name!r}: a cpu_bound handler runs in a process, so it must be a plain `def`")
        return RunsIn.LOOP
    if cpu_bound and "." in handler.__qualname__:
        raise ValueError(f"kind {name!r}: a cpu_bound handler must stand at the top of a module")
    return RunsIn.PROCESS if cpu_bound else RunsIn.THREAD
