"""`demo.echo`, `demo.sleep`, `demo.fail`: for the first steps, for the page, and for tests. Off in production."""

import asyncio
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from jobyard.domain.outcome import Fail
from jobyard.handlers.registry import Audience, JobContext, Registry


class Echo(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Anything."""

    value: Annotated[Any, Meta(title="Value", description="Any JSON value; it is the result.", examples=["hello"])]


class Sleep(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A time."""

    seconds: Annotated[float, Meta(title="Seconds", description="How long to sleep.", ge=0, le=3600, examples=[5])]


class FailFirst(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """How often, and with what words."""

    times: Annotated[int, Meta(title="Times", description="How many attempts fail first.", ge=0, le=100, examples=[2])]
    message: Annotated[str, Meta(title="Message", description="What the error says.", min_length=1, max_length=500)] = (
        "This failure is a demonstration."
    )
    retryable: Annotated[
        bool, Meta(title="Retryable", description="Whether a failed attempt may be followed by another.")
    ] = True


class DemoFailure(Exception):
    """What `demo.fail` raises where a retry may follow: a plain exception, as a handler's own mistakes are."""


def register(registry: Registry, *, on: bool) -> None:
    """Add the three kinds. Where they are off they are still listed, and an operator can open one by its audience."""
    audience = Audience.EVERYONE if on else Audience.OFF
    registry.kind(
        "demo.echo", Echo, description="Answers with what it got", example={"value": "hello"}, audience=audience
    )(echo)
    registry.kind(
        "demo.sleep",
        Sleep,
        description="Sleeps, reports its progress and logs a line each second; stops when it is cancelled",
        example={"seconds": 5},
        audience=audience,
    )(sleep)
    registry.kind(
        "demo.fail",
        FailFirst,
        description="Fails its first attempts, then completes: to see retries and dead letters",
        example={"times": 2, "message": "This failure is a demonstration."},
        audience=audience,
    )(fail)


async def echo(payload: Echo, context: JobContext) -> dict[str, Any]:
    """Complete at once."""
    del context
    return {"value": payload.value}


async def sleep(payload: Sleep, context: JobContext) -> dict[str, Any]:
    """Wake each second: to report, and to see whether the owner asked to stop."""
    loop = asyncio.get_running_loop()
    start, lines = loop.time(), 0
    while (gone := loop.time() - start) < payload.seconds:
        if context.cancel_requested:
            raise asyncio.CancelledError("the owner asked to stop")
        context.progress(gone / payload.seconds, f"{gone:.0f} of {payload.seconds:g} s")
        if gone >= lines - 0.01:  # near the end it wakes more often: uvloop's clock goes by milliseconds
            context.log(f"slept {gone:.0f} of {payload.seconds:g} s")
            lines += 1
        await asyncio.sleep(min(1.0, payload.seconds - gone))
    context.progress(1.0, f"{payload.seconds:g} of {payload.seconds:g} s")
    return {"seconds": payload.seconds}


async def fail(payload: FailFirst, context: JobContext) -> dict[str, Any]:
    """Fail as often as asked; attempts are counted by the engine, so that nothing has to be remembered here."""
    if context.attempt > payload.times:
        return {"attempts": context.attempt}
    if payload.retryable:
        raise DemoFailure(payload.message)
    raise Fail(payload.message, type="DemoFailure")
