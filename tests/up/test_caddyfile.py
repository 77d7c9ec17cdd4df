"""The front door itself: the real Caddy on our Caddyfile, before a small server that answers with what it was sent."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from jobyard.postgres.embedded import free_port
from jobyard.up.plan import REPOSITORY, caddy_program
from jobyard.web.envelope import HSTS

MIB = 2**20
PACKED = b"as the build packed it"


class Echo(BaseHTTPRequestHandler):
    """Answers with the request's headers, and the size of its body."""

    protocol_version = "HTTP/1.1"
    let_go = threading.Event()
    """A body did not come to its end, and is waited for no more."""

    def answer(self) -> None:
        if self.headers.get("Upgrade"):
            self.converse()
            return
        length = int(self.headers.get("Content-Length") or 0)
        size = len(self.rfile.read(length))
        if size < length:
            self.let_go.set()
            self.close_connection = True
            return
        body = json.dumps({"headers": {k.lower(): v for k, v in self.headers.items()}, "size": size}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", "default-src *")
        self.end_headers()
        self.wfile.write(body)

    def converse(self) -> None:
        """As a WebSocket would: what comes goes back, until it ends."""
        self.wfile.write(b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
        while said := self.connection.recv(64):
            self.connection.sendall(said)
        self.close_connection = True

    do_GET = do_POST = answer  # noqa: N815 - http.server's names

    def log_message(self, format: str, *args: object) -> None:
        pass


@dataclass
class Door:
    client: httpx.Client
    process: subprocess.Popen[bytes]
    upstream: ThreadingHTTPServer

    def get(self, path: str, **headers: str) -> httpx.Response:
        return self.client.get(path, headers={name.replace("_", "-"): value for name, value in headers.items()})


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    yield from open_door(tmp_path_factory.mktemp("door"))


@pytest.fixture
def own_door(tmp_path: Path) -> Iterator[Door]:
    yield from open_door(tmp_path)


@pytest.fixture
def one_host_door(tmp_path: Path) -> Iterator[Door]:
    yield from open_door(tmp_path, JOBYARD_HOSTS="one", JOBYARD_ORIGIN="http://localhost:8080")


@pytest.fixture
def impatient_door(tmp_path: Path) -> Iterator[Door]:
    yield from open_door(tmp_path, JOBYARD_BODY_TIME="2s")


def open_door(folder: Path, **more: str) -> Iterator[Door]:
    (folder / "page" / "assets").mkdir(parents=True)
    (folder / "page" / "index.html").write_text("<title>the page</title>", encoding="utf-8")
    (folder / "page" / "assets" / "main-a1b2.js").write_text("let a = 1;\n" * 200, encoding="utf-8")
    (folder / "page" / "assets" / "packed-a1b2.js").write_text("let a = 1;\n" * 200, encoding="utf-8")
    (folder / "page" / "assets" / "packed-a1b2.js.br").write_bytes(PACKED)
    upstream = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    threading.Thread(target=upstream.serve_forever, daemon=True).start()
    port = free_port()
    environment = {
        "HOME": str(folder),
        "JOBYARD_SITE": f"http://:{port}",
        "JOBYARD_BIND": "127.0.0.1",
        "JOBYARD_API": f"127.0.0.1:{upstream.server_address[1]}",
        "JOBYARD_PAGE": str(folder / "page"),
        "JOBYARD_STOP_DELAY": "60s",
        **more,
    }
    command = [caddy_program(os.environ), "run", "--config", str(REPOSITORY / "Caddyfile"), "--adapter", "caddyfile"]
    process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, start_new_session=True)
    try:
        assert process.stderr is not None
        assert any(b"serving initial configuration" in line for line in process.stderr)
        threading.Thread(target=process.stderr.read, daemon=True).start()
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
            yield Door(client, process, upstream)
    finally:
        process.kill()
        process.wait(60)
        process.stderr.close() if process.stderr else None
        upstream.shutdown()
        upstream.server_close()


def test_the_root_leads_to_the_page(door: Door) -> None:
    answer = door.get("/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/app")


@pytest.mark.parametrize("path", ["/app", "/app/", "/app/jobs/0199f3f2", "/app/kinds/http.request?q=a.b"])
def test_every_path_of_the_page_is_the_page_and_is_asked_for_again(door: Door, path: str) -> None:
    answer = door.get(path)
    assert (answer.status_code, answer.text) == (200, "<title>the page</title>")
    assert answer.headers["Cache-Control"] == "no-cache"


def test_an_asset_is_kept_and_compressed_and_a_missing_one_is_neither_kept_nor_the_page(door: Door) -> None:
    there = door.get("/app/assets/main-a1b2.js")
    assert there.status_code == 200
    assert there.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert there.headers["Content-Encoding"] == "gzip"
    missing = door.get("/app/assets/main-gone.js")
    assert missing.status_code == 404
    assert missing.headers["Cache-Control"] == "no-store"
    assert missing.headers["Content-Type"] == "application/problem+json"
    assert missing.json() == {"type": "about:blank", "title": "Not Found", "status": 404}


def test_an_asset_that_the_build_has_packed_is_sent_as_it_packed_it_to_who_takes_that(door: Door) -> None:
    path = "/app/assets/packed-a1b2.js"
    packed = door.client.head(path, headers={"Accept-Encoding": "gzip, br"}).headers
    assert packed["Content-Encoding"] == "br"
    assert packed["Content-Length"] == str(len(PACKED))
    assert packed["Content-Type"].startswith("text/javascript")
    assert packed["Cache-Control"] == "public, max-age=31536000, immutable"
    assert packed["Vary"] == "Accept-Encoding"
    assert door.get(path, Accept_Encoding="gzip").headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in door.get(path, Accept_Encoding="identity").headers


@pytest.mark.parametrize("path", ["/app", "/app/assets/main-gone.js", "/jobs", "/docs"])
def test_the_security_headers_are_on_every_path_and_go_over_the_apis_own(door: Door, path: str) -> None:
    headers = door.get(path).headers
    policy = dict(part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == policy["script-src"] == policy["connect-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["object-src"] == policy["base-uri"] == "'none'"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "Server" not in headers
    assert "Strict-Transport-Security" not in headers  # this is plain http


def test_https_is_remembered_for_a_year(tmp_path: Path) -> None:
    """By the configuration: a certificate would be needed to see it."""
    command = [caddy_program(os.environ), "adapt", "--config", str(REPOSITORY / "Caddyfile"), "--adapter", "caddyfile"]
    environment = {"HOME": str(tmp_path), "JOBYARD_SITE": "jobs.example.org"}
    adapted = subprocess.run(command, env=environment, capture_output=True, check=True, text=True).stdout
    assert f'"Strict-Transport-Security":["{HSTS}"]' in adapted
    assert "31536000" in HSTS


@pytest.mark.parametrize(
    "framing",
    ["Content-Length: 4\r\nContent-Length: 40", "Content-Length: 4, 40", "Transfer-Encoding: chunked, identity"],
)
def test_a_request_with_two_lengths_is_refused(door: Door, framing: str) -> None:
    """Else two servers could see two different requests in it."""
    port = door.client.base_url.port
    assert port is not None
    with socket.create_connection(("127.0.0.1", port), timeout=30) as line:
        line.sendall(f"POST /jobs HTTP/1.1\r\nHost: localhost\r\n{framing}\r\n\r\nabcd".encode())
        assert line.recv(64).split()[1] in {b"400", b"501"}


@pytest.mark.parametrize("path", ["/jobs", "/appetite", "/ws/jobs", "/healthz"])
def test_everything_else_goes_to_the_api_with_the_clients_real_address(door: Door, path: str) -> None:
    answer = door.get(path, X_Forwarded_For="203.0.113.9", X_Forwarded_Proto="https", X_Real_IP="203.0.113.9")
    sent = answer.json()["headers"]
    assert (sent["x-forwarded-for"], sent["x-forwarded-proto"], sent["x-real-ip"]) == ("127.0.0.1", "http", "127.0.0.1")


def test_under_up_the_page_is_at_the_one_name_that_the_api_renews_sign_ins_for(one_host_door: Door) -> None:
    for host in ("127.0.0.1:8080", "[::1]:8080", "other.localhost"):
        answer = one_host_door.get("/app/jobs?state=failed", Host=host)
        assert (answer.status_code, answer.headers["Location"]) == (302, "http://localhost:8080/app/jobs?state=failed")
        assert one_host_door.get("/", Host=host).headers["Location"] == "http://localhost:8080/"
        assert one_host_door.get("/jobs", Host=host).status_code == 200  # scripts may come by any name
    assert one_host_door.get("/app", Host="localhost:8080").text == "<title>the page</title>"


def test_a_batch_of_16_mib_comes_through_and_what_is_over_17_does_not(door: Door) -> None:
    fits = door.client.post("/jobs/batch", content=b" " * (16 * MIB + 1))
    assert (fits.status_code, fits.json()["size"]) == (200, 16 * MIB + 1)
    over = door.client.post("/jobs/batch", content=b" " * (17 * MIB + 1))
    assert (over.status_code, over.json()["status"]) == (413, 413)


def knock(door: Door, head: str) -> socket.socket:
    """A connection with the head of a request on it."""
    line = socket.create_connection(("127.0.0.1", door.client.base_url.port or 80), timeout=60)
    line.sendall(f"{head}\r\nHost: localhost\r\n".encode())
    return line


def test_a_body_that_comes_drop_by_drop_does_not_hold_the_api(impatient_door: Door) -> None:
    """Nor does the limit end a live socket that was there before."""
    Echo.let_go.clear()
    with knock(impatient_door, "GET /ws/jobs HTTP/1.1") as live, knock(impatient_door, "POST /jobs HTTP/1.1") as drips:
        live.sendall(b"Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
        assert b" 101 " in live.recv(4096)
        drips.sendall(b"Content-Length: 100000\r\n\r\n")
        deadline = time.monotonic() + 60
        while not Echo.let_go.wait(0.05):
            assert time.monotonic() < deadline, "it may go on for ever"
            with contextlib.suppress(ConnectionError):
                drips.sendall(b" ")
        live.sendall(b"still there")
        assert live.recv(4096) == b"still there"


def test_the_largest_body_may_come_over_a_slow_line(tmp_path: Path) -> None:
    """And no answer that is waited for, 90 s at most, is cut off."""
    command = [caddy_program(os.environ), "adapt", "--config", str(REPOSITORY / "Caddyfile"), "--adapter", "caddyfile"]
    adapted = subprocess.run(command, env={"HOME": str(tmp_path)}, capture_output=True, check=True, text=True).stdout
    (server,) = json.loads(adapted)["apps"]["http"]["servers"].values()
    seconds = server["read_timeout"] / 1e9
    assert 90 < seconds <= 900
    assert 16 * MIB * 8 / seconds < 250_000  # bits a second


def test_while_it_stops_new_requests_are_told_so_and_a_second_signal_ends_it(own_door: Door) -> None:
    assert own_door.get("/jobs").status_code == 200
    own_door.process.send_signal(signal.SIGINT)
    while (answer := own_door.get("/jobs")).status_code == 200:
        pass  # the signal is on its way
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
    assert answer.json()["title"] == "Service Unavailable"
    own_door.process.send_signal(signal.SIGINT)
    own_door.process.wait(60)
