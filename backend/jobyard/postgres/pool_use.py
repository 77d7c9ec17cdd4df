"""How full a pool of connections is, told in the metrics."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event
from sqlalchemy.pool import Pool, QueuePool

from jobyard.observability import POOL_IN_USE, POOL_SIZE, POOL_WAITING

PREFIX = "jobyard-"


class PoolUse:
    """Of one pool. Pools of one name in a process count together."""

    def __init__(self, application_name: str) -> None:
        name = application_name.removeprefix(PREFIX)
        self._in_use, self._size, self._waiting = (
            gauge.labels(name) for gauge in (POOL_IN_USE, POOL_SIZE, POOL_WAITING)
        )

    def opened(self, size: int) -> None:
        """It may open so many more, or with a negative number so many fewer."""
        self._size.inc(size)

    @contextmanager
    def asking(self) -> Generator[Callable[[], None]]:
        """Around the use of a connection: it is waited for until what this gives is called, and in use from then on."""
        gauge = self._waiting
        gauge.inc()

        def got() -> None:
            nonlocal gauge
            gauge.dec()
            gauge = self._in_use
            gauge.inc()

        try:
            yield got
        finally:
            gauge.dec()


def watch_use(pool: Pool, application_name: str) -> None:
    """Tell the use of a pool of SQLAlchemy's. It does not say who waits."""
    if not isinstance(pool, QueuePool):
        raise TypeError(f"only a pool with a size can be watched, not {pool!r}")
    name = application_name.removeprefix(PREFIX)
    in_use = POOL_IN_USE.labels(name)
    POOL_SIZE.labels(name).set(pool.size())

    def out(*_: Any) -> None:
        in_use.set(pool.checkedout())

    def back(*_: Any) -> None:
        in_use.set(max(pool.checkedout() - 1, 0))  # it is still counted among them here

    event.listen(pool, "checkout", out)
    event.listen(pool, "checkin", back)
