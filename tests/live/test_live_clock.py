"""The clock of live sockets goes on, whatever one of them does."""

import asyncio
from dataclasses import replace
from datetime import datetime
from typing import Any, cast

from jobyard.web.live_clock import LiveClock
from jobyard.web.live_connection import Connection
from jobyard.web.live_hub import LiveHub, LiveTimes


class Odd:
    """Can't be looked at."""

    def tick(self, monotonic: float, now: datetime) -> bool:
        raise RuntimeError(f"a defect at {monotonic}, {now}")


class Patient:
    """Is looked at."""

    def __init__(self) -> None:
        self.ticks = 0
        self.often = asyncio.Event()

    def tick(self, monotonic: float, now: datetime) -> bool:
        self.ticks += bool(monotonic and now)
        if self.ticks == 3:
            self.often.set()
        return False


class Hub:
    """Has both."""

    def __init__(self, *connections: object) -> None:
        self.open = [cast("Connection", connection) for connection in connections]
        self.times = replace(LiveTimes(), tick=0.01, recheck=3600)


async def nobody(_: str) -> Any:
    raise NotImplementedError


async def test_a_socket_that_cannot_be_looked_at_stops_no_clock() -> None:
    patient = Patient()
    hub = Hub(Odd(), patient)
    async with LiveClock(cast("LiveHub", hub), nobody).running(), asyncio.timeout(30):
        await patient.often.wait()
