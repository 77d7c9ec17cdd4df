"""The rounds: each takes every measure of every system, so that what the machine does meanwhile meets all alike."""

import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TypeAlias

import asyncpg

from benchmarks import api, measures, own, scaling, sockets
from benchmarks.callers import CallError
from benchmarks.install import Installed
from benchmarks.measures import Bench, MeasureError
from benchmarks.options import ONCE
from benchmarks.process import ProcessError, Values
from benchmarks.results import Results
from benchmarks.systems import OURS

PEERS_HISTORY_ROUNDS = 3
"""Rounds in which peers drain amid history too: only ours has a target there."""

SHOWN = {
    "single": "jobs_s", "bulk": "jobs_s", "drain": "jobs_s", "history": "jobs_s", "pickup": "p50", "floor": "p50",
    "limits": "drain_s", "storage": "wal_claim", "pinned": "last_s", "unpinned": "last_s", "scaling": "drain_2_ratio",
    "post": "ratio", "reads": "list_p99", "sockets": "idle_mib",
}  # fmt: skip

TAKES: Mapping[str, Callable[[Bench, Installed], Awaitable[Values]]] = {
    "single": measures.single, "bulk": measures.bulk, "pickup": measures.pickup, "history": measures.history,
    "floor": measures.floor, "limits": own.raw_limits, "storage": own.storage, "scaling": scaling.scaling,
    "post": api.post, "reads": api.reads, "sockets": sockets.sockets,
}  # fmt: skip
FAILURES = (
    ProcessError, MeasureError, CallError, OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError,
)  # fmt: skip
"""What costs a figure of one round, and not the run."""

OURS_ALONE = ("floor", "limits", "storage", "scaling", "post", "reads", "sockets")

Step: TypeAlias = Callable[[], Awaitable[Mapping[str, Values]]]
"""Measures; figures by the measure's name (one step may bring two)."""


class Run:
    """One run of all that was asked for."""

    def __init__(self, bench: Bench, systems: Sequence[Installed]) -> None:
        self._bench = bench
        self._systems = list(systems)
        self._chosen = bench.options.measures
        self._with_history: list[Installed] = []
        self.results = Results()

    async def all(self) -> Results:
        """Measure everything."""
        await self._prepare()
        rounds = self._bench.options.rounds
        for number in range(rounds):
            for measure in self._round_measures():
                for one in self._in_turn(number):
                    if step := self._step(measure, one, number):
                        await self._take(f"round {number + 1} of {rounds}", measure, one, step)
        if "pinned" in self._chosen:
            for one in self._systems:
                await self._pinned(one)
        for one in self._systems:
            for measure in ("reads", "sockets"):
                if measure in self._chosen and (step := self._step(measure, one, 0)):
                    await self._take("at the end", measure, one, step)
        return self.results

    async def _prepare(self) -> None:
        for one in list(self._systems):
            try:
                await measures.prepare(self._bench, one)
            except FAILURES as error:
                self._fail("install", one, error)
                self._systems.remove(one)
        if "history" not in self._chosen:
            return
        for one in self._systems:
            if one.system.history:
                try:
                    await measures.prepare_history(self._bench, one)
                except FAILURES as error:
                    self._fail("history", one, error)
                else:
                    self._with_history.append(one)

    def _round_measures(self) -> list[str]:
        """A drain needs what a bulk submit has loaded: where both are wanted they are one step."""
        return [
            measure
            for measure in self._chosen
            if measure not in ONCE and not (measure == "bulk" and "drain" in self._chosen)
        ]

    def _in_turn(self, number: int) -> list[Installed]:
        """Another one begins each round."""
        first = number % max(1, len(self._systems))
        return [*self._systems[first:], *self._systems[:first]]

    def _step(self, measure: str, one: Installed, number: int) -> Step | None:
        """What takes a measure of a system in this round, or None where it has none."""
        is_ours = one.system is OURS
        if measure == "drain":
            return lambda: self._bulk_and_drain(one)
        if measure in OURS_ALONE and not is_ours:
            return None
        if measure == "history" and (one not in self._with_history or not (is_ours or number < PEERS_HISTORY_ROUNDS)):
            return None
        return lambda: _named(measure, TAKES[measure](self._bench, one))

    async def _bulk_and_drain(self, one: Installed) -> Mapping[str, Values]:
        submitted, drained = await measures.bulk_and_drain(self._bench, one)
        return {"bulk": submitted, "drain": drained} if "bulk" in self._chosen else {"drain": drained}

    async def _pinned(self, one: Installed) -> None:
        """Once: it takes a minute. Ours also without the snapshot, which is what its waits are compared with."""
        options = self._bench.options
        if not (one.system.pinned or options.peers_named):
            return
        if self.results.median("drain", one.system.name, "jobs_s") is None:
            await self._take("before", "drain", one, lambda: self._bulk_and_drain(one))
        drained = self.results.median("drain", one.system.name, "jobs_s")
        if drained is None:
            return
        rate = drained * options.sizes.pinned_share
        for measure in ("unpinned", "pinned") if one.system is OURS else ("pinned",):
            is_pinned = measure == "pinned"
            await self._take(
                "at the end", measure, one,
                lambda name=measure, pin=is_pinned: _named(name, measures.fed(self._bench, one, rate, pinned=pin)),
            )  # fmt: skip

    async def _take(self, when: str, measure: str, one: Installed, step: Step) -> None:
        try:
            found = await step()
        except FAILURES as error:
            self._fail(measure, one, error)
            return
        for name, values in found.items():
            self.results.add(name, one.system.name, values)
            _say(f"{when}: {one.system.title}, {name}: {values[SHOWN[name]]:,.1f} {SHOWN[name]}")

    def _fail(self, measure: str, one: Installed, error: Exception) -> None:
        self.results.fail(measure, one.system.name, f"{type(error).__name__}: {error}")
        _say(f"failed: {self.results.errors[-1]}")


async def _named(name: str, values: Awaitable[Values]) -> Mapping[str, Values]:
    return {name: await values}


def _say(text: str) -> None:
    sys.stderr.write(f"bench: {text}\n")
