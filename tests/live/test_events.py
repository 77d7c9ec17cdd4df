"""What is told, to whom, in what order, and what is told again after a cut."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from jobyard.domain.events import Cursor, EventType, OutcomeRow
from jobyard.domain.inbox import Notification
from jobyard.domain.job import JobError, JobState, Progress
from jobyard.web.live_cursors import Cursors
from jobyard.web.paging import encode_cursor
from tests.live.asgi_socket import hear_job
from tests.live.conftest import ANA, MARA, StartYard, Yard, xmin


async def test_an_outcome_reaches_all_sockets_of_its_owner_and_nobody_elses(yard: Yard) -> None:
    maras, anas = [(await yard.enter("mara"))[0] for _ in range(2)], (await yard.enter("ana"))[0]
    told = yard.jobs.finish(yard.jobs.add(MARA), JobState.COMPLETED)
    events = [await hear_job(socket) for socket in maras]
    assert [event["id"] for event in events] == [told, told]
    assert events[0]["event"] == "completed"
    assert set(events[0]) == {"type", "event", "id", "cursor", "job"}
    assert {"payload", "result"}.isdisjoint(events[0]["job"])
    assert events[0]["job"]["state"] == "completed"
    own = yard.jobs.finish(yard.jobs.add(ANA), JobState.FAILED)
    assert (await hear_job(anas))["id"] == own


async def test_a_change_reaches_its_owner_alone(yard: Yard) -> None:
    mara, ana = (await yard.enter("mara"))[0], (await yard.enter("ana"))[0]
    yard.jobs.change(yard.jobs.add(MARA), EventType.CREATED)
    hers = yard.jobs.add(ANA)
    yard.jobs.change(hers, EventType.STARTED, state=JobState.RUNNING, run=1)
    assert (await hear_job(mara))["event"] == "created"
    event = await hear_job(ana)
    assert (event["event"], event["id"], event["job"]["id"]) == ("started", f"{hers}-1-started", str(hers))


async def test_a_hint_that_names_another_users_job_tells_nothing(yard: Yard) -> None:
    """The row's owner counts, whatever a nudge says."""
    mara, _ = await yard.enter("mara")
    theirs = yard.jobs.add(ANA)
    yard.jobs.owners[theirs] = MARA
    yard.jobs.change(theirs, EventType.CREATED)
    yard.jobs.owners[theirs] = ANA
    told = yard.jobs.finish(yard.jobs.add(MARA), JobState.COMPLETED)
    assert (await hear_job(mara))["id"] == told


async def test_hints_are_merged_to_what_the_job_is_now(yard: Yard) -> None:
    socket, _ = await yard.enter()
    job_id = yard.jobs.add(MARA)
    yard.jobs.change(job_id, EventType.CREATED)
    yard.jobs.change(job_id, EventType.STARTED, state=JobState.RUNNING, run=1)
    yard.jobs.change(job_id, EventType.PROGRESS, progress=Progress(0.5, "half"))
    yard.jobs.change(job_id, None, state=JobState.RETRYING)
    event = await hear_job(socket)
    assert (event["event"], event["job"]["state"]) == ("retrying", "retrying")


async def test_each_report_of_progress_has_an_id_of_its_own(yard: Yard) -> None:
    socket, _ = await yard.enter()
    job_id = yard.jobs.add(MARA)
    ids: list[str] = []
    for fraction in (0.1, 0.2, 0.2):
        yard.jobs.change(job_id, EventType.PROGRESS, state=JobState.RUNNING, progress=Progress(fraction))
        ids.append((await hear_job(socket))["id"])
    assert ids[0] != ids[1] == ids[2]


async def test_a_job_that_was_asked_to_stop_is_told_as_such(yard: Yard) -> None:
    socket, _ = await yard.enter()
    yard.jobs.change(yard.jobs.add(MARA, JobState.RUNNING), EventType.CANCEL_REQUESTED, cancel_requested=True)
    assert (await hear_job(socket))["event"] == "cancel_requested"


async def test_nothing_older_is_told_after_an_outcome(yard: Yard) -> None:
    socket, _ = await yard.enter()
    job_id = yard.jobs.add(MARA, JobState.RUNNING)
    yard.jobs.change(job_id, EventType.PROGRESS)
    told = yard.jobs.finish(job_id, JobState.COMPLETED)
    yard.jobs.change(job_id, EventType.PROGRESS)  # a hint that was late
    other = yard.jobs.finish(yard.jobs.add(MARA), JobState.COMPLETED)
    heard = [await hear_job(socket), await hear_job(socket)]
    assert [event["id"] for event in heard] == [told, other]


async def test_a_job_that_was_retried_before_it_was_told_is_told_as_it_is(start_yard: StartYard) -> None:
    yard = await start_yard()
    socket, cursor = await yard.enter()
    await socket.leave()
    job_id = yard.jobs.add(MARA)
    yard.jobs.finish(job_id, JobState.FAILED)
    yard.jobs.take_back(job_id)
    last = yard.jobs.finish(yard.jobs.add(MARA), JobState.FAILED)
    assert [event["id"] for event in await replayed(yard, cursor)] == [last]


# Replay --------------------------------------------------------------------------------------------------------------
async def replay(yard: Yard, after: str) -> list[Any]:
    """Everything that a new socket is told up to the end of its replay."""
    socket, _ = await yard.enter()
    socket.say({"type": "subscribe", "after": after})
    heard = [await socket.hear()]
    while heard[-1]["type"] not in {"subscribed", "reset"}:
        heard.append(await socket.hear())
    await socket.leave()
    return heard


async def replayed(yard: Yard, after: str) -> list[Any]:
    """The events of a replay that was no reset."""
    heard = await replay(yard, after)
    assert heard[-1]["type"] == "subscribed"
    return [message for message in heard if message["type"] == "job"]


async def test_what_was_missed_is_told_and_no_other_users(yard: Yard) -> None:
    socket, cursor = await yard.enter()
    await socket.leave()
    told = {yard.jobs.finish(yard.jobs.add(MARA), state) for state in (JobState.COMPLETED, JobState.FAILED)}
    yard.jobs.finish(yard.jobs.add(ANA), JobState.COMPLETED)
    assert {event["id"] for event in await replayed(yard, cursor)} == told


async def test_a_transaction_that_commits_late_is_not_missed(yard: Yard) -> None:
    late, job_id = yard.jobs.begin(), yard.jobs.add(MARA)
    socket, _ = await yard.enter()
    early = yard.jobs.finish(yard.jobs.add(MARA), JobState.COMPLETED)
    event = await hear_job(socket)
    assert event["id"] == early
    await socket.leave()
    told = yard.jobs.finish(job_id, JobState.FAILED, late)
    assert told in {event["id"] for event in await replayed(yard, event["cursor"])}


async def test_a_transaction_that_commits_late_reaches_an_open_socket_once(yard: Yard) -> None:
    late, job_id = yard.jobs.begin(), yard.jobs.add(MARA)
    socket, _ = await yard.enter()
    told = [yard.jobs.finish(yard.jobs.add(MARA), JobState.COMPLETED)]
    assert (await hear_job(socket))["id"] == told[0]
    told.append(yard.jobs.finish(job_id, JobState.FAILED, late))
    assert (await hear_job(socket))["id"] == told[1]
    told.append(yard.jobs.finish(yard.jobs.add(MARA), JobState.COMPLETED))
    assert (await hear_job(socket))["id"] == told[2]


async def test_what_commits_just_after_the_log_was_read_is_read_next(yard: Yard) -> None:
    socket, _ = await yard.enter()
    job_id = yard.jobs.add(MARA)
    told: list[str] = []
    yard.jobs.after_since.append(lambda: told.append(yard.jobs.finish(job_id, JobState.COMPLETED)))
    yard.jobs.nudge()
    assert (await hear_job(socket))["id"] == told[0]


async def test_a_second_socket_misses_nothing_that_the_first_was_told_meanwhile(
    yard: Yard, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In each round until it is in, an outcome commits after the round's cursor, and before the log is read."""
    await yard.enter()
    entered, unseen = asyncio.Event(), yard.jobs.unseen

    async def unseen_later(*asked: Any) -> list[OutcomeRow]:
        if not entered.is_set():
            yard.jobs.finish(yard.jobs.add(MARA), JobState.COMPLETED)
        return await unseen(*asked)

    monkeypatch.setattr(yard.jobs, "unseen", unseen_later)
    yard.jobs.nudge()
    second, cursor = await yard.enter()
    entered.set()
    promised = {str(row.job_id) for row in yard.jobs.rows if row.finish_xid >= xmin(cursor)}
    yard.jobs.finish(last := yard.jobs.add(MARA), JobState.COMPLETED)
    heard: list[str] = []
    while heard[-1:] != [str(last)]:
        heard.append((await hear_job(second))["job"]["id"])
    assert promised
    assert promised <= {*heard}
    assert len(heard) == len({*heard})


async def test_while_an_old_transaction_is_open_nothing_is_told_twice(start_yard: StartYard) -> None:
    """Each round reads what was not visible to the one before, however many ended since that transaction began."""
    yard = await start_yard(silence=3600, ping=3600)
    late, job_id = yard.jobs.begin(), yard.jobs.add(MARA)
    (socket, _), admin = await yard.enter(), await yard.see_all()
    told: list[str] = []
    for _ in range(15):
        batch = [yard.jobs.finish(yard.jobs.add(MARA), JobState.COMPLETED, nudge=False) for _ in range(100)]
        yard.jobs.nudge()
        told += batch
        for hearing in (socket, admin):
            messages = [await hearing.hear() for _ in batch]
            assert [message.get("id") for message in messages] == batch
    told.append(yard.jobs.finish(job_id, JobState.FAILED, late))
    assert [(await hearing.hear())["id"] for hearing in (socket, admin)] == told[-1:] * 2


async def test_what_commits_just_after_a_replay_was_read_is_told(yard: Yard) -> None:
    socket, cursor = await yard.enter()
    await socket.leave()
    socket, _ = await yard.enter()
    job_id = yard.jobs.add(MARA)
    told: list[str] = []
    yard.jobs.after_since.append(lambda: told.append(yard.jobs.finish(job_id, JobState.COMPLETED)))
    socket.say({"type": "subscribe", "after": cursor})
    assert (await hear_job(socket))["id"] == told[0]


async def test_until_a_replay_is_done_no_cursor_is_later_than_its_own(yard: Yard) -> None:
    socket, cursor = await yard.enter()
    await socket.leave()
    for _ in range(300):
        yard.jobs.finish(yard.jobs.add(MARA), JobState.COMPLETED, nudge=False)
    *events, last_event, end = [message for message in await replay(yard, cursor) if message["type"] != "ping"]
    assert {xmin(event["cursor"]) for event in events} == {xmin(cursor)}
    assert xmin(last_event["cursor"]) > xmin(cursor)
    assert end["cursor"] == last_event["cursor"]


async def test_a_replay_that_is_asked_for_amid_other_news_ends_once_and_after_its_events(yard: Yard) -> None:
    socket, cursor = await yard.enter()
    await socket.leave()
    missed = yard.jobs.finish(yard.jobs.add(MARA), JobState.COMPLETED)
    socket, _ = await yard.enter()
    yard.jobs.may_read.clear()
    yard.jobs.reading.clear()
    yard.jobs.change(yard.jobs.add(MARA), EventType.CREATED)
    await yard.jobs.reading.wait()  # a round is under way
    socket.say({"type": "subscribe", "after": cursor})
    yard.jobs.may_read.set()
    created, event = await hear_job(socket), await hear_job(socket)
    assert xmin(created["cursor"]) == xmin(cursor)
    assert event["id"] == missed
    assert (await socket.hear())["type"] == "subscribed"
    told = yard.jobs.finish(yard.jobs.add(MARA), JobState.COMPLETED)
    assert [message["type"] for message in await socket.hear_until("job")] == ["job"]
    assert told != missed


async def test_a_thousand_are_replayed_and_one_more_is_a_reset(yard: Yard) -> None:
    socket, cursor = await yard.enter()
    await socket.leave()
    told = {yard.jobs.finish(yard.jobs.add(MARA), JobState.COMPLETED, nudge=False) for _ in range(1000)}
    assert {event["id"] for event in await replayed(yard, cursor)} == told
    yard.jobs.finish(yard.jobs.add(MARA), JobState.COMPLETED)
    assert [message["type"] for message in await replay(yard, cursor)] == ["reset"]


async def test_after_a_reset_events_flow(yard: Yard) -> None:
    socket, cursor = await yard.enter()
    yard.jobs.system += 1
    socket.say({"type": "subscribe", "after": cursor})
    reset = (await socket.hear_until("reset"))[-1]
    told = yard.jobs.finish(yard.jobs.add(MARA), JobState.COMPLETED)
    event = await hear_job(socket)
    assert event["id"] == told
    assert xmin(event["cursor"]) >= xmin(reset["cursor"])


async def test_old_foreign_and_future_cursors_are_a_reset(yard: Yard) -> None:
    socket, cursor = await yard.enter()
    await socket.leave()
    yard.jobs.at += timedelta(days=7, seconds=-1)
    assert await replayed(yard, cursor) == []
    yard.jobs.at += timedelta(seconds=2)
    assert [message["type"] for message in await replay(yard, cursor)] == ["reset"]
    yard.jobs.at -= timedelta(days=1)
    yard.jobs.next_xid -= 500  # the database was restored from an older backup
    assert [message["type"] for message in await replay(yard, cursor)] == ["reset"]


async def test_a_database_that_went_back_is_a_reset_for_open_sockets_and_events_flow(yard: Yard) -> None:
    """After a restore, or where a replica took over that had not got all: its transactions have the same numbers."""
    socket, _ = await yard.enter()
    yard.jobs.next_xid -= 500
    yard.jobs.nudge()
    await socket.hear_until("reset")
    told = yard.jobs.finish(yard.jobs.add(MARA), JobState.COMPLETED)
    assert (await hear_job(socket))["id"] == told


async def test_a_replay_beside_live_outcomes_keeps_a_jobs_order(yard: Yard) -> None:
    """Fails, is retried and completes while its failure waits to be replayed: `failed` may be left out, never last."""
    socket, cursor = await yard.enter()
    await socket.leave()
    jobs = [yard.jobs.add(MARA) for _ in range(400)]
    for job_id in jobs:
        yard.jobs.finish(job_id, JobState.FAILED, nudge=False)
    socket, _ = await yard.enter()
    socket.taking.clear()
    socket.say({"type": "subscribe", "after": cursor})
    for job_id in jobs:
        yard.jobs.take_back(job_id)
        yard.jobs.finish(job_id, JobState.COMPLETED)
    socket.taking.set()
    heard: dict[str, list[str]] = {}
    while sum("completed" in events for events in heard.values()) < len(jobs):
        event = await hear_job(socket)
        heard.setdefault(event["job"]["id"], []).append(event["event"])
    assert {events[-1] for events in heard.values()} == {"completed"}


async def test_a_cursor_of_another_secret_or_release_is_a_reset(yard: Yard) -> None:
    other = Cursors([b"another key"]).text(Cursor(yard.jobs.system, 1, yard.jobs.at))
    for unknown in (other, encode_cursor("outcomes", bytes(24)), "x"):
        assert [message["type"] for message in await replay(yard, unknown)] == ["reset"]


# The inbox -----------------------------------------------------------------------------------------------------------
async def test_what_is_written_into_the_inbox_is_told_after_its_event(yard: Yard) -> None:
    maras, anas = (await yard.enter("mara"))[0], (await yard.enter("ana"))[0]
    job_id = yard.jobs.add(MARA)
    yard.jobs.jobs[job_id] = replace(yard.jobs.jobs[job_id], error=JobError("ValueError", "no luck", "Traceback"))
    told = yard.jobs.finish(job_id, JobState.FAILED, notify=True)
    assert (await hear_job(maras))["id"] == told
    message = await maras.hear()
    job = yard.jobs.jobs[job_id]
    assert job.finished_at is not None
    notification = Notification(job.finished_at, job_id, "demo.echo", EventType.FAILED, "no luck")
    assert message == {
        "type": "notification", "id": str(notification.id), "at": job.finished_at.isoformat().replace("+00:00", "Z"),
        "job_id": str(job_id), "kind": "demo.echo", "event": "failed", "message": "demo.echo failed: no luck",
        "read": False,
    }  # fmt: skip
    own = yard.jobs.finish(yard.jobs.add(ANA), JobState.COMPLETED)
    assert (await anas.hear())["id"] == own


async def test_a_replay_tells_events_alone_the_inbox_has_the_rest(yard: Yard) -> None:
    socket, cursor = await yard.enter()
    await socket.leave()
    yard.jobs.finish(yard.jobs.add(MARA), JobState.COMPLETED, notify=True)
    assert [message["type"] for message in await replay(yard, cursor)] == ["job", "subscribed"]


async def test_a_replay_does_not_silence_what_waits_to_be_told_of_the_inbox(
    yard: Yard, monkeypatch: pytest.MonkeyPatch
) -> None:
    socket, cursor = await yard.enter()
    socket.taking.clear()
    since, replay_read = yard.jobs.since, asyncio.Event()

    async def since_told(*asked: Any) -> list[OutcomeRow]:
        replay_read.set()
        return await since(*asked)

    monkeypatch.setattr(yard.jobs, "since", since_told)
    told = [yard.jobs.finish(yard.jobs.add(MARA), JobState.COMPLETED, nudge=False, notify=True) for _ in range(300)]
    yard.jobs.nudge()
    async with asyncio.timeout(60):
        await yard.jobs.reading.wait()
    socket.say({"type": "subscribe", "after": cursor})
    async with asyncio.timeout(60):
        await replay_read.wait()
    socket.taking.set()
    heard = await socket.hear_until("subscribed")
    assert sum(message["type"] == "notification" for message in heard) == len(told)
