"""An id tells when it was made (UUID 7): rows of a time are looked for by id, which has an index.

An id is made by the server's clock, the row's own time by the database's: so ids narrow what is read by ten minutes
less than the times do.
"""

from datetime import datetime
from uuid import UUID

CLOCKS_MAY_DIFFER_SECONDS = 600


def lowest_id(after: datetime) -> UUID:
    """No row of this time or later has an id below this one."""
    return _first_id(after.timestamp() - CLOCKS_MAY_DIFFER_SECONDS)


def highest_id(before: datetime) -> UUID:
    """No row of before this time has this id or one above."""
    return _first_id(before.timestamp() + CLOCKS_MAY_DIFFER_SECONDS)


def _first_id(seconds: float) -> UUID:
    milliseconds = min(max(int(seconds * 1000), 0), 2**48 - 1)
    return UUID(int=milliseconds << 80)
