"""Waiting that a shutdown ends: background loops never sleep, they wait for a signal with a time-out."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

import structlog

from jobyard.domain.errors import Unavailable

log = structlog.get_logger()

FIRST_PAUSE_SECONDS = 0.25
LONGEST_PAUSE_SECONDS = 10.0


async def either(event: asyncio.Event, seconds: float) -> bool:
    """Wait for the event, at most this long. Returns whether it came."""
    if event.is_set():
        return True
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(max(seconds, 0)):
            await event.wait()
    return event.is_set()


async def repeat(
    name: str,
    step: Callable[[], Awaitable[float]],
    stop: asyncio.Event,
    longest_pause: float = LONGEST_PAUSE_SECONDS,
) -> None:
    """Do `step` until `stop`; it answers in how many seconds it wants to be called again.

    An absent database is waited for, each time longer; any other error is logged with its traceback, and it goes on.
    """
    pause = first = min(FIRST_PAUSE_SECONDS, longest_pause)
    while not stop.is_set():
        try:
            wanted = await step()
            pause = first
        except Unavailable as error:
            log.warning("the database is away", loop=name, again_in_seconds=pause, error=str(error.__cause__ or error))
            wanted, pause = pause, min(pause * 2, longest_pause)
        except Exception:
            log.exception("a background loop failed and goes on", loop=name, again_in_seconds=pause)
            wanted, pause = pause, min(pause * 2, longest_pause)
        await (either(stop, wanted) if wanted > 0 else asyncio.sleep(0))
