"""How many connections to PostgreSQL a process opens at most; docs/scaling.md has the sum."""

from jobyard.postgres.account_engine import POOL_SIZE as ACCOUNT_CONNECTIONS

ENGINE_CONNECTIONS = 8
READER_CONNECTIONS = 8
WORKER_ENGINE_CONNECTIONS = 5
LISTENER_CONNECTIONS = 1
HEARTBEAT_CONNECTIONS = 1


def of_api(*, with_worker: bool) -> int:
    """One process of the API, with the worker in it or without."""
    own = ENGINE_CONNECTIONS + READER_CONNECTIONS + ACCOUNT_CONNECTIONS + LISTENER_CONNECTIONS
    return own + (HEARTBEAT_CONNECTIONS if with_worker else 0)


def of_worker() -> int:
    """A worker alone."""
    return WORKER_ENGINE_CONNECTIONS + LISTENER_CONNECTIONS + HEARTBEAT_CONNECTIONS
