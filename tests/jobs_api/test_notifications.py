"""The inbox: what is written there by the statements that end jobs, and what its owner does with it."""

from typing import Any
from uuid import UUID

import httpx
import pytest
from uuid_utils.compat import uuid7

from jobyard.domain.job import NewJob
from jobyard.postgres.inbox import InboxFolding
from jobyard.postgres.job_repository import PostgresJobStore
from tests.engine.conftest import RecordedNudges
from tests.jobs_api.conftest import Api, errors

NEVER = {"completed": False, "failed": False, "cancelled": False}
FAILURES = NEVER | {"failed": True}
ALL = {"completed": True, "failed": True, "cancelled": True}


async def inbox(client: httpx.AsyncClient, **query: Any) -> dict[str, Any]:
    answer = await client.get("/notifications", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def told(client: httpx.AsyncClient) -> list[tuple[str, str]]:
    """Jobs and their ends, newest first."""
    return [(one["job_id"], one["event"]) for one in (await inbox(client))["items"]]


async def use_key(api: Api) -> None:
    """From now on Mara's client comes with an API key."""
    answer = await api.mara.post("/api-keys", json={"name": "ci", "scopes": ["jobs:read", "jobs:write"]})
    assert answer.status_code == 201, answer.text
    api.mara.headers["Authorization"] = f"Bearer {answer.json()['key']}"


async def end_all_ways(api: Api, client: httpx.AsyncClient) -> list[str]:
    """Three jobs: one completed, one failed, one cancelled."""
    jobs: list[str] = []
    for _ in range(3):
        answer = await client.post("/jobs", json={"kind": "demo.echo", "payload": {"value": 1}})
        assert answer.status_code == 201, answer.text
        jobs.append(answer.json()["id"])
    assert (await client.post(f"/jobs/{jobs[2]}/cancel")).status_code == 200
    await api.worker.claim(jobs[0])
    await api.worker.complete(jobs[0])
    await api.worker.fail(jobs[1], "no luck")
    return jobs


async def test_all_ends_of_jobs_submitted_with_an_access_token(api: Api) -> None:
    completed, failed, cancelled = await end_all_ways(api, api.mara)
    page = await inbox(api.mara)
    assert [(one["job_id"], one["event"], one["message"]) for one in page["items"]] == [
        (failed, "failed", "demo.echo failed: no luck"),
        (completed, "completed", "demo.echo completed"),
        (cancelled, "cancelled", "demo.echo was cancelled"),
    ]
    assert {key for one in page["items"] for key in one} == {"id", "at", "job_id", "kind", "event", "message", "read"}
    assert (page["next_cursor"], page["unread"], page["folded"]) == (None, 3, 0)
    assert page["items"][0]["at"] == (await api.job(failed))["finished_at"]
    assert (await inbox(api.ana))["items"] == []


async def test_failures_alone_of_jobs_submitted_with_an_api_key(api: Api) -> None:
    session = api.mara.headers["Authorization"]
    await use_key(api)
    _, failed, _ = await end_all_ways(api, api.mara)
    api.mara.headers["Authorization"] = session
    assert await told(api.mara) == [(failed, "failed")]


async def test_nothing_of_jobs_that_the_engine_stores_by_itself(api: Api) -> None:
    store = PostgresJobStore(api.worker.pool, api.worker.pool, RecordedNudges())
    async with api.worker.pool.acquire() as connection:
        owner = await connection.fetchval("SELECT key FROM users WHERE email = 'mara@example.org'")
    job = NewJob(UUID(int=uuid7().int), owner, "demo.echo", {"value": 1})
    await store.submit([job])
    await api.worker.claim(str(job.id))
    await api.worker.fail(str(job.id))
    assert await told(api.mara) == []


async def test_a_batch_and_a_copy_are_told_too(api: Api) -> None:
    body = {"jobs": [{"kind": "demo.echo", "payload": {"value": 1}}]}
    (first,) = (await api.mara.post("/jobs/batch", json=body)).json()["ids"]
    copy = (await api.mara.post(f"/jobs/{first}/copy", json={})).json()["id"]
    await api.worker.claim(first)
    await api.worker.complete(first)
    await api.worker.complete(copy)
    assert await told(api.mara) == [(copy, "completed"), (first, "completed")]


async def test_a_retry_by_hand_is_told_again(api: Api) -> None:
    job_id = await api.failed()
    await api.mara.post(f"/jobs/{job_id}/retry")
    await api.mara.post(f"/jobs/{job_id}/cancel")
    page = await inbox(api.mara)
    assert [one["event"] for one in page["items"]] == ["cancelled", "failed"]
    assert len({one["id"] for one in page["items"]}) == 2


async def test_a_job_that_is_forgotten_is_forgotten_here_too(api: Api) -> None:
    completed, failed, cancelled = await end_all_ways(api, api.mara)
    assert (await api.mara.delete(f"/jobs/{failed}")).status_code == 204
    assert (await api.mara.post("/jobs/discard", json={"ids": [completed]})).json()["changed"] == 1
    assert await told(api.mara) == [(cancelled, "cancelled")]


# Settings ------------------------------------------------------------------------------------------------------------
async def test_the_defaults(api: Api) -> None:
    settings = (await api.mara.get("/notifications/settings")).json()
    assert settings == {"signed_in": ALL, "others": FAILURES, "kinds": {}}


@pytest.mark.parametrize(
    ("settings", "events"),
    [
        ({"signed_in": NEVER, "others": ALL}, []),
        ({"signed_in": FAILURES, "others": NEVER}, ["failed"]),
        ({"signed_in": NEVER | {"completed": True}, "others": NEVER}, ["completed"]),
        ({"signed_in": NEVER | {"cancelled": True}, "others": NEVER}, ["cancelled"]),
        ({"signed_in": ALL | {"failed": False}, "others": NEVER}, ["completed", "cancelled"]),
        ({"signed_in": NEVER, "others": NEVER, "kinds": {"demo.echo": FAILURES}}, ["failed"]),
        ({"signed_in": ALL, "others": ALL, "kinds": {"demo.echo": NEVER}}, []),
    ],
)
async def test_what_is_set_holds_at_once(api: Api, settings: dict[str, Any], events: list[str]) -> None:
    await end_all_ways(api, api.ana)  # so that her settings are remembered
    answer = await api.mara.put("/notifications/settings", json=settings)
    assert answer.status_code == 200, answer.text
    assert answer.json() == {"kinds": {}} | settings
    assert (await api.mara.get("/notifications/settings")).json() == answer.json()
    await end_all_ways(api, api.mara)
    assert [event for _, event in await told(api.mara)] == events
    assert len(await told(api.ana)) == 3


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, ""),
        ({"signed_in": ALL, "others": ALL, "x": 1}, ""),
        ({"signed_in": {"completed": True}, "others": ALL}, "/signed_in"),
        ({"signed_in": ALL, "others": ALL | {"failed": 1}}, "/others/failed"),
        ({"signed_in": ALL, "others": ALL, "kinds": {"No Kind": ALL}}, "/kinds/No Kind"),
        ({"signed_in": ALL, "others": ALL, "kinds": {f"kind-{n}": ALL for n in range(201)}}, "/kinds"),
    ],
)
async def test_wrong_settings_are_refused(api: Api, body: dict[str, Any], pointer: str) -> None:
    answer = await api.mara.put("/notifications/settings", json=body)
    assert any(found.startswith(pointer) for found in errors(answer))
    assert (await api.mara.get("/notifications/settings")).json()["kinds"] == {}


# Reading -------------------------------------------------------------------------------------------------------------
async def test_read_is_marked_by_id_and_for_its_owner_alone(api: Api) -> None:
    await end_all_ways(api, api.mara)
    ids = [one["id"] for one in (await inbox(api.mara))["items"]]
    for client, changed in ((api.ana, 0), (api.mara, 2), (api.mara, 0)):
        answer = await client.post("/notifications/read", json={"ids": [*ids[:2], str(uuid7()), str(UUID(int=0))]})
        assert (answer.status_code, answer.json()) == (200, {"changed": changed})
    page = await inbox(api.mara)
    assert [one["read"] for one in page["items"]] == [True, True, False]
    assert page["unread"] == 1
    assert [one["id"] for one in (await inbox(api.mara, unread="true"))["items"]] == ids[2:]


async def test_all_are_marked(api: Api) -> None:
    await end_all_ways(api, api.mara)
    await end_all_ways(api, api.ana)
    assert (await api.mara.post("/notifications/read", json={"all": True})).json() == {"changed": 3}
    assert ((await inbox(api.mara))["unread"], (await inbox(api.ana))["unread"]) == (0, 3)


@pytest.mark.parametrize(
    "body", [{}, {"all": False}, {"ids": []}, {"ids": [str(UUID(int=0))], "all": True}, {"ids": ["x"]}, {"all": 1}]
)
async def test_a_wrong_mark_is_refused(api: Api, body: dict[str, Any]) -> None:
    errors(await api.mara.post("/notifications/read", json=body))


async def test_pages_go_on_where_they_ended_also_within_one_instant(api: Api) -> None:
    await fill(api, 7, spacing="0")
    seen: list[str] = []
    query: dict[str, Any] = {"limit": 3}
    while True:
        page = await inbox(api.mara, **query)
        seen += [one["job_id"] for one in page["items"]]
        if page["next_cursor"] is None:
            break
        query["cursor"] = page["next_cursor"]
    assert seen == sorted(set(seen), reverse=True)
    assert len(seen) == 7
    errors(await api.mara.get("/notifications", params={"cursor": query["cursor"], "unread": "true"}))
    errors(await api.mara.get("/notifications", params={"cursor": "x"}))


# Folding -------------------------------------------------------------------------------------------------------------
async def test_what_is_beyond_a_thousand_folds_into_a_count(api: Api) -> None:
    await fill(api, 1_250, spacing="1 ms")
    await api.worker.execute(
        "INSERT INTO job_stats (minute, owner_id, kind, completed, waits, runs)"
        " SELECT now(), key, 'demo.echo', 1, '{}', '{}' FROM users"
    )
    before = await inbox(api.mara)
    assert before["unread"] == 1_000
    folding = InboxFolding(api.worker.pool, lambda: 0.0)
    while await folding.fold():
        pass
    after = await inbox(api.mara)
    assert (after["unread"], after["folded"]) == (1_000, 250)
    assert after["items"] == before["items"]
    assert (await inbox(api.ana))["folded"] == 0
    assert not await folding.fold()  # it looks each half minute


async def fill(api: Api, number: int, *, spacing: str) -> None:
    """Notifications of Mara's, the last one now."""
    await api.worker.execute(
        "INSERT INTO notifications (at, owner_id, state, job_id, kind)"
        " SELECT now() - g * $2::text::interval, (SELECT key FROM users WHERE email = 'mara@example.org'), 5,"
        " gen_random_uuid(), 'demo.echo' FROM generate_series(0, $1::int - 1) g",
        number,
        spacing,
    )
