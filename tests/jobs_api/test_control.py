from typing import Any
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from tests.jobs_api.conftest import Api, errors


async def test_a_waiting_job_is_cancelled_at_once(api: Api) -> None:
    job_id = (await api.submit())["id"]
    answer = await api.mara.post(f"/jobs/{job_id}/cancel")
    assert answer.status_code == 200
    job = answer.json()
    assert (job["state"], job["cancel_requested"]) == ("cancelled", False)
    assert job["finished_at"] is not None
    assert (await api.mara.post(f"/jobs/{job_id}/cancel")).status_code == 409


async def test_a_running_job_is_asked_to_stop_as_often_as_one_likes(api: Api) -> None:
    job_id = (await api.submit())["id"]
    await api.worker.claim(job_id)
    for _ in range(2):
        answer = await api.mara.post(f"/jobs/{job_id}/cancel")
        assert answer.status_code == 200
        assert (answer.json()["state"], answer.json()["cancel_requested"]) == ("running", True)
    await api.worker.complete(job_id)
    answer = await api.mara.post(f"/jobs/{job_id}/cancel")
    assert answer.status_code == 409
    assert answer.json()["detail"] == "A completed job cannot be cancelled."


async def test_a_failed_job_is_retried_with_its_budget_anew(api: Api) -> None:
    job_id = await api.failed(max_attempts=3)
    answer = await api.mara.post(f"/jobs/{job_id}/retry")
    assert answer.status_code == 200
    job = answer.json()
    assert (job["state"], job["attempt"], job["max_attempts"]) == ("pending", 1, 4)
    assert job["error"]["message"] == "no luck"


async def test_a_scheduled_job_is_run_now(api: Api) -> None:
    job_id = (await api.submit(delay_seconds=3600))["id"]
    assert (await api.mara.post(f"/jobs/{job_id}/retry")).json()["state"] == "pending"


@pytest.mark.parametrize("state", ["pending", "running", "completed"])
async def test_what_cannot_be_retried_is_a_conflict(api: Api, state: str) -> None:
    job_id = (await api.submit())["id"]
    if state != "pending":
        await api.worker.claim(job_id)
    if state == "completed":
        await api.worker.complete(job_id)
    answer = await api.mara.post(f"/jobs/{job_id}/retry")
    assert answer.status_code == 409
    assert answer.json()["detail"] == f"A {state} job cannot be retried."
    assert (await api.job(job_id))["state"] == state


async def test_a_retry_whose_unique_key_is_taken_is_a_conflict(api: Api) -> None:
    job_id = await api.failed(unique_key="k")
    await api.submit(unique_key="k")
    assert (await api.mara.post(f"/jobs/{job_id}/retry")).status_code == 409
    assert (await api.job(job_id))["state"] == "failed"
    bulk = await api.mara.post("/jobs/retry", json={"ids": [job_id]})
    assert bulk.json() == {"changed": 0, "skipped": 1}


async def test_a_job_whose_attempts_cannot_be_counted_on_is_not_retried(api: Api) -> None:
    """A budget of 100, granted some 320 times: the column holds 32,767."""
    last, over = await api.failed(max_attempts=100), await api.failed(max_attempts=100)
    await api.worker.execute("UPDATE finished_jobs SET attempt = 32667 WHERE id = $1", UUID(last))
    await api.worker.execute("UPDATE finished_jobs SET attempt = 32668 WHERE id = $1", UUID(over))
    answer = await api.mara.post(f"/jobs/{over}/retry")
    assert answer.status_code == 409
    assert "32,767" in answer.json()["detail"]
    assert (await api.job(over))["state"] == "failed"
    assert (await api.mara.post("/jobs/retry", json={"ids": [last, over]})).json() == {"changed": 1, "skipped": 1}
    again = await api.job(last)
    assert (again["state"], again["max_attempts"]) == ("pending", 32767)
    assert (await api.mara.post(f"/jobs/{over}/copy", json={})).status_code == 201


async def test_another_users_job_is_not_there(api: Api) -> None:
    """404 before any 409 or 422, and the same answer as for a job that never was."""
    failed, waiting = await api.failed(), (await api.submit())["id"]
    nothing = str(uuid7())
    for path in ("", "/attempts"):
        theirs = await api.ana.get(f"/jobs/{waiting}{path}")
        never = await api.ana.get(f"/jobs/{nothing}{path}")
        assert theirs.status_code == never.status_code == 404
        assert theirs.text.replace(waiting, nothing) == never.text
    for job_id in (failed, waiting, nothing):
        for verb in ("retry", "cancel"):
            assert (await api.ana.post(f"/jobs/{job_id}/{verb}")).status_code == 404
            bulk = await api.ana.post(f"/jobs/{verb}", json={"ids": [job_id]})
            assert bulk.json() == {"changed": 0, "skipped": 1}
    assert (await api.ana.get(f"/jobs/{waiting}/attempts?cursor=x")).status_code == 404
    assert (await api.job(failed))["state"] == "failed"
    assert (await api.job(waiting))["state"] == "pending"


async def test_several_are_changed_and_the_rest_is_counted(api: Api) -> None:
    waiting = [(await api.submit())["id"] for _ in range(2)]
    failed = await api.failed()  # its claim takes the waiting ones as well
    running, extra = waiting[0], (await api.submit())["id"]
    ids = [running, extra, failed, str(uuid7()), extra]
    answer = await api.mara.post("/jobs/cancel", json={"ids": ids})
    assert answer.status_code == 200
    assert answer.json() == {"changed": 2, "skipped": 2}
    assert (await api.job(running))["cancel_requested"] is True
    assert (await api.mara.post("/jobs/retry", json={"ids": ids})).json() == {"changed": 2, "skipped": 2}
    assert (await api.job(extra))["state"] == (await api.job(failed))["state"] == "pending"


async def test_ids_that_are_wrong_are_named(api: Api) -> None:
    for verb in ("retry", "cancel"):
        path = f"/jobs/{verb}"
        assert set(errors(await api.mara.post(path, json={"ids": [str(uuid7()), "x", 5]}))) == {"/ids/1", "/ids/2"}
        assert errors(await api.mara.post(path, json={"ids": []})) == {"/ids": "must be from 1 to 1000, not 0"}
        many = [str(UUID(int=number)) for number in range(1001)]
        assert errors(await api.mara.post(path, json={"ids": many})) == {"/ids": "must be from 1 to 1000, not 1001"}
        assert errors(await api.mara.post(path, json={})) == {"": "must have ids or filter, and not both"}
        body: dict[str, Any] = {"ids": [str(uuid7())], "filter": {}}
        assert errors(await api.mara.post(path, json=body)) == {"": "must have ids or filter, and not both"}


async def test_an_address_that_is_no_job_is_not_there(api: Api) -> None:
    for job_id in ("not-a-uuid", "1", "%00"):
        assert (await api.mara.get(f"/jobs/{job_id}")).status_code == 404
