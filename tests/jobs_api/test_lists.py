from typing import Any

import httpx

from tests.jobs_api.conftest import Api, errors


async def walk(client: httpx.AsyncClient, path: str) -> list[Any]:
    """All items of a list, page by page, by the Link header; `next_cursor` must say the same."""
    items: list[Any] = []
    here: str | None = path
    while here is not None:
        answer = await client.get(here)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        assert set(page) == {"items", "next_cursor"}
        items += page["items"]
        link = answer.links.get("next")
        here = link["url"] if link else None
        assert (page["next_cursor"] is None) == (here is None)
        assert here is None or str(page["next_cursor"]) in here
    return items


async def batch(api: Api, jobs: list[dict[str, Any]]) -> list[str]:
    echo = {"kind": "demo.echo", "payload": {"value": 1}}
    answer = await api.mara.post("/jobs/batch", json={"jobs": [echo | job for job in jobs]})
    assert answer.status_code == 201, answer.text
    return answer.json()["ids"]


async def test_pages_are_newest_first_and_hold_each_job_once(api: Api) -> None:
    ids = await batch(api, [{} for _ in range(7)])
    for limit in (1, 3, 7, 200):
        assert [job["id"] for job in await walk(api.mara, f"/jobs?limit={limit}")] == ids[::-1]
    assert await walk(api.ana, "/jobs") == []


async def test_a_page_has_fifty_unless_told_otherwise_and_no_payloads(api: Api) -> None:
    await batch(api, [{} for _ in range(51)])
    page = (await api.mara.get("/jobs")).json()
    assert len(page["items"]) == 50
    assert {"payload", "result"}.isdisjoint(page["items"][0])
    assert {"id", "state", "error", "progress", "owner_id"} <= set(page["items"][0])


async def test_jobs_that_come_meanwhile_do_not_shift_a_page(api: Api) -> None:
    ids = await batch(api, [{} for _ in range(4)])
    first = (await api.mara.get("/jobs?limit=2")).json()
    await batch(api, [{} for _ in range(3)])
    second = (await api.mara.get("/jobs", params={"limit": 2, "cursor": first["next_cursor"]})).json()
    assert [job["id"] for job in [*first["items"], *second["items"]]] == ids[::-1]


async def test_filters_narrow_lists_and_counts_alike(api: Api) -> None:
    high, low, tagged, sleeps = await batch(
        api,
        [
            {"priority": "high"},
            {"priority": "low"},
            {"tags": ["a&b", "red"]},
            {"kind": "demo.sleep", "payload": {"seconds": 1}, "delay_seconds": 60},
        ],
    )
    failed = await api.failed(tags=["red"])

    async def ids(**filters: Any) -> set[str]:
        items = (await api.mara.get("/jobs", params=filters)).json()["items"]
        counts = (await api.mara.get("/jobs/counts", params=filters)).json()
        assert sum(value for name, value in counts.items() if name != "capped") == len(items)
        assert counts["capped"] is False
        return {job["id"] for job in items}

    assert await ids() == {high, low, tagged, sleeps, failed}
    assert await ids(priority="high") == {high}
    assert await ids(priority=["high", "low"]) == {high, low}
    assert await ids(kind="demo.sleep") == {sleeps}
    assert await ids(state="failed") == {failed}
    assert await ids(state=["failed", "scheduled"]) == {failed, sleeps}
    assert await ids(tag="red") == {tagged, failed}
    assert await ids(tag="a&b") == {tagged}
    assert await ids(tag="red", state="failed") == {failed}
    assert await ids(queue="default", priority="low") == {low}
    assert await ids(queue="elsewhere") == set()
    assert await ids(kind="no such kind") == set()


async def test_a_filter_is_kept_from_page_to_page(api: Api) -> None:
    ids = await batch(api, [{"tags": ["a b&c"]}, {}, {"tags": ["a b&c"]}, {}, {"tags": ["a b&c"]}])
    assert [job["id"] for job in await walk(api.mara, "/jobs?limit=1&tag=a%20b%26c")] == ids[::-2]


async def test_counts_name_every_state(api: Api) -> None:
    await api.submit()
    await api.failed()
    assert (await api.mara.get("/jobs/counts")).json() == {
        "scheduled": 0, "pending": 0, "running": 1, "retrying": 0, "completed": 0, "failed": 1, "cancelled": 0,
        "capped": False,
    }  # fmt: skip
    assert sum((await api.ana.get("/jobs/counts")).json().values()) == 0


async def test_queries_that_are_wrong_are_422(api: Api) -> None:
    cursor = (await api.mara.get("/kinds?limit=1")).json()["next_cursor"]
    many = "&".join(["tag=x"] * 21)
    for query, pointer, message in (
        ("limit=0", "?limit", "Expected `int` >= 1, got '0'"),
        ("limit=201", "?limit", "Expected `int` <= 200, got '201'"),
        ("limit=ten", "?limit", ""),
        ("cursor=", "?cursor", "is not a cursor of this list"),
        ("cursor=abc", "?cursor", "is not a cursor of this list"),
        (f"cursor={cursor}", "?cursor", "is not a cursor of this list"),
        ("state=done", "?state", "must be one of scheduled, pending, running"),
        ("priority=urgent", "?priority", "must be one of high, medium, low, not 'urgent'"),
        ("tag=%00", "?tag", "must not contain the character U+0000"),
        (many, "?tag", "may be given at most 20 times, was given 21 times"),
        ("colour=red", "?colour", "is not a known parameter"),
        ("states=failed", "?states", "is not a known parameter"),
        ("viewer=1", "?viewer", "is not a known parameter"),
        ("job_filter=1", "?job_filter", "is not a known parameter"),
        ("order=newer", "?order", "must be one of newest, oldest, next, not 'newer'"),
        ("batch_id=7", "?batch_id", "must be an id, not '7'"),
        ("schedule_id=x", "?schedule_id", "must be an id, not 'x'"),
        ("fingerprint=f", "?fingerprint", "must be a fingerprint as GET /jobs/errors tells them, not 'f'"),
        ("created_after=2026-01-02T03:04:05", "?created_after", "must have an offset such as Z or +02:00"),
        ("created_before=yesterday", "?created_before", "must be a time such as 2026-01-02T03:04:05Z, not 'yesterday'"),
        ("q=" + "x" * 201, "?q", "must have at most 200 characters, has 201"),
        ("q=%00", "?q", "must not contain the character U+0000"),
    ):
        wrong = errors(await api.mara.get(f"/jobs?{query}"))
        assert list(wrong) == [pointer], query
        assert wrong[pointer].startswith(message)
    for path in ("/jobs/counts?limit=1", "/jobs/counts?cursor=x", "/kinds?state=failed", "/kinds?cursor=x"):
        assert len(errors(await api.mara.get(path))) == 1, path


async def test_attempts_are_told_run_by_run(api: Api) -> None:
    job_id = (await api.submit(max_attempts=2))["id"]
    assert await walk(api.mara, f"/jobs/{job_id}/attempts") == []
    await api.worker.claim(job_id)
    (running,) = await walk(api.mara, f"/jobs/{job_id}/attempts")
    assert (running["run"], running["attempt"], running["outcome"], running["worker"]) == (1, 1, "running", "walt")
    assert running["finished_at"] is None
    await api.worker.fail(job_id, "first", retry_in_seconds=3600)
    assert (await api.mara.post(f"/jobs/{job_id}/retry")).json()["state"] == "pending"
    await api.worker.claim(job_id)
    await api.worker.complete(job_id, b'{"ok": true}')
    attempts = await walk(api.mara, f"/jobs/{job_id}/attempts?limit=1")
    assert [(one["run"], one["outcome"]) for one in attempts] == [(1, "failed"), (2, "completed")]
    assert set(attempts[0]) == {"run", "attempt", "worker", "started_at", "finished_at", "outcome", "error"}
    assert attempts[0]["error"] == {"type": "ValueError", "message": "first", "traceback": "Traceback: …"}
    assert attempts[1]["error"] is None
    job = await api.job(job_id)
    assert (job["state"], job["result"], job["error"]["message"]) == ("completed", {"ok": True}, "first")


async def test_kinds_are_told_with_their_schema_and_their_workers(api: Api) -> None:
    kinds = {kind["kind"]: kind for kind in await walk(api.mara, "/kinds?limit=1")}
    assert list(kinds) == sorted(kinds)
    assert {"demo.echo", "demo.sleep", "demo.fail", "http.request"} <= set(kinds)
    echo = kinds["demo.echo"]
    assert set(echo) == {
        "kind", "description", "payload_schema", "defaults", "example", "audience", "own", "workers",
    }  # fmt: skip
    assert (echo["audience"], echo["own"], echo["workers"]) == ("everyone", False, 0)
    assert echo["defaults"] == {
        "max_attempts": 5,
        "timeout_seconds": 600.0,
        "backoff": {"strategy": "exponential", "base_seconds": 5.0, "max_seconds": 3600.0},
    }
    await api.worker.register()
    assert (await api.mara.get("/kinds/demo.echo")).json() == echo | {"workers": 1}
    for kind in kinds.values():
        answer = await api.mara.post("/jobs", json={"kind": kind["kind"], "payload": kind["example"]})
        assert answer.status_code == 201, answer.text
    for name in ("demo.nothing", "Bad%20Kind", "%00"):
        assert (await api.mara.get(f"/kinds/{name}")).status_code == 404
