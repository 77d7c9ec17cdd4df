"""Why a job is not running now: the table of what is known and what is said of it, and the same over HTTP."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobyard.domain.job import JobState, Wait
from jobyard.ports import MOST_AHEAD, WaitingFacts
from jobyard.services.waiting_reason import EPOCH, FARTHEST_SECONDS, ROUND, Reason, decide
from tests.jobs_api.conftest import Api

NOW = datetime(2026, 3, 1, 12, 0, 3, 500, tzinfo=UTC)
SOON = datetime(2026, 3, 1, 12, 0, 10, tzinfo=UTC)
IN_LINE = WaitingFacts(JobState.PENDING, Wait.NONE, "demo.echo", "default", run_at=NOW, now=NOW)

TABLE: dict[str, tuple[dict[str, Any], Reason, str, datetime | None]] = {
    "first in line": ({}, Reason.WAITING_TURN, "its turn in queue default", SOON),
    "by the rate of late": (
        {"ahead_all": 30, "jobs_a_second": 2.0}, Reason.WAITING_TURN, "its turn", SOON + timedelta(seconds=10),
    ),
    "no rate": ({"ahead_all": 30}, Reason.WAITING_TURN, "its turn", None),
    "a rate of nothing": ({"ahead_all": 1, "jobs_a_second": 0.0}, Reason.WAITING_TURN, "its turn", None),
    "the last that is counted": (
        {"ahead_all": MOST_AHEAD - 1, "jobs_a_second": 1000.0}, Reason.WAITING_TURN, "its turn", SOON,
    ),
    "a line longer than is counted": (
        {"ahead_all": MOST_AHEAD, "jobs_a_second": 1000.0}, Reason.WAITING_TURN, "its turn", None,
    ),
    "beyond a month": (
        {"ahead_all": 2, "jobs_a_second": 1 / FARTHEST_SECONDS}, Reason.WAITING_TURN, "its turn", None,
    ),
    "lost twice": ({"runs_alone": True}, Reason.WAITING_TURN, "lost twice", None),
    "no worker": ({"is_served": False}, Reason.NO_WORKER_FOR_KIND, "No live worker runs jobs of kind demo.echo", None),
    "of later": (
        {"state": JobState.SCHEDULED, "wait": Wait.TIME, "run_at": NOW + timedelta(hours=1)},
        Reason.SCHEDULED, "waits for its time", SOON + timedelta(hours=1),
    ),
    "due, and not promoted yet": (
        {"state": JobState.SCHEDULED, "wait": Wait.TIME, "run_at": NOW - timedelta(hours=1)},
        Reason.SCHEDULED, "waits for its time", SOON,
    ),
    "backs off": (
        {"state": JobState.RETRYING, "wait": Wait.BACKOFF, "run_at": NOW + timedelta(seconds=7), "attempt": 2},
        Reason.BACKING_OFF, "attempt 3 of 5", SOON + timedelta(seconds=10),
    ),
    "after another": (
        {"state": JobState.SCHEDULED, "wait": Wait.JOBS, "unfinished_before": 1},
        Reason.WAITING_FOR_JOBS, "waits for another job to end", None,
    ),
    "after others": (
        {"state": JobState.SCHEDULED, "wait": Wait.JOBS, "unfinished_before": 3},
        Reason.WAITING_FOR_JOBS, "waits for 3 other jobs to end", None,
    ),
    "a limit": ({"wait": Wait.LIMIT}, Reason.CONCURRENCY_LIMIT, "As many jobs of its sort run", None),
    "parked": ({"wait": Wait.NO_WORKER}, Reason.NO_WORKER_FOR_KIND, "No live worker", None),
    "held": ({"wait": Wait.HELD}, Reason.HELD, "account is disabled", None),
    "runs": ({"state": JobState.RUNNING, "worker": "walt"}, Reason.RUNNING, "It runs on walt.", None),
    "runs, and nobody knows where": ({"state": JobState.RUNNING}, Reason.RUNNING, "It runs.", None),
    "asked to stop": (
        {"state": JobState.RUNNING, "worker": "walt", "cancel_requested": True},
        Reason.CANCELLING, "asked to stop, and still runs on walt", None,
    ),
    **{f"ended: {state}": ({"state": state}, Reason.FINISHED, f"It has ended: {state}.", None)
       for state in JobState if state.is_finished},
}  # fmt: skip


@pytest.mark.parametrize("case", TABLE)
def test_what_is_known_and_what_is_said(case: str) -> None:
    known, reason, words, at = TABLE[case]
    said = decide(replace(IN_LINE, **known))
    assert (said.reason, said.expected_start_at) == (reason, at)
    assert words in said.detail


def test_every_reason_that_this_release_can_give_is_in_the_table() -> None:
    of_later_releases = {Reason.QUEUE_PAUSED, Reason.RATE_LIMIT, Reason.OWNER_LIMIT}
    assert {reason for _, reason, _, _ in TABLE.values()} == set(Reason) - of_later_releases


@given(st.integers(150_000_000, 400_000_000), st.integers(-3, 3) | st.integers(0, 9_999_999))
def test_a_time_is_told_to_ten_seconds_and_never_too_early(tens: int, microseconds: int) -> None:
    at = EPOCH + tens * ROUND + timedelta(microseconds=microseconds)
    told = decide(replace(IN_LINE, now=at)).expected_start_at
    assert told is not None
    assert (told.second % 10, told.microsecond) == (0, 0)
    assert timedelta(0) <= told - at < ROUND


async def why(client: httpx.AsyncClient, job_id: str) -> dict[str, Any]:
    answer = await client.get(f"/jobs/{job_id}/why")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_out_of_line_and_amid_its_end(api: Api) -> None:
    failing, held, stopping = [(await api.submit())["id"] for _ in range(3)]
    await api.worker.claim(failing)
    await api.worker.fail(failing, retry_in_seconds=3600.0)
    said = await why(api.mara, failing)
    assert (said["reason"], said["detail"]) == ("backing_off", "It waits for the time of attempt 2 of 5.")
    due = datetime.fromisoformat((await api.job(failing))["run_at"])
    assert timedelta(0) <= datetime.fromisoformat(said["expected_start_at"]) - due < timedelta(seconds=10)
    assert (await api.mara.post(f"/jobs/{stopping}/cancel")).json()["cancel_requested"]
    said = await why(api.mara, stopping)
    assert (said["reason"], said["detail"]) == ("cancelling", "It was asked to stop, and still runs on walt.")
    await api.worker.execute("UPDATE live_jobs SET worker_id = NULL, place = NULL, wait = 6 WHERE id = $1", held)
    said = await why(api.mara, held)
    assert (said["reason"], said["expected_start_at"]) == ("held", None)
    assert said["ahead"] == {"mine": 0, "all": None}
