"""The header `Retry-After` (RFC 9110, 10.2.3): seconds, or a date."""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

LONGEST_SECONDS = 366 * 86_400.0


def parse_retry_after(value: str | None, date: str | None, now: datetime) -> float | None:
    """Seconds to wait, from 0 to a year; None for no header, or one that says nothing.

    A date is compared with the answer's own `Date` where it has one, so that the clocks need not agree.
    """
    text = (value or "").strip()
    if re.fullmatch(r"[0-9]{1,12}", text):
        return min(float(text), LONGEST_SECONDS)
    until = http_date(text)
    if until is None:
        return None
    return min(max((until - (http_date(date or "") or now)).total_seconds(), 0.0), LONGEST_SECONDS)


def http_date(text: str) -> datetime | None:
    """The time that an HTTP date names, or None. All three forms of RFC 9110 are read; without a zone it is UTC."""
    try:
        parsed = parsedate_to_datetime(text)
    except (ValueError, OverflowError, IndexError, TypeError):
        return None
    return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed
