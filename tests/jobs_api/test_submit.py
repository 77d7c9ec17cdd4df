import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.jobs_api.conftest import Api, errors

ECHO = {"kind": "demo.echo", "payload": {"value": 1}}
FIELDS = {
    "id", "kind", "queue", "state", "priority", "payload", "result", "error", "attempt", "max_attempts", "crashes",
    "progress", "tags", "unique_key", "run_at", "created_at", "started_at", "finished_at", "timeout_seconds",
    "schedule_id", "batch_id", "after", "worker", "cancel_requested", "owner_id",
}  # fmt: skip


async def test_a_submit_is_answered_with_the_whole_job_and_where_it_is(api: Api) -> None:
    answer = await api.mara.post("/jobs", json=ECHO)
    assert answer.status_code == 201
    job = answer.json()
    assert set(job) == FIELDS | {"warnings"}
    assert answer.headers["location"] == f"/jobs/{job['id']}"
    assert job["id"][14] == "7"
    me = (await api.mara.get("/me")).json()
    expected: dict[str, Any] = {
        "kind": "demo.echo", "queue": "default", "state": "pending", "priority": "medium", "payload": {"value": 1},
        "result": None, "error": None, "attempt": 0, "max_attempts": 5, "crashes": 0, "progress": None, "tags": [],
        "unique_key": None, "started_at": None, "finished_at": None, "timeout_seconds": 600.0, "schedule_id": None,
        "batch_id": None, "after": [], "worker": None, "cancel_requested": False, "owner_id": me["id"],
    }  # fmt: skip
    assert expected.items() <= job.items()
    assert job["created_at"].endswith("Z")
    assert job["run_at"].endswith("Z")
    stored = await api.job(job["id"])
    assert set(stored) == FIELDS
    assert stored == {name: value for name, value in job.items() if name != "warnings"}


async def test_a_kind_without_a_live_worker_is_warned_of(api: Api) -> None:
    assert [warning["code"] for warning in (await api.submit())["warnings"]] == ["no_worker_for_kind"]
    await api.worker.register()
    async with asyncio.timeout(30):
        while (await api.submit())["warnings"]:  # noqa: ASYNC110 - what was found is good for a fifth of a second
            await asyncio.sleep(0.02)


async def test_every_option_is_kept(api: Api) -> None:
    job = await api.submit(
        priority="high",
        max_attempts=7,
        timeout_seconds=12.5,
        backoff={"strategy": "fixed", "base_seconds": 1},
        tags=["a", "b", "a"],
        unique_key="only one",
    )
    assert (job["priority"], job["max_attempts"], job["timeout_seconds"]) == ("high", 7, 12.5)
    assert (job["tags"], job["unique_key"]) == (["a", "b"], "only one")


async def test_a_time_to_come_makes_it_scheduled_and_is_told_in_utc(api: Api) -> None:
    at = (datetime.now(UTC) + timedelta(hours=1)).replace(microsecond=0)
    job = await api.submit(run_at=at.isoformat().replace("+00:00", "+00:00"))
    elsewhere = await api.submit(run_at=(at + timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M:%S+02:00"))
    assert job["state"] == elsewhere["state"] == "scheduled"
    assert job["run_at"] == elsewhere["run_at"] == at.strftime("%Y-%m-%dT%H:%M:%SZ")
    delayed = await api.submit(delay_seconds=3600)
    assert delayed["state"] == "scheduled"
    assert abs(datetime.fromisoformat(delayed["run_at"]) - at) < timedelta(minutes=1)


async def test_the_past_means_now(api: Api) -> None:
    for when in ({"run_at": "2020-01-01T00:00:00Z"}, {"run_at": "0001-01-01T00:00:00+14:00"}, {"delay_seconds": 0}):
        assert (await api.submit(**when))["state"] == "pending"


async def test_what_is_wrong_is_told_and_nothing_is_stored(api: Api) -> None:
    assert errors(await api.mara.post("/jobs", json=ECHO | {"prioriy": "high"})) == {"/prioriy": "is not a known field"}
    body: dict[str, Any] = {
        "kind": "demo.echo",
        "payload": {},
        "queue": "q",
        "max_attempts": 0,
        "timeout_seconds": 0,
        "unique_key": "",
    }
    assert set(errors(await api.mara.post("/jobs", json=body))) == {
        "/payload/value", "/queue", "/max_attempts", "/timeout_seconds", "/unique_key",
    }  # fmt: skip
    counts = (await api.mara.get("/jobs/counts")).json()
    assert sum(counts.values()) == 0


async def test_bodies_that_are_no_jobs(api: Api) -> None:
    too_large = b'{"kind": "demo.echo", "payload": {"value": "' + b"x" * 256 * 1024 + b'"}}'
    for content, status in ((b"{", 400), (b"", 400), (b'{"kind": "\xff"}', 400), (b"[]", 422), (too_large, 413)):
        answer = await api.mara.post("/jobs", content=content, headers={"Content-Type": "application/json"})
        assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")


async def test_numbers_of_any_length_that_json_has_are_kept(api: Api) -> None:
    job = await api.submit(payload={"value": 2**200})
    assert (await api.job(job["id"]))["payload"] == {"value": 2**200}


async def test_nobody_submits_without_a_token(api: Api) -> None:
    answer = await api.mara.post("/jobs", json=ECHO, headers={"Authorization": ""})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"


# Unique keys ---------------------------------------------------------------------------------------------------------
async def test_an_unfinished_twin_is_answered_with(api: Api) -> None:
    first = await api.submit(unique_key="k")
    answer = await api.mara.post("/jobs", json=ECHO | {"unique_key": "k", "payload": {"value": 2}})
    assert answer.status_code == 200
    assert answer.json()["id"] == first["id"]
    assert answer.json()["payload"] == {"value": 1}
    assert "location" not in answer.headers


async def test_an_unfinished_twin_can_be_a_conflict(api: Api) -> None:
    first = await api.submit(unique_key="k")
    answer = await api.mara.post("/jobs", json=ECHO | {"unique_key": "k", "on_conflict": "reject"})
    assert answer.status_code == 409
    await api.worker.claim(first["id"])
    await api.worker.complete(first["id"])
    again = await api.mara.post("/jobs", json=ECHO | {"unique_key": "k", "on_conflict": "reject"})
    assert again.status_code == 201


async def test_another_users_unique_key_is_no_twin(api: Api) -> None:
    await api.submit(unique_key="k")
    answer = await api.ana.post("/jobs", json=ECHO | {"unique_key": "k", "on_conflict": "reject"})
    assert answer.status_code == 201


# Batches -------------------------------------------------------------------------------------------------------------
async def post_batch(api: Api, jobs: list[Any]) -> httpx.Response:
    return await api.mara.post("/jobs/batch", json={"jobs": jobs})


async def test_a_batch_is_stored_together_and_in_order(api: Api) -> None:
    answer = await post_batch(api, [ECHO | {"payload": {"value": n}} for n in range(5)])
    assert answer.status_code == 201
    batch = answer.json()
    assert set(batch) == {"ids", "batch_id"}
    jobs = [await api.job(job_id) for job_id in batch["ids"]]
    assert [job["payload"]["value"] for job in jobs] == [0, 1, 2, 3, 4]
    assert {job["batch_id"] for job in jobs} == {batch["batch_id"]}
    assert batch["ids"] == sorted(batch["ids"])


async def test_a_bad_job_keeps_its_batch_out_and_is_pointed_at(api: Api) -> None:
    jobs: list[Any] = [dict(ECHO) for _ in range(1000)]
    jobs[500]["priority"] = "urgent"
    jobs[501]["colour"] = "red"
    wrong = errors(await post_batch(api, jobs))
    assert set(wrong) == {"/jobs/500/priority", "/jobs/501/colour"}
    jobs[500], jobs[501] = ECHO, {"kind": "demo.echo", "payload": {}}
    assert errors(await post_batch(api, jobs)) == {"/jobs/501/payload/value": "is required"}
    assert (await api.mara.get("/jobs/counts")).json()["pending"] == 0


async def test_no_more_than_a_hundred_errors_are_told(api: Api) -> None:
    assert len(errors(await post_batch(api, [{"kind": "nope"}] * 1000))) == 100
    assert len(errors(await post_batch(api, [{}] * 1000))) == 100


@pytest.mark.parametrize("size", [0, 1001])
async def test_a_batch_has_from_one_to_a_thousand_jobs(api: Api, size: int) -> None:
    assert errors(await post_batch(api, [ECHO] * size)) == {"/jobs": f"must be from 1 to 1000, not {size}"}


async def test_each_job_of_a_batch_is_held_to_one_jobs_size(api: Api) -> None:
    large = {"kind": "demo.echo", "payload": {"value": "x" * 256 * 1024}}
    answer = await post_batch(api, [ECHO, large])
    assert answer.status_code == 413
    assert answer.json()["detail"].startswith("/jobs/1 must have at most 262144 bytes, has ")
    assert (await post_batch(api, [{"kind": "demo.echo", "payload": {"value": "x" * 200_000}}] * 10)).status_code == 201


async def test_twins_in_a_batch_stand_for_one_another(api: Api) -> None:
    first = await api.submit(unique_key="k")
    keyed = ECHO | {"unique_key": "k"}
    ids = (await post_batch(api, [ECHO, keyed, ECHO | {"unique_key": "new"}, ECHO | {"unique_key": "new"}])).json()[
        "ids"
    ]
    assert ids[1] == first["id"]
    assert ids[2] == ids[3]
    assert (await api.mara.get("/jobs/counts")).json()["pending"] == 3


async def test_a_twin_that_is_rejected_keeps_its_batch_out(api: Api) -> None:
    await api.submit(unique_key="k")
    answer = await post_batch(api, [ECHO, ECHO | {"unique_key": "k", "on_conflict": "reject"}])
    assert answer.status_code == 409
    assert (await api.mara.get("/jobs/counts")).json()["pending"] == 1
