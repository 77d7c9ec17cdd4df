"""A submit asks which kinds have a live worker, and must not cost a query: not for those that have none either."""

import asyncio
from typing import Any, cast

from jobyard.services.served_kinds import ServedKinds


class Workers:
    """The one question that is asked of storage, and the clock."""

    def __init__(self) -> None:
        self.kinds: dict[str, int] = {}
        self.now = 100.0
        self.looks = 0
        self.answers = asyncio.Event()
        self.answers.set()

    async def kinds_alive(self) -> dict[str, int]:
        self.looks += 1
        await self.answers.wait()
        return self.kinds

    def served(self) -> ServedKinds:
        return ServedKinds(cast("Any", self), lambda: self.now)


async def test_an_answer_is_good_for_a_second_and_a_missing_kind_for_a_fifth() -> None:
    workers = Workers()
    served = workers.served()
    assert not await served.has("a")
    workers.kinds = {"a": 1}
    workers.now += 0.1
    assert not await served.has("a")
    assert workers.looks == 1
    workers.now += 0.15
    assert await served.has("a")
    workers.kinds = {}
    workers.now += 0.9
    assert await served.has("a")
    assert workers.looks == 2
    workers.now += 0.2
    assert not await served.has("a")
    assert workers.looks == 3


async def test_many_that_ask_at_a_time_look_once() -> None:
    workers = Workers()
    workers.answers.clear()
    served = workers.served()
    async with asyncio.TaskGroup() as group:
        asked = [group.create_task(served.has(kind)) for kind in "abc" * 10]
        given_up = group.create_task(served.has("a"))
        while not workers.looks:  # noqa: ASYNC110 - the first of the tasks
            await asyncio.sleep(0)
        given_up.cancel()
        workers.kinds = {"b": 1}
        workers.answers.set()
    assert [task.result() for task in asked] == [False, True, False] * 10
    assert workers.looks == 1


async def test_one_that_gives_up_while_it_looks_leaves_it_to_the_next() -> None:
    workers = Workers()
    workers.answers.clear()
    served = workers.served()
    async with asyncio.TaskGroup() as group:
        given_up = group.create_task(served.has("a"))
        while not workers.looks:  # noqa: ASYNC110 - the task above
            await asyncio.sleep(0)
        waits = group.create_task(served.has("a"))
        await asyncio.sleep(0)
        given_up.cancel()
        workers.kinds = {"a": 1}
        workers.answers.set()
    assert waits.result()
    assert workers.looks == 2
