"""Pebble's pool, which notices the end of every process amid a call.

Pebble (5.2) takes one that ended with 0 for one that had nothing to do: whoever waits for its call would wait for ever.
And one that ended before its word was read that it has begun belongs to no call yet: so each is told of a look later.
"""

from typing import Any

from pebble import ProcessPool
from pebble.pool.process import TaskManager, WorkerManager


class Pool(ProcessPool):
    """To be used as Pebble's."""

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)  # pyright: ignore[reportUnknownMemberType] - Pebble's `Callable`
        manager = self._pool_manager
        manager.worker_manager = _Workers(manager.worker_manager, manager.task_manager)


class _Workers(WorkerManager):
    def __init__(self, pebbles: WorkerManager, tasks: TaskManager) -> None:
        super().__init__(pebbles.workers_number, pebbles.worker_parameters, pebbles.mp_context)
        self._tasks = tasks
        self._gone: list[tuple[int, int]] = []

    def inspect_workers(self) -> tuple[tuple[int, int], ...]:
        """The pid and the exit code of those that have ended unexpectedly."""
        before = dict(self.workers)
        super().inspect_workers()  # pyright: ignore[reportUnknownMemberType] - Pebble's `tuple`
        gone = self._gone
        self._gone = [(pid, before[pid].exitcode or 0) for pid in before.keys() - self.workers.keys()]
        return tuple((pid, code) for pid, code in gone if code != 0 or self._works(pid))

    def _works(self, pid: int) -> bool:
        return any(task.worker_id == pid for task in [*self._tasks.tasks.values()])
