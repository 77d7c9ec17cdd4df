"""Tables for the terminal, and the document docs/benchmarks.md: both are the same Markdown."""

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.figures import Spread
from benchmarks.install import Installed
from benchmarks.measures import Bench
from benchmarks.results import Results
from benchmarks.scaling import PROCESSES
from benchmarks.systems import OURS
from benchmarks.targets import READS, verdicts

NONE = "–"
BEGIN, END = "<!-- scaling: begin -->\n", "\n<!-- scaling: end -->"
SCALING = {"drain": "drain", "waiting": "drain, handlers that wait 5 ms", "single": "single submits"}
VERDICTS = {True: "met", False: "**not met**", None: "–"}

INTRODUCTION = """\
Written by `./just bench` on {date}; do not edit. Every round measures every system in turn, on one PostgreSQL with one
configuration, so that ratios mean more than figures: the machine may be shared. Cells are medians of the rounds, in
brackets the least and the greatest. Each measure gets a fresh database; jobs carry about 150 bytes of JSON and do
nothing; one worker process; whoever submits, the worker and PostgreSQL share the processors. A drain counts only when
every job was started once and finished once. Ours runs at its defaults, peers as tuned as their documentation goes."""

EXPLAINED = {
    "throughput": "Jobs a second. *Single*: {callers} callers in one process, each waiting for its commit. *Bulk*: one"
    " caller. *Drain*: from the first start to the last completion in the database; *with history*: the same with"
    " {history:,} finished jobs kept (peers: in the first three rounds). *Processor*: µs a job of the"
    " drain, PostgreSQL and worker. Awa folds its finished jobs into batches, to which no history can be added.",
    "pickup": "Milliseconds from just before a submit in another process to the handler's start; an idle worker,"
    " {rate:.0f} submits a second for {seconds:g} s."
    " The last line is no queue: one statement that stores a row and tells of it, and one that takes it, each with its"
    " commit: what a durable submit and a durable claim take on this machine with nothing around them.",
    "scaling": "Several processes of ours on one database and one machine: jobs a second, and below it the ratio to"
    " one process (the median of the rounds' ratios). *Drain*: no-op jobs, from the moment at which all workers may"
    " claim to the last completion; *that wait*: each handler awaits 5 ms. *Single submits*: {callers} callers in each"
    " process.",
    "api": "`POST /jobs`: {connections} connections through Granian, on a server without a worker, against a route"
    " behind the same middleware and authentication that decodes the same body and answers a constant job. Reading:"
    " one request at a time amid {rows:,} finished jobs of {users:,} users, warm. Sockets: {sockets:,} of as many"
    " users; then {events:g} outcomes a second for {socket_seconds:g} s, from the commit to the client.",
    "pinned": "Another session holds a REPEATABLE READ snapshot for {seconds:g} s, while jobs are submitted at 40 % of"
    " the system's own drain rate. Starts a second and waits (from submit to start) in the last sixth of the time."
    " Those that drain fewer than 1,000 a second are left out: a minute of them is too little to see.",
}


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table with columns as wide as they need. Cells may not hold `|` or a line break: they are replaced."""
    cells = [[_cell(text) for text in row] for row in (header, *rows)]
    if any(len(row) != len(header) for row in cells):
        raise ValueError(f"every row must have {len(header)} cells")
    widths = [max(3, *(len(row[column]) for row in cells)) for column in range(len(header))]
    lines = [
        "| " + " | ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)) + " |" for row in cells
    ]
    return "\n".join([lines[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *lines[1:]])


def filled(text: str, block: str) -> str:
    """docs/scaling.md with this between its two marks. Raises ValueError where it lacks one."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"the document lacks {BEGIN.strip()} or {END.strip()}")
    return before + begin + block + end + after


def number(value: float | None) -> str:
    """Three or more digits: 0.123, 12.3, 12,345."""
    if value is None:
        return NONE
    size = abs(value)
    return f"{value:,.0f}" if size >= 99.95 else f"{value:.1f}" if size >= 9.995 else f"{value:.2f}"


def ranged(found: Spread | None) -> str:
    """`median (least–greatest)`."""
    if found is None:
        return NONE
    if found.rounds == 1:
        return number(found.median)
    return f"{number(found.median)} ({number(found.least)}–{number(found.greatest)})"


@dataclass(frozen=True, slots=True)
class Report:
    """All that a document tells."""

    bench: Bench
    systems: Sequence[Installed]
    results: Results
    machine: dict[str, str]
    notes: Sequence[str]
    date: str

    def tables(self) -> str:
        """What is measured, without the circumstances."""
        sizes = self.bench.options.sizes
        parts = [
            ("Targets", "", self._targets()),
            ("Throughput", "throughput", self._throughput()),
            ("Idle pick-up", "pickup", self._pickup()),
            ("Under a pinned snapshot", "pinned", self._pinned()),
            ("Ours alone", "", self._own()),
            ("The API", "api", self._api()),
            *([("Several processes", "scaling", self.scaling())] if self.has_scaling else []),
        ]
        texts: list[str] = []
        for title, key, body in parts:
            explained = EXPLAINED.get(key, "").format(
                callers=sizes.callers,
                history=sizes.history_rows,
                rate=sizes.pickup_rate,
                seconds=sizes.pinned_seconds if key == "pinned" else sizes.pickup_seconds,
                connections=sizes.api_connections,
                rows=sizes.api_rows,
                users=sizes.api_users,
                sockets=sizes.sockets,
                events=sizes.socket_events_s,
                socket_seconds=sizes.socket_seconds,
            )
            texts += [f"## {title}", *([explained] if explained else []), body]
        if self.results.errors:
            texts += ["## Failed", "\n".join(f"- {_cell(error)}" for error in self.results.errors)]
        return "\n\n".join(texts)

    def document(self) -> str:
        """The whole document."""
        options = self.bench.options
        heading = "# Benchmarks" + (
            " (a quick run: it shows that the harness works, its figures mean nothing)" * options.quick
        )
        facts = [*self.machine.items(), ("Rounds", str(options.rounds))]
        machine = "\n".join(f"- {name}: {fact}" for name, fact in facts)
        parts = [heading, INTRODUCTION.format(date=self.date), *self.notes, self.tables()]
        return "\n\n".join([*parts, "## Machine", machine, "## How each was set", self._settings()]) + "\n"

    @property
    def has_scaling(self) -> bool:
        """Whether several processes were measured."""
        return bool(self.results.rounds.get(("scaling", OURS.name)))

    def scaling(self) -> str:
        """What several processes add."""
        rows: list[list[str]] = []
        for figure, title in SCALING.items():
            found = [self.results.spread("scaling", OURS.name, f"{figure}_{number}") for number in PROCESSES]
            ratios = [self.results.spread("scaling", OURS.name, f"{figure}_{number}_ratio") for number in PROCESSES]
            rows.append([f"{title}, jobs/s", *map(ranged, found)])
            rows.append(["– × one process", *map(ranged, ratios)])
        return table(("figure", *(f"{number} process{'es' * (number > 1)}" for number in PROCESSES)), rows)

    def scaling_block(self) -> str:
        """The part of docs/scaling.md that a run fills in."""
        facts = f"{self.machine['Processors']}, {self.machine['Memory']}, PostgreSQL {self.machine['PostgreSQL']}"
        return f"Measured on {self.date}, {self.bench.options.rounds} rounds: {facts}.\n\n{self.scaling()}"

    def _targets(self) -> str:
        rows = [(one.figure, one.target, one.measured, VERDICTS[one.met]) for one in verdicts(self.results)]
        return table(("figure", "target", "measured", "verdict"), rows)

    def _throughput(self) -> str:
        find, ours = self.results.spread, self.results.median("drain", OURS.name, "jobs_s")
        rows: list[list[str]] = []
        for one in self.systems:
            name = one.system.name
            drain = self.results.median("drain", name, "jobs_s")
            rows.append([
                one.system.title,
                ranged(find("single", name, "jobs_s")),
                ranged(find("bulk", name, "jobs_s")),
                ranged(find("drain", name, "jobs_s")),
                NONE if not drain or not ours else f"{ours / drain:.2f} ×",
                ranged(find("history", name, "jobs_s")) if one.system.history else self._no_history(one),
                " + ".join(number(self.results.median("drain", name, part)) for part in ("server_us", "worker_us")),
            ])  # fmt: skip
        return table(("system", "single", "bulk", "drain", "ours ÷ it", "with history", "processor"), rows)

    @staticmethod
    def _no_history(one: Installed) -> str:
        return "keeps none" if one.system.finished is None else NONE

    def _pickup(self) -> str:
        rows = [
            [
                one.system.title,
                *(ranged(self.results.spread("pickup", one.system.name, f)) for f in ("p50", "p95", "p99")),
            ]
            for one in self.systems
        ]
        least = [ranged(self.results.spread("floor", OURS.name, f)) for f in ("p50", "p95", "p99")]
        return table(("system", "p50", "p95", "p99"), [*rows, ["two bare commits and a NOTIFY", *least]])

    def _pinned(self) -> str:
        rows: list[list[str]] = []
        for one in self.systems:
            for measure, suffix in (("unpinned", ", no snapshot"), ("pinned", "")):
                if not self.results.rounds.get((measure, one.system.name)):
                    continue
                figures = ("offered_s", "last_s", "first_p50", "p50", "p99", "left", "twice")
                cells = [number(self.results.median(measure, one.system.name, figure)) for figure in figures]
                rows.append([one.system.title + suffix, *cells])
        header = ("system", "offered", "started", "p50 at first, ms", "p50, ms", "p99, ms", "left", "twice")
        return table(header, rows or [[NONE] * len(header)])

    def _own(self) -> str:
        named = [
            ("our SQL in two backends, jobs/s", "limits", "drain_s"),
            ("COPY of the same rows into the same table, rows/s", "limits", "copy_s"),
            ("WAL per job submitted (COPY), B", "storage", "wal_submit"),
            ("WAL per claim (batches of 500), B", "storage", "wal_claim"),
            ("WAL per completion, B", "storage", "wal_complete"),
            ("disk per finished job, B", "storage", "bytes"),
            ("– of it heap", "storage", "heap_bytes"),
            ("– of it indexes", "storage", "index_bytes"),
            ("disk per line of the inbox that it also writes, B", "storage", "inbox_bytes"),
        ]
        rows = [(title, ranged(self.results.spread(measure, OURS.name, figure))) for title, measure, figure in named]
        return table(("figure", "measured"), rows)

    def _api(self) -> str:
        named = [
            ("`POST /jobs`, a second", "post", "jobs_s"),
            ("– p50, ms", "post", "p50"),
            ("– p99, ms", "post", "p99"),
            ("the constant route, a second", "post", "constant_s"),
            ("– `POST /jobs` ÷ it", "post", "ratio"),
            *((f"{title}, p99, ms", "reads", f"{figure}_p99") for figure, title in READS.items()),
            ("a list filtered by kind and tag, p99, ms", "reads", "filtered_p99"),
            ("a filter that nothing matches, p99, ms", "reads", "nothing_p99"),
            ("the process before any socket, MiB", "sockets", "alone_mib"),
            ("– with idle sockets, MiB", "sockets", "idle_mib"),
            ("– after the outcomes, MiB", "sockets", "busy_mib"),
            ("an idle socket, KiB", "sockets", "socket_kib"),
            ("an outcome's way to its socket, p50, ms", "sockets", "p50"),
            ("– p99, ms", "sockets", "p99"),
        ]
        rows = [(title, ranged(self.results.spread(measure, OURS.name, figure))) for title, measure, figure in named]
        return table(("figure", "measured"), rows)

    def _settings(self) -> str:
        rows = [
            (
                f"{one.system.title} {one.version}",
                one.system.described(self.bench.concurrency(one)),
                f"{self.bench.jobs(one):,}",
            )
            for one in self.systems
        ]
        return table(("system", "settings", "jobs a drain"), rows)


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "¦").split())
