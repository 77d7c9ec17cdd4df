from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobyard.handlers.retry_after import LONGEST_SECONDS, parse_retry_after

NOW = datetime(2026, 11, 24, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "date", "seconds"),
    [
        ("0", None, 0.0),
        ("120", None, 120.0),
        (" 7 ", None, 7.0),
        ("999999999999", None, LONGEST_SECONDS),
        ("Tue, 24 Nov 2026 12:01:30 GMT", None, 90.0),
        ("Tuesday, 24-Nov-26 12:01:30 GMT", None, 90.0),
        ("Tue Nov 24 12:01:30 2026", None, 90.0),
        ("Tue, 24 Nov 2026 13:01:30 +0100", None, 90.0),
        ("Tue, 24 Nov 2026 11:00:00 GMT", None, 0.0),  # past
        ("Fri, 31 Dec 9999 23:59:59 GMT", None, LONGEST_SECONDS),
        ("Tue, 24 Nov 2026 18:00:30 GMT", "Tue, 24 Nov 2026 18:00:00 GMT", 30.0),  # their clock is not ours
        ("Tue, 24 Nov 2026 12:00:30 GMT", "nonsense", 30.0),
        (None, None, None),
        ("", None, None),
        ("-1", None, None),
        ("1.5", None, None),
        ("1e3", None, None),
        ("٣", None, None),  # a digit, and not one of HTTP
        ("soon", None, None),
        ("Tue, 99 Nov 2026 12:00:00 GMT", None, None),
    ],
)
def test_retry_after(value: str | None, date: str | None, seconds: float | None) -> None:
    assert parse_retry_after(value, date, NOW) == seconds


@given(
    st.text() | st.from_regex(r"[A-Z][a-z]{2}, [0-9]{1,3} [A-Z][a-z]{2} [0-9]{1,6} [0-9:]{1,9} [A-Z+0-9-]{1,6}"),
    st.text(),
)
def test_no_header_breaks_the_parser(value: str, date: str) -> None:
    seconds = parse_retry_after(value, date, NOW)
    assert seconds is None or 0 <= seconds <= LONGEST_SECONDS
