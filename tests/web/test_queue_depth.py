"""Who is told how many jobs of others are before one's own."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.web.people import Person, sign_up, sign_up_admin

JOB = {"kind": "demo.echo", "payload": {"value": 1}}


async def line(first: Person, second: Person, database: Any) -> dict[str, Any]:
    """Two jobs of the first one's, then two of the second's: why the last one waits."""
    await database.execute(
        "INSERT INTO workers (name, kinds, beat_at) VALUES ('walt', '{demo.echo}', now() + interval '1 hour')"
    )
    jobs = [await person.post("/jobs", JOB) for person in (first, first, second, second)]
    assert {job.status_code for job in jobs} == {201}
    return (await second.get(f"/jobs/{jobs[-1].json()['id']}/why")).json()


@pytest.mark.parametrize("shown", [False, True])
async def test_users_are_told_where_the_server_says_so(make_client: Any, database: Any, shown: bool) -> None:
    client = await make_client(demo_kinds=True, show_queue_depth=shown)
    said = await line(await sign_up(client, "ann"), await sign_up(client, "bob"), database)
    assert (said["reason"], said["ahead"]) == ("waiting_turn", {"mine": 1, "all": 3 if shown else None})
    assert said["expected_start_at"] is None  # nothing has ended yet: nobody knows how fast it goes


async def test_administrators_are_told_always(make_client: Any, database: Any) -> None:
    client = await make_client(demo_kinds=True)
    said = await line(await sign_up(client, "ann"), await sign_up_admin(client, database, "root"), database)
    assert said["ahead"] == {"mine": 1, "all": 3}


async def test_the_first_in_line_is_expected_at_once(make_client: Any, database: Any) -> None:
    client = await make_client(demo_kinds=True)
    ann = await sign_up(client, "ann")
    await database.execute(
        "INSERT INTO workers (name, kinds, beat_at) VALUES ('walt', '{demo.echo}', now() + interval '1 hour')"
    )
    job_id = (await ann.post("/jobs", JOB)).json()["id"]
    before = await database.fetchval("SELECT clock_timestamp()")
    said = (await ann.get(f"/jobs/{job_id}/why")).json()
    after = await database.fetchval("SELECT clock_timestamp()")
    at = datetime.fromisoformat(said["expected_start_at"])
    assert said["expected_start_at"].endswith("0Z")
    assert before <= at < after + timedelta(seconds=10)
