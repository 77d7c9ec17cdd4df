"""What is told of which jobs, and ids that are made of what is stored anyway."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from uuid_utils.compat import uuid7

from jobyard.domain.events import EventType
from jobyard.domain.inbox import MESSAGE_MAX_CHARACTERS, InboxSettings, Notification, place_of
from jobyard.domain.job import Notify

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TIMES = st.integers(0, 2**47 * 1000).map(lambda micro: EPOCH + timedelta(microseconds=micro))


@given(TIMES, st.integers(0, 2**62 - 1))
def test_an_id_is_a_uuid7_that_leads_back_to_the_row(at: datetime, tail: int) -> None:
    job_id = UUID(int=uuid7().int >> 62 << 62 | tail)
    told = Notification(at, job_id, "demo.echo", EventType.COMPLETED)
    assert told.id.version == 7
    assert place_of(told.id) == (at, job_id.int & (2**64 - 1))


@given(st.uuids())
def test_any_other_id_is_none_of_ours_or_leads_somewhere(notification_id: UUID) -> None:
    place_of(notification_id)


def test_ids_grow_with_time() -> None:
    job_id = uuid7()
    times = [datetime(2026, 1, 2, 3, 4, 5, micro, tzinfo=UTC) for micro in (0, 1, 999, 1000, 999_999)]
    ids = [Notification(at, job_id, "demo.echo", EventType.COMPLETED).id for at in times]
    assert ids == sorted(ids)


@pytest.mark.parametrize(
    ("kind", "signed_in", "wanted"),
    [
        ("demo.echo", True, Notify.ALL),
        ("demo.echo", False, Notify.FAILED),
        ("http.request", True, Notify.NOTHING),
        ("http.request", False, Notify.NOTHING),
    ],
)
def test_a_kinds_setting_goes_before_the_credentials(kind: str, signed_in: bool, wanted: Notify) -> None:
    assert InboxSettings(kinds={"http.request": Notify.NOTHING}).wanted(kind, signed_in=signed_in) is wanted


def test_messages_are_sentences() -> None:
    def message(event: EventType, error: str | None = None) -> str:
        return Notification(datetime.now(UTC), uuid7(), "demo.echo", event, error).message

    assert message(EventType.COMPLETED) == "demo.echo completed"
    assert message(EventType.CANCELLED) == "demo.echo was cancelled"
    assert message(EventType.FAILED, "no luck") == "demo.echo failed: no luck"
    assert len(message(EventType.FAILED, "x" * 1000)) == MESSAGE_MAX_CHARACTERS
