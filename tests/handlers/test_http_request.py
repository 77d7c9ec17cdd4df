"""`http.request` against real servers on loopback."""

import asyncio
import gzip
import json
from typing import Any

import pytest

from jobyard.domain.limits import Limits
from jobyard.domain.outcome import Fail, RetryAfter
from jobyard.handlers.outbound import Outbound
from tests.handlers.conftest import Serve
from tests.handlers.surroundings import OK, run_job


def answer(status: str = "200 OK", body: bytes = b"", *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode("latin-1") + body


async def completed(outbound: Outbound, **payload: Any) -> dict[str, Any]:
    ended = await run_job(outbound, **payload)
    assert isinstance(ended, dict), ended
    return ended


async def retried(outbound: Outbound, **payload: Any) -> RetryAfter:
    ended = await run_job(outbound, **payload)
    assert isinstance(ended, RetryAfter), ended
    return ended


async def test_the_result_has_what_the_contract_names(outbound: Outbound, serve: Serve) -> None:
    target = await serve(answer("200 OK", '{"ü": 1}'.encode(), "Content-Type: application/json", "X-A: 1", "X-A: 2"))
    result = await completed(outbound, url=target.url)
    assert result == {
        "status": 200,
        "headers": {"content-length": "9", "content-type": "application/json", "x-a": "1, 2"},
        "body": '{"ü": 1}',
        "body_encoding": "text",
        "truncated": False,
    }


async def test_the_request_is_sent_as_it_was_given(outbound: Outbound, serve: Serve) -> None:
    target = await serve(OK)
    headers = {"Content-Type": "text/plain", "User-Agent": "mine", "Authorization": "Bearer x"}
    url = f"{target.url}/a%20b/c d?q=1&r=ü#fragment"
    await completed(outbound, url=url, method="PATCH", headers=headers, body="grün")
    head, _, body = target.heard[0].partition(b"\r\n\r\n")
    line, *lines = head.decode().split("\r\n")
    assert line == "PATCH /a%20b/c%20d?q=1&r=%C3%BC HTTP/1.1"
    assert sorted(lines) == sorted(
        [
            f"Host: 127.0.0.1:{target.port}",
            "Content-Length: 5",
            "Content-Type: text/plain",
            "User-Agent: mine",
            "Authorization: Bearer x",
            "Accept: */*",
            "Accept-Encoding: gzip",
        ]
    )
    assert body == "grün".encode()


@pytest.mark.parametrize(("method", "length"), [("GET", None), ("DELETE", None), ("POST", b"0"), ("PUT", b"0")])
async def test_a_request_without_a_body(outbound: Outbound, serve: Serve, method: str, length: bytes | None) -> None:
    target = await serve(OK)
    await completed(outbound, url=target.url, method=method)
    assert (b"content-length: 0" in target.heard[0].lower()) is (length == b"0")
    assert b"transfer-encoding" not in target.heard[0].lower()


async def test_proxies_of_the_environment_are_not_used(
    outbound: Outbound, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    target = await serve(OK)
    assert (await completed(outbound, url=target.url))["status"] == 200


@pytest.mark.parametrize("status", ["200 OK", "204 No Content", "299 Odd", "300 Multiple Choices", "304 Not Modified"])
async def test_what_completes(outbound: Outbound, serve: Serve, status: str) -> None:
    target = await serve(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n".encode())
    assert (await completed(outbound, url=target.url))["status"] == int(status[:3])


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504, 599])
async def test_what_is_retried(outbound: Outbound, serve: Serve, status: int) -> None:
    target = await serve(answer(f"{status} Their Words"))
    ended = await retried(outbound, url=target.url + "/path?token=secret")
    assert ended.type == "http_status"
    assert ended.seconds is None
    assert f"answered {status}" in ended.message
    assert "secret" not in ended.message
    assert "Their Words" not in ended.message


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 410, 418, 422, 451, 499])
async def test_what_fails_for_good(outbound: Outbound, serve: Serve, status: int) -> None:
    target = await serve(answer(f"{status} No"))
    ended = await run_job(outbound, url=target.url)
    assert isinstance(ended, Fail)
    assert ended.type == "http_status"
    assert f"answered {status}" in ended.message


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("Retry-After: 7", 7.0),
        ("Date: Tue, 24 Nov 2026 12:00:00 GMT\r\nRetry-After: Tue, 24 Nov 2026 12:00:09 GMT", 9.0),
        ("Retry-After: later", None),
    ],
)
async def test_retry_after_is_honoured(outbound: Outbound, serve: Serve, header: str, seconds: float | None) -> None:
    target = await serve(answer("503 Service Unavailable", b"", header))
    assert (await retried(outbound, url=target.url)).seconds == seconds


async def test_redirects_are_followed_to_the_fifth(outbound: Outbound, serve: Serve) -> None:
    async def count_down(head: bytes, writer: asyncio.StreamWriter) -> None:
        left = int(head.split(b" ")[1].removeprefix(b"/"))
        writer.write(answer("302 Found", b"", f"Location: /{left - 1}") if left else answer(body=b"here"))

    target = await serve(count_down)
    assert (await completed(outbound, url=f"{target.url}/5"))["body"] == "here"
    assert len(target.heard) == 6
    ended = await run_job(outbound, url=f"{target.url}/6")
    assert isinstance(ended, Fail)
    assert ended.type == "too_many_redirects"
    assert len(target.heard) == 12


async def test_a_redirect_is_kept_as_the_answer_when_not_followed(outbound: Outbound, serve: Serve) -> None:
    target = await serve(answer("302 Found", b"", "Location: http://[bad"))
    result = await completed(outbound, url=target.url, follow_redirects=False)
    assert (result["status"], result["headers"]["location"]) == (302, "http://[bad")
    ended = await run_job(outbound, url=target.url)
    assert isinstance(ended, Fail)
    assert ended.type == "bad_redirect"


async def test_a_body_is_cut_at_64_kib_and_the_rest_is_not_waited_for(outbound: Outbound, serve: Serve) -> None:
    async def endless(head: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while not writer.is_closing():
            writer.write(b"x" * 8192)
            await writer.drain()

    target = await serve(endless)
    result = await completed(outbound, url=target.url)
    assert (result["body"], result["truncated"], result["body_encoding"]) == ("x" * 65_536, True, "text")


@pytest.mark.parametrize(
    ("body", "header", "kept"),
    [
        (b"\xff\xfe\x00binary", "Content-Type: application/octet-stream", ("//4AYmluYXJ5", "base64")),
        (gzip.compress(b"packed", mtime=0), "Content-Encoding: GZIP", ("packed", "text")),
        (b"squeezed", "Content-Encoding: br", ("c3F1ZWV6ZWQ=", "base64")),
    ],
)
async def test_bodies_that_are_not_plain_text(
    outbound: Outbound, serve: Serve, body: bytes, header: str, kept: tuple[str, str]
) -> None:
    target = await serve(answer("200 OK", body, header))
    result = await completed(outbound, url=target.url)
    assert (result["body"], result["body_encoding"]) == kept


@pytest.mark.parametrize(
    "body", [b'"' * 70_000, b"\\" * 70_000, b"\x01" * 70_000, "€".encode() * 30_000, b"\xff" * 70_000]
)
async def test_no_answer_is_over_the_limit_on_results(outbound: Outbound, serve: Serve, body: bytes) -> None:
    headers = [f"X-{number}: " + "\x01" * 1_000 for number in range(90)]
    target = await serve(answer("200 OK", body, *headers))
    result = await completed(outbound, url=target.url)
    assert len(json.dumps(result).encode()) <= Limits().result_bytes


@pytest.mark.parametrize("sent", [b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"])
async def test_an_answer_that_drips_ends_with_the_time_out(outbound: Outbound, serve: Serve, sent: bytes) -> None:
    async def drip(head: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(sent)
        forever = asyncio.get_running_loop().create_future()
        while not writer.is_closing():
            await asyncio.wait([forever], timeout=0.02)
            writer.write(b"a" if b"\r\n\r\n" not in sent else b"")
            await writer.drain()

    target = await serve(drip)
    ended = await retried(outbound, url=target.url, timeout_seconds=2)
    assert ended.type == "timeout"
    assert "2 s" in ended.message
    assert len(target.heard) == 1


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc",
        b"HTTP/1.1 200 OK\r\n" + b"X-A: " + b"a" * 200_000,
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc",
    ],
)
async def test_answers_that_are_none_are_retried(outbound: Outbound, serve: Serve, sent: bytes) -> None:
    target = await serve(sent)
    assert (await retried(outbound, url=target.url)).type == "bad_response"


async def test_a_closed_port_is_retried_and_says_why(outbound: Outbound, serve: Serve) -> None:
    server = await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    ended = await retried(outbound, url=f"http://127.0.0.1:{port}/")
    assert ended.type == "connection_failed"
    assert "Connection refused" in ended.message


async def test_a_cancelled_job_leaves_no_connection_and_no_place(outbound: Outbound, serve: Serve) -> None:
    left = asyncio.Event()

    async def drip(head: bytes, writer: asyncio.StreamWriter) -> None:
        forever = asyncio.get_running_loop().create_future()
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
        try:
            while True:
                writer.write(b"a")
                await writer.drain()
                await asyncio.wait([forever], timeout=0.01)
        finally:
            left.set()

    target = await serve(drip)
    job = asyncio.create_task(run_job(outbound, url=target.url))
    await asyncio.wait_for(target.came.wait(), 60)
    job.cancel()
    with pytest.raises(asyncio.CancelledError):
        await job
    assert len(outbound.machines) == 0
    await asyncio.wait_for(left.wait(), 60)
