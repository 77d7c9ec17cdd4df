"""docs/scaling.md counts connections as the code opens them."""

from jobyard.postgres.account_engine import POOL_SIZE
from jobyard.wiring import ENGINE_CONNECTIONS, READER_CONNECTIONS, WORKER_ENGINE_CONNECTIONS
from tests.docs.pages import page, rows

TEXT = page("docs/scaling.md")
LISTENS = BEATS = 1
API = [ENGINE_CONNECTIONS, READER_CONNECTIONS, POOL_SIZE, LISTENS]
WORKER = [WORKER_ENGINE_CONNECTIONS, 0, 0, LISTENS, BEATS]


def test_the_table_of_connections_is_that_of_the_code() -> None:
    table = TEXT.partition("<!-- connections: begin -->")[2].partition("<!-- connections: end -->")[0]
    counted = [[int(cell) for cell in row[1:]] for row in rows(table)]
    assert [row[:-1] for row in counted] == [[*API, BEATS], [*API, 0], WORKER]
    assert [row[-1] for row in counted] == [sum(row[:-1]) for row in counted]


def test_the_formula_has_the_same_numbers() -> None:
    assert f"{sum(API) + BEATS} × a + {sum(WORKER)} × w + 10 ≤ max_connections" in TEXT
    assert 2 * (sum(API) + BEATS) + 6 * sum(WORKER) + 10 == 98
    assert "two API processes and six workers (98)" in TEXT
    assert f"up to {sum(API) + BEATS} connections for each API process and {sum(WORKER)} for each" in page(
        "docs/operations.md"
    )
