"""Between which ids enough of everybody's jobs lie, and not many more: what a page for administrators reads.

One owner's jobs have an index by id on both sides of storage. Everybody's have one on the live side; history's (BRIN)
tells in which blocks the ids of a time lie, and no order. So a stretch of time is looked for first, wider and wider
from where the page begins, whose jobs are few enough to be sorted. An index more would cost every job that ends.
"""

import time
from uuid import UUID

from jobyard.postgres import records
from jobyard.postgres.connections import Connection
from jobyard.postgres.queries import query

FIRST_MILLISECONDS = 1_000
WIDER = 8
MORE = 8
"""A stretch may have so many times as many jobs as are wanted; one with more is made narrower, down to a second."""

Sides = tuple[bool, list[int]]


class Stretch:
    """Looks from one end of a range of ids towards the other."""

    def __init__(self, connection: Connection, low: UUID, high: UUID, sides: Sides, *, upward: bool) -> None:
        self._connection = connection
        self._range = (low, high)
        self._sides = sides
        self._upward = upward

    async def find(self, enough: int) -> tuple[UUID, UUID]:
        """A part of the range, from where it begins on, that has at least so many jobs; or all of it."""
        begin, end = _milliseconds(self._range[0]), _milliseconds(self._range[1])
        begin, end = (begin, end) if self._upward else (end, begin)
        few, place = begin, await self._near(begin, end)
        width = FIRST_MILLISECONDS
        found = await self._count(place, enough)
        while found < enough:
            if place == end:
                return self._range
            few = place
            place = min(place + width, end) if self._upward else max(place - width, end)
            width *= WIDER
            found = await self._count(place, enough)
        while found > MORE * enough and abs(place - few) > FIRST_MILLISECONDS:
            middle = (few + place) // 2
            in_half = await self._count(middle, enough)
            if in_half < enough:
                few = middle
            else:
                place, found = middle, in_half
        return self._to(place)

    async def _near(self, begin: int, end: int) -> int:
        """A place near the first jobs: looking from the beginning or the end of all times would take long."""
        if not self._upward:
            return max(min(begin, int(time.time() * 1000)), end)
        first = await self._connection.fetchval(query("first_counted"))
        return begin if first is None else min(max(begin, int(first.timestamp() * 1000)), end)

    async def _count(self, place: int, enough: int) -> int:
        low, high = self._to(place)
        return await self._connection.fetchval(query("rows_between"), low, high, MORE * enough + 1, *self._sides)

    def _to(self, place: int) -> tuple[UUID, UUID]:
        low, high = self._range
        at = records.GREATEST if place >= 1 << 48 else UUID(int=place << 80)
        return (low, min(at, high)) if self._upward else (max(at, low), high)


def _milliseconds(id_: UUID) -> int:
    return id_.int >> 80
