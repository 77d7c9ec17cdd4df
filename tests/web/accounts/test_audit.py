"""The audit trail: who reads what of it, and what narrows it."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from jobyard.domain.audit import AuditAction
from jobyard.postgres import audit_repository
from tests.jobs_api.test_lists import walk
from tests.web.people import Person, sign_in, sign_up, sign_up_admin


async def lines(person: Person, query: str = "") -> list[Any]:
    """All lines that a person reads, page by page."""
    person.client.headers["Authorization"] = f"Bearer {person.token}"
    try:
        return await walk(person.client, f"/audit?{query}")
    finally:
        del person.client.headers["Authorization"]


def actions(found: list[Any]) -> list[str]:
    return [line["action"] for line in found]


async def test_it_is_narrowed_by_what_was_done(client: httpx.AsyncClient) -> None:
    ann = await sign_up(client, "ann")
    await ann.key("jobs:read")
    await sign_in(ann)
    assert actions(await lines(ann)) == ["signed_in", "key_made", "signed_up"]
    assert actions(await lines(ann, "action=key_made")) == ["key_made"]
    assert actions(await lines(ann, "action=signed_up&action=key_made&action=key_made")) == ["key_made", "signed_up"]
    assert await lines(ann, "action=user_disabled") == []


async def test_it_is_narrowed_by_who_did_it_also_through_a_key(client: httpx.AsyncClient, database: Any) -> None:
    admin, ann = await sign_up_admin(client, database, "root"), await sign_up(client, "ann")
    key = await admin.key("admin")
    answer = await admin.patch(f"/admin/users/{ann.id}", {"weight": 20}, token=key)
    assert answer.status_code == 200, answer.text
    by_admin = await lines(admin, f"all=true&actor_id={admin.id}")
    assert actions(by_admin) == ["weight_changed", "key_made", "signed_in", "signed_up"]
    key_id = by_admin[0]["actor"]["id"]
    assert key_id != str(admin.id)
    assert actions(await lines(admin, f"all=true&actor_id={key_id}")) == ["weight_changed"]
    assert actions(await lines(admin, f"all=true&actor_id={ann.id}")) == ["signed_up"]
    # Whom it was done to reads it too, and of nobody else anything.
    assert actions(await lines(ann, f"actor_id={admin.id}")) == ["weight_changed"]
    assert await lines(ann, f"actor_id={admin.id}&action=signed_in") == []


async def test_it_is_narrowed_by_time(client: httpx.AsyncClient, database: Any) -> None:
    ann = await sign_up(client, "ann")
    await sign_in(ann)
    newest, oldest = await lines(ann)
    newer = quote(newest["at"])
    assert actions(await lines(ann, f"after={newer}")) == ["signed_in"]
    assert actions(await lines(ann, f"before={newer}")) == ["signed_up"]
    assert await lines(ann, f"after={newer}&before={quote(oldest['at'])}") == []
    day = datetime.now(UTC) - timedelta(days=1)
    await database.execute("UPDATE audit SET at = at - interval '2 days' WHERE action = 'signed_up'")
    assert actions(await lines(ann, f"after={quote(day.isoformat())}")) == ["signed_in"]


@pytest.mark.parametrize("everyone", [False, True])
async def test_a_filter_reads_so_many_lines_a_page_and_goes_on(
    client: httpx.AsyncClient, database: Any, monkeypatch: pytest.MonkeyPatch, *, everyone: bool
) -> None:
    monkeypatch.setattr(audit_repository, "SCANNED_ROWS", 3)
    admin = await sign_up_admin(client, database, "root")
    await admin.key("jobs:read")
    for _ in range(7):
        await sign_in(admin)
    whose = "all=true&" if everyone else ""
    first = (await admin.get(f"/audit?{whose}action=key_made")).json()
    assert first["items"] == []
    assert first["next_cursor"] is not None
    assert actions(await lines(admin, f"{whose}action=key_made")) == ["key_made"]
    assert actions(await lines(admin, f"{whose}action=signed_in&limit=2")) == ["signed_in"] * 8


async def test_a_cursor_is_good_for_its_own_filter_alone(client: httpx.AsyncClient) -> None:
    ann = await sign_up(client, "ann")
    await sign_in(ann)
    await sign_in(ann)
    cursor = (await ann.get("/audit?action=signed_in&limit=1")).json()["next_cursor"]
    assert (await ann.get(f"/audit?action=signed_in&limit=1&cursor={cursor}")).status_code == 200
    for other in ("", "action=signed_up&"):
        assert (await ann.get(f"/audit?{other}limit=1&cursor={cursor}")).status_code == 422


@pytest.mark.parametrize(
    ("query", "pointer", "rule"),
    [
        ("action=signd_in", "?action", "must be one of signed_up"),
        ("actor_id=ann", "?actor_id", "must be an id"),
        ("after=yesterday", "?after", "must be a time"),
        ("before=2026-01-02T03:04:05", "?before", "must have an offset"),
        ("&".join(["action=signed_in"] * (len(AuditAction) + 1)), "?action", "at most"),
        ("actor=ann", "?actor", ""),
    ],
)
async def test_what_is_wrong_with_a_filter_is_named(
    client: httpx.AsyncClient, query: str, pointer: str, rule: str
) -> None:
    ann = await sign_up(client, "ann")
    answer = await ann.get(f"/audit?{query}")
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert error["pointer"] == pointer
    assert rule in error["message"]


async def test_everybodys_is_for_administrators(client: httpx.AsyncClient) -> None:
    ann = await sign_up(client, "ann")
    assert (await ann.get("/audit?all=true&action=signed_in")).status_code == 403
