"""What narrows and orders lists of jobs."""

from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.jobs_api.conftest import Api, errors
from tests.jobs_api.test_lists import batch, walk


async def ids(client: httpx.AsyncClient, **filters: Any) -> list[str]:
    """The list, which the counts must agree with."""
    jobs = (await client.get("/jobs", params=filters)).json()["items"]
    if "order" not in filters:
        counts = (await client.get("/jobs/counts", params=filters)).json()
        assert sum(value for name, value in counts.items() if name != "capped") == len(jobs)
    return [job["id"] for job in jobs]


async def test_a_text_finds_ids_kinds_tags_and_errors(api: Api) -> None:
    echo, tagged, sleeps = await batch(
        api, [{}, {"tags": ["Nightly Export"]}, {"kind": "demo.sleep", "payload": {"seconds": 1}, "delay_seconds": 60}]
    )
    failed = (await api.submit())["id"]
    await api.worker.claim(failed)
    await api.worker.fail(failed, "the printer is on fire, again")
    assert await ids(api.mara, q="sleep") == [sleeps]
    assert await ids(api.mara, q="NIGHTLY ex") == [tagged]
    assert await ids(api.mara, q="on fire") == [failed]
    assert await ids(api.mara, q=echo) == [echo]
    assert await ids(api.mara, q=echo.replace("-", "").upper()) == [echo]
    assert set(await ids(api.mara, q=echo[:13])) >= {echo}
    assert await ids(api.mara, q=echo[:4]) == [failed, sleeps, tagged, echo]
    assert await ids(api.mara, q="100%") == []
    assert await ids(api.mara, q="  ") == await ids(api.mara)
    assert await ids(api.ana, q=echo) == []


async def test_an_id_is_found_behind_more_jobs_than_a_page_reads(api: Api) -> None:
    wanted = (await api.submit())["id"]
    await api.worker.execute(
        """
        INSERT INTO live_jobs (place, run_at, owner_id, lane, id, kind, payload)
        SELECT now(), now(), owner_id, lane, first_id(now() + n * interval '1 s'), kind, payload
        FROM live_jobs, generate_series(1, 2500) n"""
    )
    assert await ids(api.mara, q=wanted) == [wanted]
    assert await ids(api.mara, q=wanted[:18]) == [wanted]
    by_tag = (await api.mara.get("/jobs", params={"q": "no such thing"})).json()
    assert by_tag["items"] == []
    assert by_tag["next_cursor"] is not None
    assert (await api.mara.get("/jobs/counts", params={"q": "no such thing"})).json()["capped"] is True


async def test_times_batches_and_schedules(api: Api) -> None:
    first = await batch(api, [{}, {}])
    second = (await api.submit())["id"]
    jobs = {job["id"]: job for job in await walk(api.mara, "/jobs")}
    at = jobs[second]["created_at"]
    later = (datetime.fromisoformat(at) + timedelta(microseconds=1)).isoformat()
    assert await ids(api.mara, batch_id=jobs[first[0]]["batch_id"]) == first[::-1]
    assert await ids(api.mara, created_after=at) == [second]
    assert await ids(api.mara, created_before=at) == first[::-1]
    assert await ids(api.mara, created_after=later) == []
    assert len(await ids(api.mara, created_after="0001-01-01T00:00:00Z", created_before="9999-12-31T23:59:59Z")) == 3
    in_berlin = datetime.fromisoformat(at).astimezone(tz=None).isoformat()
    assert await ids(api.mara, created_before=in_berlin) == first[::-1]
    schedule = "018f3a2b-0000-7000-8000-000000000000"
    await api.worker.execute("UPDATE live_jobs SET schedule_id = $1 WHERE id = $2", schedule, second)
    assert await ids(api.mara, schedule_id=[schedule, second]) == [second]


async def test_every_wrong_value_is_named(api: Api) -> None:
    wrong = await api.mara.get("/jobs?state=done&state=over&state=failed&priority=urgent&batch_id=1")
    assert wrong.status_code == 422
    pointers = [error["pointer"] for error in wrong.json()["errors"]]
    assert pointers == ["?state", "?state", "?priority", "?batch_id"]


async def test_oldest_first(api: Api) -> None:
    made = await batch(api, [{} for _ in range(5)])
    assert [job["id"] for job in await walk(api.mara, "/jobs?order=oldest&limit=2")] == made
    assert [job["id"] for job in await walk(api.mara, "/jobs?order=oldest&limit=2&state=failed")] == []


async def test_the_order_in_which_they_run(api: Api) -> None:
    low, medium, later, high, soon, running = await batch(
        api,
        [
            {"priority": "low"},
            {},
            {"delay_seconds": 200},
            {"priority": "high"},
            {"delay_seconds": 100},
            {"priority": "high", "tags": ["claimed"]},
        ],
    )
    await api.worker.execute("UPDATE live_jobs SET worker_id = 1 WHERE id = $1", running)
    expected = [high, medium, low, soon, later]
    for limit in (1, 2, 200):
        assert [job["id"] for job in await walk(api.mara, f"/jobs?order=next&limit={limit}")] == expected
    assert [job["id"] for job in await walk(api.mara, "/jobs?order=next&state=scheduled&limit=1")] == [soon, later]
    assert [job["id"] for job in await walk(api.mara, "/jobs?order=next&priority=low&priority=high")] == [high, low]
    assert await walk(api.ana, "/jobs?order=next") == []


@pytest.mark.parametrize("other", ["", "order=oldest", "order=next", "tag=a", "q=a", "order=oldest&tag=b&limit=3"])
async def test_a_cursor_is_good_for_its_own_list_alone(api: Api, other: str) -> None:
    await batch(api, [{"tags": ["b"]} for _ in range(3)])
    cursor = (await api.mara.get("/jobs?order=oldest&tag=b&limit=1")).json()["next_cursor"]
    answer = await api.mara.get(f"/jobs?{other}&cursor={cursor}")
    if other.startswith("order=oldest&tag=b"):
        assert answer.status_code == 200, answer.text
    else:
        assert errors(answer)["?cursor"].startswith("is not a cursor of this list")


async def test_failures_in_groups(api: Api) -> None:
    job_id = ""
    for number in range(3):
        job_id = (await api.submit())["id"]
        await api.worker.claim(job_id)
        await api.worker.fail(job_id, f"order {number} of 018f3a2b-0000-7000-8000-00000000000{number} is late by 1.5 s")
    other = (await api.submit(tags=["red"]))["id"]
    await api.worker.claim(other)
    await api.worker.fail(other, "no paper")
    groups = await walk(api.mara, "/jobs/errors?limit=1")
    assert [group["count"] for group in groups] == [3, 1]
    late, paper = groups
    assert (late["kind"], late["type"], late["sample_job_id"]) == ("demo.echo", "ValueError", job_id)
    assert late["message"].startswith("order 2 of 018f")
    assert late["first_seen"] < late["last_seen"]
    assert await ids(api.mara, fingerprint=paper["fingerprint"]) == [other]
    assert len(await ids(api.mara, fingerprint=[late["fingerprint"], paper["fingerprint"]])) == 4
    assert await ids(api.mara, fingerprint=late["fingerprint"], state="cancelled") == []
    assert [group["message"] for group in await walk(api.mara, "/jobs/errors?tag=red")] == ["no paper"]
    assert await walk(api.ana, "/jobs/errors") == []
    assert await ids(api.ana, fingerprint=late["fingerprint"]) == []
