"""Claim floors: how far down a lane a process has claimed, and what is found below."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from jobyard.domain.job import Priority
from jobyard.ports import Completed
from jobyard.postgres.floors import BOTTOM, SHORT_SWEEP_SECONDS, SWEEP_COSTS, SWEEP_SECONDS, Floors, Key
from tests.engine.conftest import Engine

START = datetime(2026, 11, 24, tzinfo=UTC)
ALL = [True, True, True]


def key(seconds: float) -> Key:
    return START + timedelta(seconds=seconds), UUID(int=int(seconds * 1000))


def test_a_claim_raises_the_floor_of_each_priority_to_what_it_took() -> None:
    floors = Floors()
    floors.claimed([(0, key(1)), (0, key(3)), (2, key(2))], floors.versions(), full=True)
    assert floors.bounds() == [key(3), BOTTOM, key(2)]
    floors.claimed([(0, key(2))], floors.versions(), full=True)
    assert floors.bounds()[0] == key(3)


def test_what_appears_below_lowers_the_floor_and_an_older_claim_does_not_raise_it_again() -> None:
    floors = Floors()
    floors.claimed([(1, key(5))], floors.versions(), full=True)
    before = floors.versions()
    floors.lower(1, key(2)[0])
    assert floors.bounds()[1] < key(2)
    floors.claimed([(1, key(9))], before, full=True)
    assert floors.bounds()[1] < key(2)
    floors.claimed([(1, key(9))], floors.versions(), full=True)
    assert floors.bounds()[1] == key(9)


def test_what_appears_above_changes_nothing() -> None:
    floors = Floors()
    floors.claimed([(n, key(5)) for n in range(3)], floors.versions(), full=True)
    floors.lower(None, key(6)[0])
    assert floors.bounds() == [key(5)] * 3
    floors.lower(None, key(5)[0])
    assert all(floor < key(5) for floor in floors.bounds())


def test_a_sweep_is_due_each_second_and_soon_after_a_short_claim() -> None:
    floors = Floors()
    assert floors.due(0) == ALL
    floors.swept([], ALL, full=False, began=10, ended=10.001)
    assert floors.due(10.001 + SHORT_SWEEP_SECONDS) == [False] * 3
    assert floors.due(10.001 + SWEEP_SECONDS) == ALL
    floors.claimed([], floors.versions(), full=False)
    assert floors.due(10.002 + SHORT_SWEEP_SECONDS) == ALL


def test_a_dear_sweep_is_made_less_often() -> None:
    floors = Floors()
    floors.swept([], ALL, full=False, began=10, ended=10.5)
    floors.claimed([], floors.versions(), full=False)
    assert floors.due(10.5 + SWEEP_COSTS * 0.5 - 0.1) == [False] * 3
    assert floors.due(10.5 + SWEEP_COSTS * 0.5) == ALL


def test_a_full_sweep_sets_the_floor_where_it_stopped_and_leaves_the_rest_due() -> None:
    floors = Floors()
    floors.claimed([(n, key(9)) for n in range(3)], floors.versions(), full=True)
    floors.swept([(0, key(1)), (1, key(2))], ALL, full=True, began=10, ended=10.001)
    assert floors.bounds() == [key(9), key(2), key(9)]
    assert floors.due(10.002) == [False, False, True]
    assert floors.sweep_keys(floors.due(10.002)) == [key(9), key(2), BOTTOM]


@given(st.lists(st.tuples(st.integers(0, 2), st.floats(0, 100), st.booleans(), st.booleans()), min_size=1, max_size=30))
def test_a_floor_is_never_above_what_appeared_since(steps: list[tuple[int, float, bool, bool]]) -> None:
    floors = Floors()
    for priority, seconds, appears, full in steps:
        if appears:
            floors.lower(priority, key(seconds)[0])
            assert floors.bounds()[priority] < key(seconds)
        else:
            floors.claimed([(priority, key(seconds))], floors.versions(), full=full)
            assert floors.bounds()[priority] >= key(seconds)


async def test_a_late_row_is_found_by_the_sweep(engine: Engine, first: int) -> None:
    """A transaction that commits late has a place below the floor, and nobody says so."""
    late = await engine.submit()
    await engine.execute("UPDATE live_jobs SET place = now() - interval '1 minute', wait = 0")
    await engine.claim_one(first)
    await engine.queue.complete(first, [Completed(job, None) for job in await engine.claim(first)])
    await engine.submit()
    await engine.claim_one(first)
    await engine.execute("UPDATE live_jobs SET worker_id = NULL, place = now() - interval '1 hour' WHERE id = $1", late)
    assert await engine.claim(first) == []
    swept = await engine.queue.sweep(first, engine.lane, ["demo.echo"], 10)
    assert [job.id for job in swept] == [late]


async def test_a_sweep_that_is_not_due_asks_nothing(engine: Engine, first: int) -> None:
    await engine.queue.sweep(first, engine.lane, ["demo.echo"], 10)
    await engine.submit(priority=Priority.LOW)
    await engine.execute("UPDATE live_jobs SET place = now() - interval '1 hour'")
    assert await engine.queue.sweep(first, engine.lane, ["demo.echo"], 10) == []
