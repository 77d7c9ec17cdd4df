"""What bodies of changes of many jobs look like."""

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta

from jobyard.domain.errors import FieldError, Invalid
from jobyard.domain.job import JobState, Priority
from jobyard.ports import JobFilter
from jobyard.services.bulk_operations import MOST_AT_ONCE
from jobyard.services.job_filter import parse_filter


def _told(description: str = "", **rules: Any) -> Meta:
    return Meta(description=description or None, extra_json_schema=rules)


_Several = str | list[str] | None
_Uuid = Annotated[_Several, _told("An id, or several: any of them.")]
_State = Annotated[_Several, _told(f"One, or several: any of them: {', '.join(JobState)}.")]
_Priority = Annotated[_Several, _told(f"One, or several: any of them: {', '.join(Priority)}.")]
_Time = Annotated[str, _told(format="date-time")]


class FilterBody(msgspec.Struct, forbid_unknown_fields=True):
    """The filters of `GET /jobs`, each a value or a list of values."""

    state: _State = None
    priority: _Priority = None
    kind: _Several = None
    queue: _Several = None
    tag: _Several = None
    batch_id: _Uuid = None
    schedule_id: _Uuid = None
    fingerprint: _Several = None
    created_after: _Time | None = None
    created_before: _Time | None = None
    q: str | None = None

    def parsed(self) -> JobFilter:
        """The same for the core. Raises Invalid with every wrong value."""
        given: dict[str, Sequence[str]] = {}
        for name in self.__struct_fields__:
            value: str | list[str] | None = getattr(self, name)
            if value is not None:
                given[name] = (value,) if isinstance(value, str) else value
        return parse_filter(given, "/filter/{}".format)


class BulkBody(msgspec.Struct, forbid_unknown_fields=True):
    """The jobs to be changed: `ids`, or a `filter`."""

    ids: Annotated[Annotated[list[UUID], _told(minItems=1, maxItems=MOST_AT_ONCE)] | None, _told()] = None
    filter: FilterBody | None = None
    all: Annotated[bool, Meta(description="To be set where `filter` is empty: all your jobs are meant.")] = False

    def checked(self) -> list[UUID] | JobFilter:
        """What is named. Raises Invalid."""
        if (self.ids is None) == (self.filter is None):
            raise Invalid([FieldError("", "must have ids or filter, and not both")])
        if self.ids is not None:
            if not 1 <= len(self.ids) <= MOST_AT_ONCE:
                raise Invalid([FieldError("/ids", f"must be from 1 to {MOST_AT_ONCE}, not {len(self.ids)}")])
            if self.all:
                raise Invalid([FieldError("/all", "must not be set together with ids")])
            return self.ids
        job_filter = self.filter.parsed() if self.filter is not None else JobFilter()
        if job_filter.is_empty and not self.all:
            raise Invalid([FieldError("/filter", 'names all your jobs: say so with "all": true')])
        return job_filter
