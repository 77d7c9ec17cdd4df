"""What is told when something is away: the database, the nudges, a client that takes nothing."""

import asyncio
from dataclasses import replace
from typing import cast

from jobyard.domain.events import EventType
from jobyard.domain.job import JobError, JobState
from tests.live.asgi_socket import hear_job
from tests.live.conftest import MARA, StartYard, Yard


async def test_a_database_that_was_away_costs_no_outcome(yard: Yard) -> None:
    socket, _ = await yard.enter()
    yard.jobs.down = True
    told = yard.jobs.finish(yard.jobs.add(MARA), JobState.COMPLETED)
    yard.jobs.change(hinted := yard.jobs.add(MARA), EventType.CREATED)
    reads = yard.jobs.reads
    async with asyncio.timeout(60):
        await yard.jobs.read_after(reads)
    yard.jobs.down = False
    assert {(await hear_job(socket))["id"] for _ in range(2)} == {told, f"{hinted}-0-created"}


async def test_a_job_that_cannot_be_told_leaves_out_nothing_else(yard: Yard) -> None:
    """It is not told. What was to be replayed beside it is, and its end too."""
    socket, cursor = await yard.enter()
    await socket.leave()
    odd, job_id = yard.jobs.add(MARA), yard.jobs.add(MARA)
    yard.jobs.change(odd, None, error=JobError("ValueError", cast("str", object())))
    told = yard.jobs.finish(job_id, JobState.COMPLETED)
    yard.jobs.finish(odd, JobState.FAILED)
    socket, _ = await yard.enter()
    socket.say({"type": "subscribe", "after": cursor})
    heard = await socket.hear_until("subscribed")
    assert [message["id"] for message in heard if message["type"] == "job"] == [told]


async def test_without_any_nudge_outcomes_are_found_by_polling(yard: Yard) -> None:
    socket, _ = await yard.enter()
    told = yard.jobs.finish(yard.jobs.add(MARA), JobState.COMPLETED, nudge=False)
    assert (await hear_job(socket))["id"] == told


async def test_nobody_here_reads_nothing(yard: Yard) -> None:
    socket, _ = await yard.enter()
    await socket.leave()
    async with asyncio.timeout(60):
        while yard.jobs.watched[-1:] != [frozenset()]:
            await yard.jobs.read_after(yard.jobs.reads)
    reads = yard.jobs.reads
    yard.jobs.finish(yard.jobs.add(MARA), JobState.COMPLETED)
    assert yard.jobs.reads == reads
    assert yard.jobs.watched == [frozenset({MARA}), frozenset()]


async def test_a_client_that_takes_nothing_is_1013_and_holds_nobody_up(start_yard: StartYard) -> None:
    yard = await start_yard()
    slow, quick = (await yard.enter())[0], (await yard.enter())[0]
    slow.taking.clear()
    told: set[str] = set()
    for _ in range(15):
        batch = {yard.jobs.finish(yard.jobs.add(MARA), JobState.COMPLETED, nudge=False) for _ in range(100)}
        yard.jobs.nudge()
        told |= batch
        assert {(await hear_job(quick))["id"] for _ in range(100)} == batch
    slow.taking.set()
    assert await slow.close_code() == 1013


async def test_a_client_that_is_a_mebibyte_behind_is_1013(yard: Yard) -> None:
    socket, _ = await yard.enter()
    socket.taking.clear()
    for _ in range(60):
        job_id = yard.jobs.add(MARA)
        yard.jobs.jobs[job_id] = replace(yard.jobs.jobs[job_id], error=JobError("ValueError", "x" * 20_000))
        yard.jobs.finish(job_id, JobState.FAILED, nudge=False)
    yard.jobs.nudge()
    socket.taking.set()
    assert await socket.close_code() == 1013


async def test_a_send_that_takes_too_long_is_1013(start_yard: StartYard) -> None:
    yard = await start_yard(send=0.05)
    socket, _ = await yard.enter()
    socket.taking.clear()
    yard.jobs.finish(yard.jobs.add(MARA), JobState.COMPLETED)
    assert await socket.close_code() == 1013


async def test_a_burst_reaches_a_client_that_takes_it(yard: Yard) -> None:
    socket, _ = await yard.enter()
    told = {yard.jobs.finish(yard.jobs.add(MARA), JobState.COMPLETED, nudge=False) for _ in range(1000)}
    assert {(await hear_job(socket))["id"] for _ in range(1000)} == told
