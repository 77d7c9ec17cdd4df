"""Jobs in numbers: how many came and ended, how long they waited and ran."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any

import msgspec
from litestar import get
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import QueryParameter
from msgspec import Meta

from jobyard.domain.statistics import LONGEST_WINDOW_SECONDS, Histogram, Statistics, Tally, bucket_seconds, percentiles
from jobyard.web.app_ports import AppPorts
from jobyard.web.whose import Whose, provide_whose

TAGS = ["Jobs"]


class Times(msgspec.Struct, frozen=True):
    """How long it took, to about 15 %; null where no job that had run finished then."""

    p50: float | None
    p95: float | None

    @classmethod
    def of(cls, histogram: Histogram) -> "Times":
        """The percentiles of a histogram."""
        return cls(*percentiles(histogram, 0.5, 0.95)) if histogram else NEVER


NEVER = Times(None, None)


class Counted(msgspec.Struct, frozen=True, kw_only=True):
    """Jobs in some time."""

    submitted: int
    completed: int
    failed: Annotated[int, Meta(description="For good: a failed attempt that is retried is not one of them.")]
    cancelled: int
    wait_seconds: Annotated[Times, Meta(description="Of jobs that finished then: from `run_at` to the last claim.")]
    run_seconds: Annotated[Times, Meta(description="Of jobs that finished then: from the last claim to the end.")]


class KindCounted(Counted, frozen=True, kw_only=True):
    """Jobs of one kind in some time."""

    kind: str


class BucketCounted(Counted, frozen=True, kw_only=True):
    """Jobs in one bucket."""

    start: datetime
    kinds: list[KindCounted]


class TotalCounted(Counted, frozen=True, kw_only=True):
    """Jobs in the whole window."""

    kinds: list[KindCounted]


class StatsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Jobs in numbers. Every bucket of the window is there, oldest first; the last one is still filling."""

    begin: datetime
    end: datetime
    bucket_seconds: int
    buckets: list[BucketCounted]
    total: TotalCounted

    @classmethod
    def of(cls, statistics: Statistics) -> "StatsAnswer":
        """The numbers as they are told."""
        width = timedelta(seconds=statistics.bucket_seconds)
        starts = [statistics.begin + number * width for number in range((statistics.end - statistics.begin) // width)]
        total: dict[str, Tally] = {}
        for kinds in statistics.by_bucket.values():
            for kind, tally in kinds.items():
                total.setdefault(kind, Tally()).add(tally)
        buckets = [(start, statistics.by_bucket.get(start, {})) for start in starts]
        return cls(
            begin=statistics.begin,
            end=statistics.end,
            bucket_seconds=statistics.bucket_seconds,
            buckets=[BucketCounted(start=start, **_with_kinds(kinds)) for start, kinds in buckets],
            total=TotalCounted(**_with_kinds(total)),
        )


@get(
    "/stats",
    opt={"problems": (403, 404)},
    tags=TAGS,
    summary="Your jobs in numbers",
    dependencies={"whose": provide_whose},
)
async def get_stats(
    whose: NamedDependency[Whose],
    ports: NamedDependency[AppPorts],
    window_seconds: Annotated[
        int, QueryParameter(ge=60, le=LONGEST_WINDOW_SECONDS, description="How far back, in seconds.")
    ] = 3_600,
) -> StatsAnswer:
    """Ends are counted within some 10 s. Buckets are of 1, 5 or 15 minutes, 1 or 6 hours, or a day."""
    width = bucket_seconds(window_seconds)
    return StatsAnswer.of(await ports.statistics.tallies(whose.viewer, window_seconds, width, everyone=whose.everyone))


STATS_HANDLERS: list[HTTPRouteHandler] = [get_stats]


def _with_kinds(kinds: Mapping[str, Tally]) -> dict[str, Any]:
    """Jobs of some kinds, together and each. Percentiles are dear: those of the only kind are reckoned once."""
    each = {kind: _counted(kinds[kind]) for kind in sorted(kinds)}
    together = next(iter(each.values())) if len(each) == 1 else _counted(_all(kinds))
    return together | {"kinds": [KindCounted(kind=kind, **counted) for kind, counted in each.items()]}


def _all(kinds: Mapping[str, Tally]) -> Tally:
    together = Tally()
    for tally in kinds.values():
        together.add(tally)
    return together


def _counted(tally: Tally) -> dict[str, Any]:
    return {
        "submitted": tally.submitted,
        "completed": tally.completed,
        "failed": tally.failed,
        "cancelled": tally.cancelled,
        "wait_seconds": Times.of(tally.waits),
        "run_seconds": Times.of(tally.runs),
    }
