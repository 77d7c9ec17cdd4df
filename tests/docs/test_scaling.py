"""docs/scaling.md counts connections as the code opens them."""

from jobyard import pool_sizes
from jobyard.pool_sizes import (
    ACCOUNT_CONNECTIONS,
    ENGINE_CONNECTIONS,
    HEARTBEAT_CONNECTIONS,
    LISTENER_CONNECTIONS,
    READER_CONNECTIONS,
    WORKER_ENGINE_CONNECTIONS,
)
from tests.docs.pages import page, rows

TEXT = page("docs/scaling.md")
BEATS = HEARTBEAT_CONNECTIONS
API = [ENGINE_CONNECTIONS, READER_CONNECTIONS, ACCOUNT_CONNECTIONS, LISTENER_CONNECTIONS]
WORKER = [WORKER_ENGINE_CONNECTIONS, 0, 0, LISTENER_CONNECTIONS, BEATS]


def test_the_table_of_connections_is_that_of_the_code() -> None:
    table = TEXT.partition("<!-- connections: begin -->")[2].partition("<!-- connections: end -->")[0]
    counted = [[int(cell) for cell in row[1:]] for row in rows(table)]
    assert [row[:-1] for row in counted] == [[*API, BEATS], [*API, 0], WORKER]
    assert [row[-1] for row in counted] == [sum(row[:-1]) for row in counted]
    sums = [pool_sizes.of_api(with_worker=True), pool_sizes.of_api(with_worker=False), pool_sizes.of_worker()]
    assert [row[-1] for row in counted] == sums


def test_the_formula_has_the_same_numbers() -> None:
    assert f"{sum(API) + BEATS} × a + {sum(WORKER)} × w + 10 ≤ max_connections" in TEXT
    assert 2 * (sum(API) + BEATS) + 6 * sum(WORKER) + 10 == 98
    assert "two API processes and six workers (98)" in TEXT
    assert f"up to {sum(API) + BEATS} connections for each API process and {sum(WORKER)} for each" in page(
        "docs/operations.md"
    )
