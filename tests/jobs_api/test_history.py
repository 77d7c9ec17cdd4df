"""The timeline of a job, its runs, its lines, and what of its payload is secret."""

import time
from typing import Any
from uuid import UUID, uuid4

import pytest

from jobyard.domain.job import JobError
from jobyard.ports import Failed, JobNote, LoggedRun, LogLevel, NewLogLine, Snoozed
from jobyard.postgres.job_logs import PostgresLogSink
from jobyard.postgres.upkeep import PostgresUpkeep
from tests.jobs_api.conftest import Api, errors
from tests.jobs_api.test_lists import walk


async def told(api: Api, job_id: str) -> list[tuple[str, str, int]]:
    events = await walk(api.mara, f"/jobs/{job_id}/events?limit=2")
    assert [event["at"] for event in events] == sorted(event["at"] for event in events)
    assert len({event["id"] for event in events}) == len(events)
    assert events == await walk(api.mara, f"/jobs/{job_id}/events")
    for event in events:
        assert set(event) == {"id", "at", "type", "actor", "attempt", "detail"}
        assert UUID(event["id"]).version == 7
    return [(event["type"], event["actor"]["kind"], event["attempt"]) for event in events]


async def outcomes(api: Api, job_id: str) -> list[tuple[str, int]]:
    return [(one["outcome"], one["attempt"]) for one in await walk(api.mara, f"/jobs/{job_id}/attempts?limit=1")]


async def test_a_job_that_goes_well(api: Api) -> None:
    job_id = (await api.submit())["id"]
    assert await told(api, job_id) == [("submitted", "user", 0)]
    await api.worker.claim(job_id)
    assert await told(api, job_id) == [("submitted", "user", 0), ("claimed", "worker", 1)]
    await api.worker.complete(job_id)
    assert await told(api, job_id) == [("submitted", "user", 0), ("claimed", "worker", 1), ("completed", "worker", 1)]
    submitted, claimed, _ = await walk(api.mara, f"/jobs/{job_id}/events")
    assert submitted["actor"]["name"] == "mara"
    assert claimed["actor"] == {"kind": "worker", "id": None, "name": "walt"}


async def test_all_that_can_happen_to_a_run(api: Api) -> None:
    """Snoozed, released, lost, timed out, failed, retried by hand, cancelled while it runs."""
    queue, worker = api.worker.queue, await api.worker.register()
    job_id = (await api.submit(max_attempts=2))["id"]

    async def claim() -> Any:
        queue._floors.clear()  # pyright: ignore[reportPrivateUsage] - nobody tells this queue what came back
        await api.worker.claim(job_id)
        return api.worker.held.pop(UUID(job_id))

    assert await queue.snooze(worker, Snoozed(await claim(), 0))
    assert (await api.mara.post(f"/jobs/{job_id}/retry")).status_code == 200
    await queue.release(worker, [await claim()])
    job = await claim()
    await queue.note(worker, [JobNote(job.id, job.owner, "loop_blocked", job.run, 1, {"seconds": 1.5, "stack": "s"})])
    await api.worker.execute("UPDATE workers SET beat_at = now() - interval '1 h' WHERE id = $1", worker)
    await PostgresUpkeep(api.worker.pool, api.worker.queue._nudges).rescue(20, everything=False)  # pyright: ignore[reportPrivateUsage]
    api.worker.number = None
    worker = await api.worker.register()
    slow = Failed(await claim(), JobError("timeout", "too slow"), 0.0, timed_out=True)
    assert await queue.fail(worker, [slow])
    assert (await api.mara.post(f"/jobs/{job_id}/retry")).status_code == 200
    assert await queue.fail(worker, [Failed(await claim(), JobError("ValueError", "no luck"), None)])
    assert (await api.mara.post(f"/jobs/{job_id}/retry")).status_code == 200
    job = await claim()
    assert (await api.mara.post(f"/jobs/{job_id}/cancel")).json()["cancel_requested"] is True
    assert (await api.mara.post(f"/jobs/{job_id}/cancel")).status_code == 200  # asked again: told once
    assert await queue.fail(worker, [Failed(job, JobError("cancelled", "stopped"), None)])
    assert await told(api, job_id) == [
        ("submitted", "user", 0),
        ("claimed", "worker", 1),
        ("snoozed", "worker", 1),
        ("retried", "user", 0),
        ("claimed", "worker", 1),
        ("released", "worker", 1),
        ("claimed", "worker", 1),
        ("loop_blocked", "worker", 1),
        ("lost", "system", 1),
        ("claimed", "worker", 1),
        ("retrying", "worker", 1),
        ("retried", "user", 1),
        ("claimed", "worker", 2),
        ("failed", "worker", 2),
        ("retried", "user", 2),
        ("claimed", "worker", 3),
        ("cancel_requested", "user", 3),
        ("cancelled", "worker", 3),
    ]
    assert await outcomes(api, job_id) == [
        ("snoozed", 1), ("released", 1), ("lost", 1), ("timed_out", 1), ("failed", 2), ("cancelled", 3),
    ]  # fmt: skip
    events = {event["type"]: event["detail"] for event in await walk(api.mara, f"/jobs/{job_id}/events")}
    assert events["failed"] == {"error": {"type": "ValueError", "message": "no luck"}}
    assert events["retrying"] == {"error": {"type": "timeout", "message": "too slow"}, "timed_out": True}
    assert events["retried"] == {"from": "failed"}
    assert events["loop_blocked"] == {"seconds": 1.5, "stack": "s"}


async def test_a_waiting_job_is_cancelled_by_somebody(api: Api) -> None:
    job_id = (await api.submit())["id"]
    await api.mara.post(f"/jobs/{job_id}/cancel")
    await api.mara.post(f"/jobs/{job_id}/retry")
    await api.mara.post(f"/jobs/{job_id}/cancel")
    assert await told(api, job_id) == [
        ("submitted", "user", 0), ("cancelled", "user", 0), ("retried", "user", 0), ("cancelled", "user", 0),
    ]  # fmt: skip


async def test_a_poisonous_job_is_failed_by_the_server(api: Api) -> None:
    job_id = (await api.submit())["id"]
    await api.worker.claim(job_id)
    await api.worker.execute("UPDATE live_jobs SET crashes = 2")
    await api.worker.execute("UPDATE workers SET beat_at = now() - interval '1 h'")
    await PostgresUpkeep(api.worker.pool, api.worker.queue._nudges).rescue(20, everything=False)  # pyright: ignore[reportPrivateUsage]
    assert [event[:2] for event in await told(api, job_id)] == [
        ("submitted", "user"), ("claimed", "worker"), ("lost", "system"), ("failed", "system"),
    ]  # fmt: skip


async def test_an_edit_tells_what_changed(api: Api) -> None:
    job_id = (await api.submit())["id"]
    await api.mara.patch(f"/jobs/{job_id}", json={"priority": "high"})
    _, edited = await walk(api.mara, f"/jobs/{job_id}/events")
    assert (edited["type"], edited["detail"]) == ("edited", {"priority": {"from": "medium", "to": "high"}})


async def test_what_was_done_with_a_key_tells_so(api: Api) -> None:
    made = await api.mara.post("/api-keys", json={"name": "deploys", "scopes": ["jobs:read", "jobs:write"]})
    job_id = (await api.submit())["id"]
    answer = await api.mara.post(f"/jobs/{job_id}/cancel", headers={"Authorization": f"Bearer {made.json()['key']}"})
    assert answer.status_code == 200, answer.text
    *_, cancelled = await walk(api.mara, f"/jobs/{job_id}/events")
    assert cancelled["actor"] == {"kind": "api_key", "id": made.json()["id"], "name": "deploys"}


async def test_lines_page_by_page_and_after_one(api: Api) -> None:
    job_id = (await api.submit())["id"]
    assert await walk(api.mara, f"/jobs/{job_id}/logs") == []
    await api.worker.claim(job_id)
    job = api.worker.held[UUID(job_id)]
    lines = [NewLogLine(number, time.monotonic(), LogLevel.INFO, f"line {number}") for number in range(1, 8)]
    await PostgresLogSink(api.worker.pool).append(await api.worker.register(), [LoggedRun(job, lines, unsure=False)])
    for limit in (1, 3, 200):
        found = await walk(api.mara, f"/jobs/{job_id}/logs?limit={limit}")
        assert [line["message"] for line in found] == [f"line {number}" for number in range(1, 8)]
    assert set(found[0]) == {"id", "at", "level", "message", "attempt"}
    rest = await walk(api.mara, f"/jobs/{job_id}/logs?limit=2&after={found[3]['id']}")
    assert rest == found[4:]
    assert await walk(api.mara, f"/jobs/{job_id}/logs?after={found[-1]['id']}") == []
    for query, pointer in (("after=7", "?after"), (f"after={uuid4()}", "?after"), ("cursor=abc", "?cursor")):
        assert list(errors(await api.mara.get(f"/jobs/{job_id}/logs?{query}"))) == [pointer]


@pytest.mark.parametrize("part", ["events", "attempts", "logs", "logs?after=7", "logs?cursor=abc", "events?cursor=abc"])
async def test_anothers_job_has_no_history(api: Api, part: str) -> None:
    job_id = await api.failed()
    assert (await api.ana.get(f"/jobs/{job_id}/{part}")).status_code == 404
    assert (await api.mara.get(f"/jobs/{uuid4()}/{part}")).status_code == 404


SECRETS = {
    "url": "https://example.org/path",
    "headers": {"Authorization": "Bearer abcd1234", "X-Api-Key": "k-4711", "Cookie": "a=b", "Accept": "text/html"},
}


async def test_secret_fields_are_shown_to_who_asks_for_them_alone(api: Api) -> None:
    job = await api.submit(kind="http.request", payload=SECRETS)
    shown = {
        "url": "https://example.org/path",
        "headers": {"Authorization": "***", "X-Api-Key": "***", "Cookie": "***", "Accept": "text/html"},
    }
    path = f"/jobs/{job['id']}"
    cancelled = (await api.mara.post(f"{path}/cancel")).json()
    for answer in (job, cancelled, await api.job(job["id"]), (await api.mara.get(f"{path}?reveal=false")).json()):
        assert answer["payload"] == shown
    assert not [line for line in await walk(api.mara, "/audit") if line["action"] == "secret_revealed"]
    revealed = await api.mara.get(f"{path}?reveal=true")
    assert revealed.json()["payload"] == SECRETS
    (line,) = [line for line in await walk(api.mara, "/audit") if line["action"] == "secret_revealed"]
    assert line["target"]["id"] == job["id"]
    assert (await api.ana.get(f"{path}?reveal=true")).status_code == 404


async def test_a_copy_keeps_what_is_secret(api: Api) -> None:
    job = await api.submit(kind="http.request", payload=SECRETS)
    copy = (await api.mara.post(f"/jobs/{job['id']}/copy", json={})).json()
    assert copy["payload"]["headers"]["Authorization"] == "***"
    assert (await api.mara.get(f"/jobs/{copy['id']}?reveal=true")).json()["payload"] == SECRETS


async def test_a_key_that_may_only_read_reveals_nothing(api: Api) -> None:
    job = await api.submit(kind="http.request", payload=SECRETS)
    made = await api.mara.post("/api-keys", json={"name": "reads", "scopes": ["jobs:read"]})
    headers = {"Authorization": f"Bearer {made.json()['key']}"}
    assert (await api.mara.get(f"/jobs/{job['id']}", headers=headers)).status_code == 200
    assert (await api.mara.get(f"/jobs/{job['id']}?reveal=true", headers=headers)).status_code == 403
