"""`?owner_id=` and `?all=true`: what administrators see of others' jobs, and nobody else."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.jobs_api.conftest import Api, errors
from tests.jobs_api.test_lists import batch, walk

CALLS = ("/jobs", "/jobs/counts", "/jobs/errors", "/stats")
NOBODY = "0190d4b4-0000-7000-8000-000000000000"


async def make_admin(api: Api) -> None:
    """From now on Ana is an administrator."""
    await api.worker.execute("UPDATE users SET role = 'admin' WHERE email_folded = 'ana@example.org'")
    answer = await api.ana.post("/login", json={"email": "ana@example.org", "password": "a long pass-phrase"})
    assert answer.json()["user"]["role"] == "admin"
    api.ana.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"


async def id_of_mara(api: Api) -> str:
    return (await api.mara.get("/me")).json()["id"]


@pytest.mark.parametrize("path", CALLS)
async def test_others_are_refused_whoever_it_is(api: Api, path: str) -> None:
    """403 for somebody, nobody and all; one's own id is no other's."""
    await batch(api, [{}])
    details: set[str] = set()
    for query in ({"owner_id": await id_of_mara(api)}, {"owner_id": NOBODY}, {"all": "true"}):
        answer = await api.ana.get(path, params=query)
        assert answer.status_code == 403, answer.text
        details.add(answer.json()["detail"])
    assert len(details) == 1
    own = await api.mara.get(path, params={"owner_id": await id_of_mara(api)})
    assert own.status_code == 200, own.text
    assert (await api.mara.get(path, params={"all": "false"})).status_code == 200


@pytest.mark.parametrize("path", CALLS)
async def test_an_administrator_is_told_what_is_wrong(api: Api, path: str) -> None:
    await make_admin(api)
    assert (await api.ana.get(path, params={"owner_id": NOBODY})).status_code == 404
    both = await api.ana.get(path, params={"owner_id": await id_of_mara(api), "all": "true"})
    assert list(errors(both)) == ["?owner_id"]
    assert (await api.ana.get(path, params={"owner_id": "mara"})).status_code == 422
    assert (await api.ana.get(path, params={"all": "maybe"})).status_code == 422


async def test_an_administrator_sees_one_user_or_all(api: Api) -> None:
    waiting = await batch(api, [{"tags": ["a"]}, {"priority": "low"}, {"delay_seconds": 60}])
    failed = await api.failed()  # it claims what waits, too: these run
    await make_admin(api)
    own = (await api.ana.post("/jobs", json={"kind": "demo.echo", "payload": {"value": 1}})).json()["id"]
    mara = await id_of_mara(api)

    async def ids(**query: Any) -> list[str]:
        return [job["id"] for job in (await api.ana.get("/jobs", params=query)).json()["items"]]

    assert await ids() == [own]
    assert await ids(owner_id=mara) == [failed, *waiting[::-1]]
    assert await ids(all=True) == [own, failed, *waiting[::-1]]
    assert await ids(all=True, order="oldest") == [*waiting, failed, own]
    assert await ids(all=True, tag="a") == [waiting[0]]
    assert await ids(all=True, order="next") == [own, waiting[2]]
    assert await ids(owner_id=mara, order="next") == [waiting[2]]
    assert await ids(all=True, state="failed") == [failed]
    shown = (await api.ana.get("/jobs", params={"all": True})).json()["items"]
    assert {job["owner_id"] for job in shown[1:]} == {mara}
    assert all({"payload", "result"}.isdisjoint(job) for job in shown)

    async def counts(**query: Any) -> dict[str, int]:
        answer = (await api.ana.get("/jobs/counts", params=query)).json()
        assert answer.pop("capped") is False
        return {state: number for state, number in answer.items() if number}

    everybodys = {"pending": 1, "running": 2, "scheduled": 1, "failed": 1}
    assert await counts(all=True) == everybodys
    assert await counts(owner_id=mara) == {"running": 2, "scheduled": 1, "failed": 1}
    assert await counts(all=True, kind="demo.echo") == everybodys
    assert await counts(all=True, tag="a") == {"running": 1}
    for query, expected in (({}, []), ({"owner_id": mara}, [failed]), ({"all": True}, [failed])):
        groups = (await api.ana.get("/jobs/errors", params=query)).json()["items"]
        assert [group["sample_job_id"] for group in groups] == expected
    for query, number in (({}, 1), ({"owner_id": mara}, 4), ({"all": True}, 5)):
        assert (await api.ana.get("/stats", params=query)).json()["total"]["submitted"] == number


@pytest.mark.parametrize("path", CALLS)
async def test_an_administrators_key_needs_the_scope(api: Api, path: str) -> None:
    await make_admin(api)
    for scopes, status in ((["jobs:read"], 403), (["jobs:read", "admin"], 200)):
        made = await api.ana.post("/api-keys", json={"name": "a key", "scopes": scopes})
        headers = {"Authorization": f"Bearer {made.json()['key']}"}
        for query in ({"all": "true"}, {"owner_id": await id_of_mara(api)}):
            assert (await api.ana.get(path, params=query, headers=headers)).status_code == status


async def test_to_see_anothers_list_is_not_to_have_the_job(api: Api) -> None:
    (job_id,) = await batch(api, [{}])
    await make_admin(api)
    assert (await api.ana.get(f"/jobs/{job_id}")).status_code == 404
    assert (await api.ana.post(f"/jobs/{job_id}/cancel")).status_code == 404


@pytest.mark.parametrize("order", ["newest", "oldest", "next"])
async def test_pages_of_everybody_hold_each_job_once(api: Api, order: str) -> None:
    mine = await batch(api, [{"priority": priority} for priority in ("low", "high", "medium", "low")])
    await make_admin(api)
    own = [
        (await api.ana.post("/jobs", json={"kind": "demo.echo", "payload": {"value": 1}})).json()["id"]
        for _ in range(3)
    ]
    made = mine + own
    by_turn = [made[1], made[2], *own, made[0], made[3]]
    expected = {"newest": made[::-1], "oldest": made, "next": by_turn}[order]
    for limit in (1, 2, 7, 200):
        listed = await walk(api.ana, f"/jobs?all=true&order={order}&limit={limit}")
        assert [job["id"] for job in listed] == expected


async def test_a_cursor_of_anothers_list_is_not_of_ones_own(api: Api) -> None:
    await batch(api, [{}, {}, {}])
    await make_admin(api)
    mara = await id_of_mara(api)
    cursor = (await api.ana.get("/jobs?all=true&limit=1")).json()["next_cursor"]
    for query in ({}, {"owner_id": mara}):
        assert list(errors(await api.ana.get("/jobs", params=query | {"cursor": cursor}))) == ["?cursor"]
    assert len((await api.ana.get("/jobs", params={"all": True, "cursor": cursor})).json()["items"]) == 2


async def test_of_many_jobs_of_all_times_a_page_reads_few(api: Api) -> None:
    """History by the thousand, years and milliseconds apart, before and after what was counted first."""
    await make_admin(api)
    mara = await id_of_mara(api)
    newest = datetime.now(UTC).replace(microsecond=0)
    await api.worker.execute(
        """
        INSERT INTO finished_jobs (run_at, created_at, started_at, finished_at, finish_xid, owner_id, lane,
          worker_id, run, priority, state, attempt, max_attempts, budget, crashes, notify, id, kind, payload, tags)
        SELECT at, at, at, now(), 1, u.key, 1, 1, 1, 1, 5, 1, 5, 5, 0, false,
          overlay(first_id(at)::text PLACING lpad(to_hex(n), 8, '0') FROM 29)::uuid, 'demo.echo', '{}',
          CASE WHEN n % 9000 = 0 THEN ARRAY['rare'] END
        FROM users u, generate_series(1, 45000) n,
          LATERAL (SELECT CASE WHEN n <= 5000 THEN $2::timestamptz - (5001 - n) * interval '6 hours' - interval '1 day'
                               ELSE $2::timestamptz - (45000 - n) / 40 * interval '1 ms' END AS at) a
        WHERE u.id = $1::uuid""",
        UUID(mara),
        newest,
    )
    rare = await walk(api.ana, "/jobs?all=true&tag=rare")
    assert [job["created_at"] for job in rare] == sorted((job["created_at"] for job in rare), reverse=True)
    assert len(rare) == 5
    assert await walk(api.ana, "/jobs?all=true&tag=rare&order=oldest") == rare[::-1]
    since = (newest - timedelta(days=30)).isoformat()
    assert len(await walk(api.ana, f"/jobs?all=true&tag=rare&created_after={since.replace('+', '%2B')}")) == 5
    counts = (await api.ana.get("/jobs/counts", params={"all": True, "tag": "rare"})).json()
    assert counts["capped"] is True
    assert (await api.ana.get("/jobs/counts", params={"all": True})).json()["completed"] == 45_000
