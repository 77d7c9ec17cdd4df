import json
import subprocess
import sys

PROGRAM = """
import logging, structlog
from jobyard.observability import configure_logging
configure_logging(json={json})
log = structlog.get_logger("jobyard.test")
with structlog.contextvars.bound_contextvars(request_id="abc", job_id="def"):
    log.info("hello", number=1)
    logging.getLogger("a.library").warning("it said %s", "so")
    try:
        password = "secret-local"
        raise ValueError("odd")
    except ValueError:
        log.exception("failed")
logging.getLogger("httpx").info("GET http://example.org/secret-url")
"""


def lines(*, as_json: bool) -> str:
    program = PROGRAM.replace("{json}", str(as_json))
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == ""
    return done.stderr


def test_json_lines() -> None:
    hello, library, failed = map(json.loads, lines(as_json=True).splitlines())
    assert (hello["event"], hello["number"], hello["level"], hello["logger"]) == ("hello", 1, "info", "jobyard.test")
    assert (library["event"], library["level"], library["logger"]) == ("it said so", "warning", "a.library")
    for line in (hello, library, failed):
        assert (line["request_id"], line["job_id"]) == ("abc", "def")
        assert line["timestamp"].endswith("Z")
    assert "ValueError: odd" in failed["exception"]


def test_tracebacks_do_not_tell_values() -> None:
    for as_json in (True, False):
        told = lines(as_json=as_json)
        assert "ValueError: odd" in told
        assert "secret" not in told.replace('password = "secret-local"', "")
