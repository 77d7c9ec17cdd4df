import pytest

from jobyard.up.terminal import SHOWN_PER_PERIOD, Terminal, error_text


@pytest.mark.parametrize(
    ("name", "line", "shown"),
    [
        (
            "api",
            '{"event": "cannot claim", "level": "error", "exception": "a\\nOSError: gone"}',
            "error: cannot claim: OSError: gone",
        ),
        ("api", '{"event": "started", "level": "info"}', None),
        ("caddy", '{"level":"error","msg":"dial","error":"refused"}', "error: dial: refused"),
        ("api", "ModuleNotFoundError: No module named 'x'", "ModuleNotFoundError: No module named 'x'"),
        ("api", "[INFO] ERRORLESS", None),
        ("postgres", "2026-11-24 [1] ERROR:  duplicate key value", None),
        ("postgres", "2026-11-24 [1] FATAL:  out of memory", "2026-11-24 [1] FATAL:  out of memory"),
        ("api", "{not json, ERROR", "{not json, ERROR"),
        (
            "migrate",
            "jobyard: waiting for the database at db:5432/x (refused)",
            "waiting for the database at db:5432/x (refused)",
        ),
        ("api", "", None),
    ],
)
def test_what_counts_as_an_error(name: str, line: str, shown: str | None) -> None:
    assert error_text(name, line) == shown


def test_errors_that_differ_by_numbers_alone_are_shown_once(capsys: pytest.CaptureFixture[str]) -> None:
    terminal = Terminal()
    for pid in range(100):
        terminal.error_of("postgres", f"2026-11-24 10:00:00.{pid} UTC [{pid}] FATAL:  terminating", log="x")
        terminal.error_of("api", f"ERROR {pid}", log="x")
    assert len(capsys.readouterr().out.splitlines()) == 2


def test_a_flood_of_errors_is_cut_and_the_log_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    terminal = Terminal()
    for number in range(1000):
        terminal.error_of("api", f"ERROR {'x' * number}", log="logs/api.log")
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == SHOWN_PER_PERIOD + 1
    assert lines[-1] == "  api       more errors are in logs/api.log"
