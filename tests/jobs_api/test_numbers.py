"""GET /stats and GET /queues."""

from datetime import datetime
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest

from tests.jobs_api.conftest import Api, errors
from tests.jobs_api.test_lists import batch, walk
from tests.jobs_api.test_others_jobs import make_admin


async def stats(api: Api, **parameters: Any) -> Any:
    answer = await api.mara.get("/stats", params=parameters)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_every_bucket_is_there(api: Api) -> None:
    await api.submit()
    told = await stats(api, window_seconds=600)
    assert told["bucket_seconds"] == 60
    starts = [datetime.fromisoformat(bucket["start"]) for bucket in told["buckets"]]
    assert len(starts) in (11, 12)
    assert {(b - a).total_seconds() for a, b in pairwise(starts)} == {60}
    assert told["buckets"][0]["start"] == told["begin"]
    assert set(told["total"]) == {
        "submitted", "completed", "failed", "cancelled", "wait_seconds", "run_seconds", "kinds",
    }  # fmt: skip
    assert (told["total"]["submitted"], told["total"]["completed"]) == (1, 0)
    assert told["total"]["wait_seconds"] == {"p50": None, "p95": None}
    assert [kind["kind"] for kind in told["total"]["kinds"]] == ["demo.echo"]


@pytest.mark.parametrize("query", ["window_seconds=59", "window_seconds=7776001", "window_seconds=x", "window=60"])
async def test_a_window_has_bounds(api: Api, query: str) -> None:
    assert list(errors(await api.mara.get(f"/stats?{query}"))) == [f"?{query.partition('=')[0]}"]


async def test_queues_by_name(api: Api) -> None:
    await api.submit()
    assert await walk(api.mara, "/queues?limit=1") == [{"name": "default"}]


async def test_an_administrator_is_told_how_full_queues_are(api: Api) -> None:
    """Everybody's jobs in line, whichever line of the queue it is: not what waits for its time, or runs."""
    await api.worker.execute("INSERT INTO lanes (queue) VALUES ('empty'), ('other')")
    await api.worker.execute("INSERT INTO lanes (queue, owner_id) SELECT 'default', key FROM users")
    await batch(api, [{}, {"priority": "low"}, {"delay_seconds": 60}, {"queue": "other"}])
    claimed = await batch(api, [{"priority": "high"}])
    await api.worker.execute("UPDATE live_jobs SET place = place - interval '1 hour' WHERE priority = 2")
    await api.worker.execute("UPDATE live_jobs SET worker_id = 1, run = 1 WHERE id = $1", UUID(claimed[0]))
    await api.worker.execute(
        "UPDATE live_jobs SET lane = (SELECT min(id) FROM lanes WHERE owner_id IS NOT NULL) WHERE priority = 2"
    )
    await make_admin(api)
    queues = await walk(api.ana, "/queues?limit=1")
    assert [(queue["name"], queue["pending"]) for queue in queues] == [("default", 2), ("empty", 0), ("other", 1)]
    default, empty, other = [queue["oldest_seconds"] for queue in queues]
    assert default >= 3_600
    assert empty is None
    assert 0 <= other < 3_600
    assert all(set(queue) == {"name"} for queue in await walk(api.mara, "/queues"))
