"""Changes of many jobs, and those that outlive the call."""

from collections.abc import AsyncIterator
from typing import Any
from unittest.mock import Mock
from uuid import uuid4

import httpx
import pytest

from jobyard.domain.limits import Limits
from jobyard.postgres.connections import ENGINE_SETTINGS, Pool
from jobyard.postgres.operations import PostgresOperations
from tests.jobs_api.conftest import Api, errors
from tests.jobs_api.test_lists import batch, walk

NOBODYS = str(uuid4())


@pytest.fixture
async def operations(database_url: str) -> AsyncIterator[PostgresOperations]:
    async with Pool(database_url, ENGINE_SETTINGS, 2) as pool:
        yield PostgresOperations(pool, Mock(), Limits(), batch=500)


async def bulk(client: httpx.AsyncClient, verb: str, **body: Any) -> Any:
    answer = await client.post(f"/jobs/{verb}", json=body)
    assert answer.status_code in (200, 202), answer.text
    return answer.json()


async def states(api: Api, *job_ids: str) -> list[str]:
    return [(await api.job(job_id))["state"] for job_id in job_ids]


async def many_failed(api: Api, number: int) -> None:
    """Failed jobs of Mara's, made of one."""
    await api.failed()
    await api.worker.execute(
        """
        INSERT INTO finished_jobs (run_at, created_at, started_at, finished_at, finish_xid, owner_id, lane, worker_id,
          run, priority, state, attempt, max_attempts, budget, crashes, notify, id, kind, payload, attempts)
        SELECT run_at, created_at, started_at, finished_at, finish_xid, owner_id, lane, worker_id, run, priority, state,
          attempt, max_attempts, budget, crashes, notify, first_id(now() - n * interval '1 s'), kind, payload, attempts
        FROM finished_jobs, generate_series(1, $1) n""",
        number - 1,
    )


async def test_by_ids(api: Api) -> None:
    waiting = (await api.submit())["id"]
    failed = await api.failed()
    foreign = (await api.ana.post("/jobs", json={"kind": "demo.echo", "payload": {"value": 1}})).json()["id"]
    given = [failed, failed, waiting, foreign, NOBODYS]
    assert await bulk(api.mara, "retry", ids=given) == {"changed": 1, "skipped": 3}
    assert await states(api, failed, waiting) == ["pending", "running"]
    assert await bulk(api.mara, "discard", ids=given) == {"changed": 0, "skipped": 4}
    assert await bulk(api.mara, "cancel", ids=given) == {"changed": 2, "skipped": 2}
    assert await states(api, failed) == ["cancelled"]
    assert (await api.job(waiting))["cancel_requested"] is True
    assert await bulk(api.mara, "discard", ids=given) == {"changed": 1, "skipped": 3}
    assert (await api.mara.get(f"/jobs/{failed}")).status_code == 404
    assert (await api.ana.get(f"/jobs/{foreign}")).json()["state"] != "cancelled"


async def test_by_filter(api: Api) -> None:
    red, blue, sleeps = await batch(
        api, [{"tags": ["red"]}, {"tags": ["blue"]}, {"delay_seconds": 60, "tags": ["red"], "priority": "high"}]
    )
    assert await bulk(api.mara, "cancel", filter={"tag": "red", "priority": ["high", "low"]}) == {
        "changed": 1,
        "skipped": 0,
    }
    assert await states(api, red, blue, sleeps) == ["pending", "pending", "cancelled"]
    assert await bulk(api.ana, "cancel", filter={}, all=True) == {"changed": 0, "skipped": 0}
    assert await bulk(api.mara, "cancel", filter={}, all=True) == {"changed": 2, "skipped": 0}
    assert await bulk(api.mara, "retry", filter={"state": ["failed", "completed"]}) == {"changed": 0, "skipped": 0}
    assert await bulk(api.mara, "retry", filter={"tag": "red"}) == {"changed": 2, "skipped": 0}
    assert await states(api, red, blue, sleeps) == ["pending", "cancelled", "pending"]
    assert await bulk(api.mara, "discard", filter={"state": "running"}) == {"changed": 0, "skipped": 0}
    assert await bulk(api.mara, "discard", filter={"state": "cancelled"}) == {"changed": 1, "skipped": 0}


async def test_a_retry_leaves_alone_what_has_an_unfinished_twin(api: Api) -> None:
    """Also where the twins are both among those that are retried: the older one runs."""
    older = await api.failed(unique_key="k")
    newer = await api.failed(unique_key="k")
    other = await api.failed(unique_key="taken")
    await api.submit(unique_key="taken")
    free = await api.failed(unique_key="free")
    assert await bulk(api.mara, "retry", ids=[newer, older, other, free]) == {"changed": 2, "skipped": 2}
    assert await states(api, older, newer, other, free) == ["pending", "failed", "failed", "pending"]
    assert (await api.mara.post(f"/jobs/{newer}/retry")).status_code == 409
    assert (await api.mara.post(f"/jobs/{other}/retry")).status_code == 409


async def test_what_is_wrong_is_told(api: Api) -> None:
    cases: list[tuple[dict[str, Any], str, str]] = [
        ({}, "", "must have ids or filter, and not both"),
        ({"ids": [NOBODYS], "filter": {}}, "", "must have ids or filter, and not both"),
        ({"ids": []}, "/ids", "must be from 1 to 1000, not 0"),
        ({"ids": [NOBODYS] * 1001}, "/ids", "must be from 1 to 1000, not 1001"),
        ({"ids": [NOBODYS], "all": True}, "/all", "must not be set together with ids"),
        ({"ids": ["7"]}, "/ids/0", ""),
        ({"filter": {}}, "/filter", 'names all your jobs: say so with "all": true'),
        ({"filter": {"q": " "}}, "/filter", 'names all your jobs: say so with "all": true'),
        ({"filter": {"state": []}}, "/filter", 'names all your jobs: say so with "all": true'),
        ({"filter": {"state": "done"}}, "/filter/state", "must be one of scheduled, pending"),
        ({"filter": {"states": "failed"}}, "/filter/states", "is not a known field"),
        ({"filter": {"created_after": "today"}}, "/filter/created_after", "must be a time such as"),
    ]
    for body, pointer, message in cases:
        for verb in ("retry", "cancel", "discard"):
            wrong = errors(await api.mara.post(f"/jobs/{verb}", json=body))
            assert list(wrong) == [pointer], body
            assert wrong[pointer].startswith(message)


async def test_many_are_an_operation(api: Api, operations: PostgresOperations) -> None:
    await many_failed(api, 1_234)
    answer = await api.mara.post("/jobs/retry", json={"filter": {"state": "failed"}})
    assert answer.status_code == 202, answer.text
    started = answer.json()["operation"]
    assert (started["verb"], started["state"], started["changed"]) == ("retry", "running", 0)
    path = answer.headers["Location"]
    assert (await api.ana.get(path)).status_code == 404
    assert (await api.ana.post(f"{path}/cancel")).status_code == 404
    assert await operations.step()
    half = (await api.mara.get(path)).json()
    assert (half["state"], half["changed"], half["finished_at"]) == ("running", 500, None)
    assert (await api.mara.get("/jobs/counts?state=failed")).json()["failed"] == 734
    while await operations.step():
        pass
    done = (await api.mara.get(path)).json()
    assert (done["state"], done["changed"], done["skipped"], done["error"]) == ("completed", 1_234, 0, None)
    assert (await api.mara.get("/jobs/counts")).json()["pending"] == 1_234
    assert (await api.mara.post(f"{path}/cancel")).status_code == 409
    assert (await api.mara.get(f"/operations/{NOBODYS}")).status_code == 404


async def test_an_operation_can_be_stopped(api: Api, operations: PostgresOperations) -> None:
    await many_failed(api, 1_100)
    path = (await api.mara.post("/jobs/discard", json={"filter": {}, "all": True})).headers["Location"]
    await operations.step()
    stopped = (await api.mara.post(f"{path}/cancel")).json()
    assert (stopped["state"], stopped["changed"]) == ("cancelled", 500)
    assert not await operations.step()
    assert (await api.mara.get("/jobs/counts")).json()["failed"] == 600


async def test_a_batch_and_its_count_are_one_transaction(
    api: Api, operations: PostgresOperations, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What dies between a change and its count has changed nothing: the next one does it again, and counts once."""
    await many_failed(api, 1_001)
    path = (await api.mara.post("/jobs/retry", json={"filter": {"state": "failed"}})).headers["Location"]
    await operations.step()

    async def die(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(operations, "_go_on", died_after(operations, die))
        with pytest.raises(KeyboardInterrupt):
            await operations.step()
    while await operations.step():
        pass
    done = (await api.mara.get(path)).json()
    assert (done["state"], done["changed"], done["skipped"]) == ("completed", 1_001, 0)
    assert (await api.mara.get("/jobs/counts")).json()["pending"] == 1_001


def died_after(operations: PostgresOperations, die: Any) -> Any:
    go_on = operations._go_on  # pyright: ignore[reportPrivateUsage]

    async def then_die(*arguments: Any) -> Any:
        await go_on(*arguments)
        await die()

    return then_die


async def test_an_operation_that_cannot_go_on_fails_and_stops_no_other(
    api: Api, operations: PostgresOperations
) -> None:
    await many_failed(api, 1_001)
    bad = (await api.mara.post("/jobs/retry", json={"filter": {"state": "failed"}})).headers["Location"]
    good = (await api.mara.post("/jobs/discard", json={"filter": {"state": "failed"}})).headers["Location"]
    await api.worker.execute("UPDATE operations SET filter = '[]' WHERE verb = 'retry'")
    while await operations.step():
        pass
    failed = (await api.mara.get(bad)).json()
    assert failed["state"] == "failed"
    assert "ValidationError" in failed["error"]
    assert (await api.mara.get(good)).json()["state"] == "completed"


async def test_operations_under_way_have_a_limit(api: Api) -> None:
    await many_failed(api, 1_001)
    for _ in range(20):
        assert (await api.mara.post("/jobs/retry", json={"filter": {"state": "failed"}})).status_code == 202
    over = await api.mara.post("/jobs/retry", json={"filter": {"state": "failed"}})
    assert over.status_code == 429
    assert int(over.headers["Retry-After"]) >= 1


async def test_the_trail_tells_who_changed_many(api: Api) -> None:
    await api.failed(tags=["red"])
    await bulk(api.mara, "retry", filter={"tag": "red"})
    lines = await walk(api.mara, "/audit")
    assert lines[0]["action"] == "jobs_retried"
    assert lines[0]["detail"]["changed"] == 1
