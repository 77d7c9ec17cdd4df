"""The command line of `./just bench`, and the sizes that follow from it."""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from benchmarks.systems import PEERS

ROUNDS = 9
MEASURES = (
    "single", "bulk", "drain", "pickup", "floor", "history", "limits", "storage", "post", "pinned", "reads", "sockets",
)  # fmt: skip
"""In the order in which a round takes them; those of ONCE come once, after the rounds."""

ONCE = ("pinned", "reads", "sockets")

BY_NAME_ALONE = ("scaling",)
"""Measured where `--only` names them. Each round takes them after the others."""

GROUPS = {"submit": ("single", "bulk"), "api": ("post", "reads")}
ALL = (*MEASURES, *BY_NAME_ALONE)
SETTINGS = ("concurrency", "jobs")


class OptionError(Exception):
    """An option is wrong. The message names it, the rule and the value."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much each measure does. Durations are seconds."""

    scale: float = 1.0
    """Of the jobs that a system drains (systems.py says how many: about two seconds' worth each)."""
    least_jobs: int = 100
    single_seconds: float = 1.5
    callers: int = 100
    pickup_seconds: float = 3.0
    pickup_rate: float = 50.0
    settle_seconds: float = 1.0
    """What a worker that listens gets to become idle."""
    history_rows: int = 1_000_000
    pinned_seconds: float = 60.0
    pinned_share: float = 0.4
    """Of the system's own drain rate."""
    storage_jobs: int = 20_000
    api_connections: int = 100
    api_seconds: float = 3.0
    """Of each turn of each route."""
    api_rows: int = 10_000_000
    """Finished jobs amid which is read."""
    api_users: int = 1_000
    sockets: int = 5_000
    socket_events_s: float = 500.0
    socket_seconds: float = 20.0


QUICK = Sizes(
    scale=0.01, single_seconds=0.3, pickup_seconds=0.6, history_rows=2_000, pinned_seconds=3, storage_jobs=2_000,
    api_seconds=0.5, api_rows=20_000, api_users=20, sockets=100, socket_events_s=100, socket_seconds=1.0,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Options:
    """What a run does. Ours is always measured."""

    rounds: int = ROUNDS
    measures: tuple[str, ...] = MEASURES
    peers: tuple[str, ...] = tuple(PEERS)
    peers_named: bool = False
    """Peers were chosen by name: then all of them go through the pinned snapshot, else those that are quick."""
    settings: Mapping[str, Mapping[str, int]] = field(default_factory=dict[str, Mapping[str, int]])
    sizes: Sizes = field(default_factory=Sizes)
    quick: bool = False
    out: Path | None = None
    keep: Path | None = None
    """Figures of an earlier run, for what is not measured now."""

    @property
    def is_whole(self) -> bool:
        """Whether this is a run whose figures count: everything (some may be kept), at full size, as set by default."""
        measures = self.measures if self.keep else MEASURES
        return not (self.quick or self.settings or self.peers_named) and self == Options(
            out=self.out, keep=self.keep, measures=measures
        )

    def setting(self, system: str, name: str, default: int) -> int:
        """What `--set SYSTEM.NAME=NUMBER` said, or the default."""
        return self.settings.get(system, {}).get(name, default)


def parse(arguments: Sequence[str]) -> Options:
    """Options from a command line. Raises OptionError; `--help` prints and exits."""
    parser = argparse.ArgumentParser(
        prog="./just bench", description="Measure the engine beside its peers, on the same PostgreSQL, in the same run."
    )
    parser.add_argument("--rounds", default=None, metavar="N", help=f"interleaved rounds (default {ROUNDS})")
    parser.add_argument("--only", default=None, metavar="LIST", help="of submit, " + ", ".join(ALL))
    parser.add_argument("--peers", default=None, metavar="LIST", help="of " + ", ".join(PEERS) + ", or none")
    parser.add_argument("--set", action="append", default=[], metavar="PEER.NAME=N", dest="set", help=_help_set())
    parser.add_argument("--scale", default=None, metavar="X", help="drain X times as many jobs")
    parser.add_argument("--seconds", default=None, metavar="N", help="length of the pinned snapshot (default 60)")
    parser.add_argument("--history", default=None, metavar="N", help="finished jobs kept (default 1,000,000)")
    parser.add_argument("--rows", default=None, metavar="N", help="finished jobs of reads (default 10,000,000)")
    parser.add_argument("--sockets", default=None, metavar="N", help="live sockets (default 5,000)")
    parser.add_argument("--quick", action="store_true", help="tiny sizes, one round: shows that it works, no more")
    parser.add_argument("--out", default=None, type=Path, metavar="FILE", help="where the document goes")
    parser.add_argument(
        "--keep", default=None, type=Path, metavar="FILE",
        help="with --only: an earlier run's .bench/results/*.json, whose figures of all else stay in the document",
    )  # fmt: skip
    given = parser.parse_args(arguments)
    if given.keep is not None and given.only is None:
        raise OptionError("--keep needs --only: everything would be measured anew")
    sizes = QUICK if given.quick else Sizes()
    if given.scale is not None:
        sizes = replace(sizes, scale=_number("--scale", given.scale, 0.001, 100))
    if given.seconds is not None:
        sizes = replace(sizes, pinned_seconds=_number("--seconds", given.seconds, 3, 3600))
    if given.history is not None:
        sizes = replace(sizes, history_rows=int(_number("--history", given.history, 100, 100_000_000)))
    if given.rows is not None:
        sizes = replace(sizes, api_rows=int(_number("--rows", given.rows, 1_000, 100_000_000)))
    if given.sockets is not None:
        sizes = replace(sizes, sockets=int(_number("--sockets", given.sockets, 10, 50_000)))
    rounds = 1 if given.quick else ROUNDS
    return Options(
        rounds=rounds if given.rounds is None else int(_number("--rounds", given.rounds, 1, 99)),
        measures=MEASURES if given.only is None else _measures(given.only),
        peers=tuple(PEERS) if given.peers is None else _peers(given.peers),
        peers_named=given.peers is not None,
        settings=parse_settings(given.set),
        sizes=sizes,
        quick=given.quick,
        out=given.out,
        keep=given.keep,
    )


def parse_settings(texts: Sequence[str]) -> dict[str, dict[str, int]]:
    """`awa.concurrency=200` → {"awa": {"concurrency": 200}}. Raises OptionError."""
    found: dict[str, dict[str, int]] = {}
    for text in texts:
        target, equals, value = text.partition("=")
        system, dot, name = target.partition(".")
        if not equals or not dot:
            raise OptionError(f"--set must be like awa.concurrency=200, not {text!r}")
        if system not in PEERS and system != "jobyard":
            raise OptionError(f"--set {text!r}: there is no peer {system!r}; there are {', '.join(PEERS)}")
        if name not in SETTINGS or (system == "jobyard" and name == "concurrency"):
            raise OptionError(f"--set {text!r}: {system} has no setting {name!r} here")
        found.setdefault(system, {})[name] = int(_number(f"--set {target}", value, 1, 10_000_000))
    return found


def _measures(text: str) -> tuple[str, ...]:
    names = _names(text)
    wanted = {measure for name in names for measure in GROUPS.get(name, (name,))}
    for name in wanted:
        if name not in ALL:
            raise OptionError(f"--only must be of submit, {', '.join(ALL)}, not {name!r}")
    return tuple(measure for measure in ALL if measure in wanted)


def _peers(text: str) -> tuple[str, ...]:
    if text == "none":
        return ()
    names = _names(text)
    for name in names:
        if name not in PEERS:
            raise OptionError(f"--peers must be of {', '.join(PEERS)}, or none, not {name!r}")
    return tuple(peer for peer in PEERS if peer in names)


def _names(text: str) -> list[str]:
    names = [name.strip() for name in text.split(",") if name.strip()]
    if not names:
        raise OptionError("a list of names must not be empty")
    return names


def _number(option: str, text: str, least: float, most: float) -> float:
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not least <= value <= most:
        raise OptionError(f"{option} must be a number from {least:g} to {most:g}, not {text!r}")
    return value


def _help_set() -> str:
    return f"set {' or '.join(SETTINGS)} of a peer, once a setting"
