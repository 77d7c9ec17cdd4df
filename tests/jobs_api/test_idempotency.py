"""Idempotency-Key, and what else is done to one job through the API: edit, copy, delete, why."""

import asyncio

import pytest

from tests.jobs_api.conftest import Api, errors
from tests.jobs_api.test_submit import ECHO

KEY = {"Idempotency-Key": "k1"}


async def test_the_same_call_again_is_answered_as_the_first_time(api: Api) -> None:
    first = await api.mara.post("/jobs", json=ECHO, headers=KEY)
    assert (first.status_code, first.headers["location"]) == (201, f"/jobs/{first.json()['id']}")
    again = await api.mara.post("/jobs", content=b'{"payload":{"value":1}, "kind":"demo.echo"}', headers=KEY | JSON)
    assert (again.status_code, again.headers["idempotent-replayed"]) == (200, "true")
    assert again.content == first.content
    assert set(errors(await api.mara.post("/jobs", json=ECHO | {"tags": ["x"]}, headers=KEY))) == {"Idempotency-Key"}
    assert (await api.ana.post("/jobs", json=ECHO, headers=KEY)).status_code == 201
    assert (await api.mara.get("/jobs/counts")).json()["pending"] == 1


JSON = {"Content-Type": "application/json"}

FIRST = b'{"kind": "demo.echo", "payload": {"value": [1, 2.50, {"a": "b\\u00e9", "c": null}]}}'


@pytest.mark.parametrize(
    "same",
    [
        FIRST,
        b'{"payload":{"value":[1,2.5,{"c":null,"a":"b\xc3\xa9"}]},"kind":"demo.echo"}',
        FIRST.replace(b"2.50", b"25e-1"),
        FIRST.replace(b"demo", b"\\u0064emo"),
    ],
)
async def test_json_that_means_the_same_is_the_same_call(api: Api, same: bytes) -> None:
    """The order of keys, space, and how a text or a fraction is written do not matter."""
    first = await api.mara.post("/jobs", content=FIRST, headers=KEY | JSON)
    again = await api.mara.post("/jobs", content=same, headers=KEY | JSON)
    assert (first.status_code, again.status_code, again.content) == (201, 200, first.content)


@pytest.mark.parametrize(
    "other",
    [
        FIRST.replace(b"[1,", b"[1.0,"),  # kept apart in what is stored, too
        FIRST.replace(b"[1,", b"[true,"),
        FIRST.replace(b"[1, 2.50,", b"[2.50, 1,"),
        FIRST.replace(b', "c": null', b""),
        FIRST.replace(b"[1,", b"[123456789012345678901234567890,"),
        FIRST.replace(b"}}", b'}, "priority": "medium"}'),  # what the default is may change
    ],
)
async def test_json_that_differs_is_another_call(api: Api, other: bytes) -> None:
    assert (await api.mara.post("/jobs", content=FIRST, headers=KEY | JSON)).status_code == 201
    assert set(errors(await api.mara.post("/jobs", content=other, headers=KEY | JSON))) == {"Idempotency-Key"}


async def test_whole_numbers_of_any_length_are_told_apart(api: Api) -> None:
    bodies = [FIRST.replace(b"[1,", b"[1234567890123456789012345678%02d," % end) for end in (1, 2)]
    first, second = [await api.mara.post("/jobs", content=body, headers=KEY | JSON) for body in bodies]
    assert (first.status_code, second.status_code) == (201, 422)


async def test_calls_at_the_same_time_make_one_job(api: Api) -> None:
    answers = await asyncio.gather(*[api.mara.post("/jobs", json=ECHO, headers=KEY) for _ in range(6)])
    assert sorted(answer.status_code for answer in answers) == [200] * 5 + [201]
    assert len({answer.content for answer in answers}) == 1


async def test_a_key_is_forgotten_after_a_day_and_a_refusal_keeps_none(api: Api) -> None:
    assert (await api.mara.post("/jobs", json={"kind": "nope"}, headers=KEY)).status_code == 422
    first = await api.mara.post("/jobs", json=ECHO, headers=KEY)
    await api.worker.execute("UPDATE idempotency_keys SET at = now() - interval '25 hours'")
    second = await api.mara.post("/jobs", json=ECHO, headers=KEY)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json()["id"] != second.json()["id"]


async def test_batches_and_copies_have_keys_too(api: Api) -> None:
    body = {"jobs": [ECHO, ECHO], "on_complete": ECHO}
    first = await api.mara.post("/jobs/batch", json=body, headers=KEY)
    again = await api.mara.post("/jobs/batch", json=body, headers=KEY)
    assert (first.status_code, again.status_code, again.json()) == (201, 200, first.json())
    source = (await api.submit(tags=["a"], max_attempts=3))["id"]
    copies = [await api.mara.post(f"/jobs/{source}/copy", headers={"Idempotency-Key": "k2"}) for _ in range(2)]
    assert [copy.status_code for copy in copies] == [201, 200]
    changed = (await api.mara.post(f"/jobs/{source}/copy", json={"priority": "high"})).json()
    assert (changed["tags"], changed["max_attempts"], changed["priority"]) == (["a"], 3, "high")
    assert (await api.ana.post(f"/jobs/{source}/copy")).status_code == 404


async def test_no_body_null_and_an_empty_object_are_one_call(api: Api) -> None:
    source = (await api.submit())["id"]
    bodies = [b"", b"null", b" {} "]
    copies = [await api.mara.post(f"/jobs/{source}/copy", content=body, headers=KEY | JSON) for body in bodies]
    assert [copy.status_code for copy in copies] == [201, 200, 200]
    assert len({copy.content for copy in copies}) == 1


async def test_edit_and_delete_follow_the_state(api: Api) -> None:
    job_id = (await api.submit(delay_seconds=60))["id"]
    edited = await api.mara.patch(f"/jobs/{job_id}", json={"priority": "high", "tags": ["b"], "max_attempts": 9})
    assert edited.status_code == 200, edited.text
    assert (edited.json()["priority"], edited.json()["tags"], edited.json()["max_attempts"]) == ("high", ["b"], 9)
    assert (await api.mara.patch(f"/jobs/{job_id}", json={"run_at": "2020-01-01T00:00:00Z"})).json()[
        "state"
    ] == "pending"
    assert (await api.ana.patch(f"/jobs/{job_id}", json={})).status_code == 404
    assert (await api.mara.delete(f"/jobs/{job_id}")).status_code == 409
    await api.worker.claim(job_id)
    assert (await api.mara.patch(f"/jobs/{job_id}", json={"priority": "low"})).status_code == 409
    await api.worker.complete(job_id)
    assert (await api.ana.delete(f"/jobs/{job_id}")).status_code == 404
    assert (await api.mara.delete(f"/jobs/{job_id}")).status_code == 204
    assert (await api.mara.get(f"/jobs/{job_id}")).status_code == 404


async def test_why_says_what_the_claim_would_do(api: Api) -> None:
    before, later = (await api.submit())["id"], (await api.submit(delay_seconds=60))["id"]
    reason = (await api.mara.get(f"/jobs/{before}/why")).json()["reason"]
    assert reason == "no_worker_for_kind"
    await api.worker.register()
    after = (await api.submit(after=[before]))["id"]
    behind = (await api.submit())["id"]
    told = {job: (await api.mara.get(f"/jobs/{job}/why")).json() for job in (before, later, after, behind)}
    assert [told[job]["reason"] for job in told] == ["waiting_turn", "scheduled", "waiting_for_jobs", "waiting_turn"]
    assert told[behind]["ahead"] == {"mine": 1, "all": None}
    await api.worker.claim(before)
    assert (await api.mara.get(f"/jobs/{before}/why")).json()["reason"] == "running"
    await api.worker.complete(before)
    assert (await api.mara.get(f"/jobs/{before}/why")).json()["reason"] == "finished"
    assert (await api.ana.get(f"/jobs/{before}/why")).status_code == 404
