"""`/metrics` on a port of its own, which the front door does not know."""

import contextlib
import errno
import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import cast

import structlog
from prometheus_client import REGISTRY, CollectorRegistry, Metric, start_http_server
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead  # pyright: ignore[reportUnknownVariableType]
from prometheus_client.registry import Collector

from jobyard.observability import SILENT

_log = structlog.get_logger(__name__)


class Heard(Collector):
    """What is measured elsewhere, without what says nothing."""

    def __init__(self, measured: Collector) -> None:
        self._measured = measured

    def collect(self) -> Iterable[Metric]:
        """As it is now."""
        for metric in self._measured.collect():
            metric.samples = [sample for sample in metric.samples if sample.value != SILENT]
            yield metric


class Processes(Collector):
    """All processes that have written to a folder, together. Gauges of dead ones do not count."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._files = MultiProcessCollector(None, folder)

    def collect(self) -> Iterable[Metric]:
        """Read the files anew."""
        for path in Path(self._folder).glob("gauge_live*.db"):
            found = re.search(r"_(\d+)\.db$", path.name)
            if found and not _is_alive(int(found[1])):
                mark_process_dead(int(found[1]), self._folder)
        return cast("Iterable[Metric]", self._files.collect())


def serve_metrics_of_processes(folder: str, host: str, port: int) -> None:
    """Serve what this process's children measure, from a thread. Raises OSError where the port is taken."""
    _serve(Processes(folder), host, port)


def serve_own_metrics(host: str, port: int) -> None:
    """Serve what this process measures. A port that is taken, by another on this machine, is only logged."""
    try:
        _serve(REGISTRY, host, port)
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        _log.warning("the metrics port is taken; this process's metrics are not served", port=port)


def _serve(measured: Collector, host: str, port: int) -> None:
    registry = CollectorRegistry()
    registry.register(Heard(measured))
    start_http_server(port, host, registry)


def _is_alive(pid: int) -> bool:
    with contextlib.suppress(PermissionError):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
    return True
