"""The table of moves, which everything follows."""

import pytest

from jobyard.domain.job import FINISHED, MOVES, JobState, Priority, Verb, can

UNFINISHED = set(JobState) - FINISHED


def test_states_and_their_codes_in_storage() -> None:
    assert [(state.value, state.code) for state in JobState] == [
        ("scheduled", 1),
        ("pending", 2),
        ("running", 3),
        ("retrying", 4),
        ("completed", 5),
        ("failed", 6),
        ("cancelled", 7),
    ]
    assert [JobState.from_code(state.code) for state in JobState] == list(JobState)


@pytest.mark.parametrize("code", [0, 8, -1])
def test_no_other_code(code: int) -> None:
    with pytest.raises(IndexError):
        JobState.from_code(code)


def test_priorities_run_in_the_order_of_their_codes() -> None:
    assert sorted(Priority, key=lambda priority: priority.code) == [Priority.HIGH, Priority.MEDIUM, Priority.LOW]
    assert [Priority.from_code(priority.code) for priority in Priority] == list(Priority)


def test_every_state_is_reached_and_every_unfinished_one_can_be_left() -> None:
    assert {*MOVES.values(), JobState.SCHEDULED} == set(JobState)
    assert {state for state, _ in MOVES} >= UNFINISHED


def test_only_a_retry_by_hand_leads_out_of_an_end_and_never_out_of_completed() -> None:
    assert {verb for state, verb in MOVES if state in FINISHED} == {Verb.RETRY}
    assert not can(JobState.COMPLETED, Verb.RETRY)
    assert can(JobState.FAILED, Verb.RETRY)
    assert can(JobState.CANCELLED, Verb.RETRY)


def test_whatever_is_unfinished_can_be_cancelled() -> None:
    assert {state for state in JobState if can(state, Verb.CANCEL)} == UNFINISHED


def test_only_a_pending_job_can_be_claimed_and_only_a_running_one_can_end_by_itself() -> None:
    assert {state for state in JobState if can(state, Verb.CLAIM)} == {JobState.PENDING}
    for verb in (Verb.COMPLETE, Verb.FAIL, Verb.RETRY_LATER, Verb.SNOOZE, Verb.RELEASE):
        assert {state for state in JobState if can(state, verb)} == {JobState.RUNNING}
