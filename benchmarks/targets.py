"""What we hold ourselves to, each as a ratio or a bound that a run can decide."""

from dataclasses import dataclass, replace
from math import floor

from benchmarks.results import Results
from benchmarks.systems import OURS, PEERS

NAME = OURS.name
READS = {
    "list": "a list", "state": "a list of one state", "detail": "one job", "counts": "counts", "stats": "statistics",
}  # fmt: skip
"""Of what is read amid many finished jobs, what has a target."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """One target: what is wanted, what was measured, and whether that is enough (None: not measured)."""

    figure: str
    target: str
    measured: str
    met: bool | None


def verdicts(results: Results) -> list[Verdict]:
    """All targets, judged."""
    median = results.median
    drain, raw, copy = (
        median("drain", NAME, "jobs_s"), median("limits", NAME, "drain_s"), median("limits", NAME, "copy_s")
    )  # fmt: skip
    bulk = median("bulk", NAME, "jobs_s")
    return [
        _ratio("drain, one worker process", "PgQueuer", 2.0, drain, median("drain", "pgqueuer", "jobs_s")),
        _ratio("drain, one worker process", "graphile-worker", 1.2, drain, median("drain", "graphile", "jobs_s")),
        _ratio("drain, one worker process", "our own SQL in two backends", 0.4, drain, raw),
        _best("bulk submit", "bulk", 1.5, results),
        _ratio("bulk submit", "COPY of the same rows into the same table", 0.6, bulk, copy),
        _best("single submits, 100 callers", "single", 8.0, results),
        _pickup("p50", 1.5, results),
        _pickup("p99", 5.0, results),
        _share("`POST /jobs`, 100 connections", "a route that decodes and answers", 0.7, results),
        *_pinned(results),
        Verdict("a job amid 100,000 of another user", "≤ 100 ms", "users do not take turns yet", None),
        _ratio("a million finished jobs kept", "an empty history", 0.9, median("history", NAME, "jobs_s"), drain),
        _at_most("WAL per claim, batches of 500", 210, "B", median("storage", NAME, "wal_claim")),
        _at_most("disk per finished job", 430, "B", median("storage", NAME, "bytes")),
        *[
            _at_most(f"reading amid many finished jobs: {title}, p99", 25, "ms", median("reads", NAME, f"{figure}_p99"))
            for figure, title in READS.items()
        ],
        _at_most("idle live sockets, the process", 300, "MiB", median("sockets", NAME, "idle_mib")),
    ]


def _pickup(percentile: str, most: float, results: Results) -> Verdict:
    """Beside the bound, what two commits alone take here: the bound was set on a machine that wakes quicker."""
    ours, least = results.median("pickup", NAME, percentile), results.median("floor", NAME, percentile)
    judged = _at_most(f"idle pick-up, {percentile}", most, "ms", ours)
    if ours is None or not least:
        return judged
    return replace(judged, measured=f"{judged.measured}, {ours / least:.2f} × two bare commits ({least:,.1f} ms)")


def _pinned(results: Results) -> list[Verdict]:
    median = results.median
    free, pinned = median("unpinned", NAME, "p50"), median("pinned", NAME, "p50")
    p99 = median("pinned", NAME, "p99")
    told = "" if p99 is None else f", p99 {p99:,.1f} ms"
    waits = None if free is None or pinned is None else Verdict(
        "a pinned snapshot, p50 wait", "≤ 3 × without it",
        f"{pinned:,.1f} ms, {pinned / free:.2f} × {free:,.1f} ms{told}", pinned <= 3 * free,
    )  # fmt: skip
    return [
        _ratio(
            "a pinned snapshot, last sixth of the time", "what is offered (40 % of the drain)", 0.95,
            median("pinned", NAME, "last_s"), median("pinned", NAME, "offered_s"),
        ),
        waits or _open("a pinned snapshot, p50 wait", "≤ 3 × without it"),
    ]  # fmt: skip


def _best(figure: str, measure: str, factor: float, results: Results) -> Verdict:
    """Against the quickest peer of this run."""
    found = [(value, PEERS[name].title) for name in PEERS if (value := results.median(measure, name, "jobs_s"))]
    value, title = max(found, default=(None, None))
    than = "the best peer" if title is None else f"the best peer ({title})"
    return _ratio(figure, than, factor, results.median(measure, NAME, "jobs_s"), value)


def _ratio(figure: str, than: str, factor: float, ours: float | None, theirs: float | None) -> Verdict:
    target = f"≥ {factor:g} × {than}"
    if ours is None or not theirs:
        return _open(figure, target)
    ratio, met = ours / theirs, ours >= factor * theirs
    shown = ratio if met else floor(ratio * 100) / 100  # just below, it would be rounded to what was wanted
    return Verdict(figure, target, f"{shown:.2f} × ({ours:,.0f} and {theirs:,.0f} jobs/s)", met)


def _at_most(figure: str, most: float, unit: str, ours: float | None) -> Verdict:
    target = f"≤ {most:g} {unit}"
    return _open(figure, target) if ours is None else Verdict(figure, target, f"{ours:,.1f} {unit}", ours <= most)


def _share(figure: str, than: str, factor: float, results: Results) -> Verdict:
    """The median of the rounds' ratios: each has both halves beside one another."""
    ratio, target = results.median("post", NAME, "ratio"), f"≥ {factor:g} × {than}"
    if ratio is None:
        return _open(figure, target)
    ours, theirs = results.median("post", NAME, "jobs_s") or 0.0, results.median("post", NAME, "constant_s") or 0.0
    return Verdict(figure, target, f"{ratio:.2f} × ({ours:,.0f} and {theirs:,.0f} a second)", ratio >= factor)


def _open(figure: str, target: str) -> Verdict:
    return Verdict(figure, target, "not measured", None)
