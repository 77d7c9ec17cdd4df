"""What administrators hear who ask for everybody's jobs."""

from jobyard.domain.events import EventType
from jobyard.domain.job import JobState
from tests.live.asgi_socket import hear_job
from tests.live.conftest import ANA, MARA, ROOT, Yard


async def test_an_administrator_may_hear_of_everybodys_jobs(yard: Yard) -> None:
    socket, cursor = await yard.enter("root")
    missed = yard.jobs.finish(yard.jobs.add(MARA), JobState.COMPLETED, notify=True)
    socket.say({"type": "subscribe", "after": cursor, "all": True})
    assert missed in {message["id"] for message in await socket.hear_until("subscribed") if message["type"] == "job"}
    await yard.enter("mara")  # her events reach this node
    told = yard.jobs.finish(yard.jobs.add(ANA), JobState.FAILED, notify=True)
    own = yard.jobs.finish(yard.jobs.add(ROOT), JobState.FAILED)
    yard.jobs.change(hinted := yard.jobs.add(MARA), EventType.CREATED)
    heard = [await socket.hear() for _ in range(3)]
    assert {message["type"] for message in heard} == {"job"}  # others' inboxes are theirs
    assert {message["id"] for message in heard} == {told, own, f"{hinted}-0-created"}


async def test_nobody_else_may(yard: Yard) -> None:
    socket, cursor = await yard.enter("mara")
    socket.say({"type": "subscribe", "after": cursor, "all": True})
    assert await socket.close_code() == 4403


async def test_without_asking_an_administrator_hears_of_its_own_alone(yard: Yard) -> None:
    socket, _ = await yard.enter("root")
    yard.jobs.finish(yard.jobs.add(MARA), JobState.COMPLETED)
    own = yard.jobs.finish(yard.jobs.add(ROOT), JobState.COMPLETED)
    assert (await hear_job(socket))["id"] == own


async def test_who_is_no_administrator_any_more_sees_no_more(yard: Yard) -> None:
    socket = await yard.see_all()
    yard.tokens.admins.clear()
    assert await socket.close_code() == 4403


async def test_more_than_a_replays_worth_at_once_is_a_reset_for_who_sees_all(yard: Yard) -> None:
    socket = await yard.see_all()
    for _ in range(1001):
        yard.jobs.finish(yard.jobs.add(MARA), JobState.COMPLETED, nudge=False)
    yard.jobs.nudge()
    await socket.hear_until("reset")
    told = yard.jobs.finish(yard.jobs.add(MARA), JobState.COMPLETED)
    assert (await hear_job(socket))["id"] == told
