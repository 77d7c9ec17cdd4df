"""GET /stats and GET /queues."""

from datetime import datetime
from itertools import pairwise
from typing import Any

import pytest

from tests.jobs_api.conftest import Api, errors
from tests.jobs_api.test_lists import walk


async def make_admin(api: Api) -> None:
    await api.worker.execute("UPDATE users SET role = 'admin' WHERE email_folded = 'mara@example.org'")


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


async def test_only_an_administrator_sees_everybodys(api: Api) -> None:
    await api.ana.post("/jobs", json={"kind": "demo.echo", "payload": {"value": 1}})
    assert (await stats(api))["total"]["submitted"] == 0
    assert (await api.mara.get("/stats?all=true")).status_code == 403


@pytest.mark.parametrize("query", ["window_seconds=59", "window_seconds=7776001", "window_seconds=x", "window=60"])
async def test_a_window_has_bounds(api: Api, query: str) -> None:
    assert list(errors(await api.mara.get(f"/stats?{query}"))) == [f"?{query.partition('=')[0]}"]


async def test_queues_by_name(api: Api) -> None:
    await api.submit()
    assert await walk(api.mara, "/queues?limit=1") == [{"name": "default"}]
