import asyncio

import pytest

from jobyard.handlers.places import Places


async def test_so_many_at_a_time_and_the_next_in_turn() -> None:
    places = Places(2)
    order: list[str] = []

    async def take(name: str) -> None:
        async with places.place("key", None):
            order.append(name)

    async with asyncio.TaskGroup() as waiting, places.place("key", None), places.place("key", None):
        with pytest.raises(TimeoutError):
            async with places.place("key", 0.01):
                pytest.fail("a third place")
        for name in "abc":
            waiting.create_task(take(name))
        await asyncio.wait([asyncio.create_task(take("d"))], timeout=0.01)
        assert order == []
    assert order == ["a", "b", "c", "d"]
    assert len(places) == 0


async def test_keys_do_not_wait_for_one_another() -> None:
    places = Places(1)
    async with places.place("one", 0.01), places.place("other", 0.01):
        assert len(places) == 2
    assert len(places) == 0


async def test_a_holder_that_fails_and_a_waiter_that_gives_up_leave_nothing() -> None:
    places = Places(1)
    with pytest.raises(ZeroDivisionError):
        async with places.place("key", 1):
            raise ZeroDivisionError
    async with places.place("key", 1):
        waiter = asyncio.create_task(places.place("key", None).__aenter__())
        await asyncio.wait([waiter], timeout=0.01)
        waiter.cancel()
        await asyncio.wait([waiter])
    assert len(places) == 0
    async with places.place("key", 0.01):
        assert len(places) == 1
