"""`http.request`: one HTTP request, its answer as the result. Which answers are retried stands in `judge`."""

import asyncio
import base64
import os
import ssl
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated, Any, Literal, TypeAlias

import httpcore
import msgspec
from msgspec import Meta

from jobyard.domain.outcome import Fail, RetryAfter
from jobyard.handlers.outbound import Outbound
from jobyard.handlers.registry import FieldProblem, JobContext, Registry
from jobyard.handlers.response_body import BadBody, as_text, read_start
from jobyard.handlers.retry_after import parse_retry_after
from jobyard.handlers.targets import HEADERS_MOST, REDIRECTS, URL_LENGTH, Request, header_problem, parse_url, redirected

MOST_REDIRECTS = 5
CONNECT_SECONDS = 10.0
RESULT_HEADER_BYTES = 16 * 1024
"""What is kept of the answer's headers, so that they and 64 KiB of body stay below the limit on results."""

SECRET = (
    "headers.*authorization*", "headers.*cookie*", "headers.*api-key*", "headers.*apikey*",
    "headers.*token*", "headers.*secret*", "headers.*password*", "headers.*signature*", "headers.*credential*",
)  # fmt: skip

RETRIED = frozenset({408, 425, 429})

Method: TypeAlias = Literal["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


class HttpRequest(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """An HTTP request to a public address."""

    url: Annotated[
        str,
        Meta(
            title="URL",
            description="http or https. Public addresses only; private ones need the operator's permission.",
            examples=["https://example.org/"],
            # The pattern is for forms. What is checked is more, and says more: see parse_url.
            extra_json_schema={"format": "uri", "pattern": "^[Hh][Tt][Tt][Pp][Ss]?://", "maxLength": URL_LENGTH},
        ),
    ]
    method: Annotated[Method, Meta(title="Method")] = "GET"
    headers: Annotated[
        dict[str, str],
        Meta(
            title="Headers",
            description="Host and what frames the message (Content-Length, Transfer-Encoding, …) can't be set.",
            examples=[{"Accept": "application/json"}],
            extra_json_schema={"maxProperties": HEADERS_MOST},
        ),
    ] = {}
    body: Annotated[str, Meta(title="Body", description="Sent as UTF-8. Say what it is with Content-Type.")] = ""
    timeout_seconds: Annotated[
        float,
        Meta(title="Time-out", description="Seconds for all of it: look-up, redirects, body.", gt=0, le=600),
    ] = 30.0
    follow_redirects: Annotated[
        bool, Meta(title="Follow redirects", description=f"{MOST_REDIRECTS} at most, each checked like the first.")
    ] = True

    def __post_init__(self) -> None:
        try:
            parse_url(self.url)
        except ValueError as error:
            raise FieldProblem("/url", str(error)) from error
        if len(self.headers) > HEADERS_MOST:
            raise FieldProblem("/headers", f"must have {HEADERS_MOST} headers at most, not {len(self.headers)}")
        seen: set[str] = set()
        for name, value in self.headers.items():
            twice = "is there twice" if name.lower() in seen else None
            problem = header_problem(name, value) or twice
            if problem:
                raise FieldProblem("/headers/" + name.replace("~", "~0").replace("/", "~1"), problem)
            seen.add(name.lower())
        try:
            self.body.encode()
        except UnicodeEncodeError as error:
            raise FieldProblem("/body", "must be text that UTF-8 can hold") from error


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, as far as it is kept."""

    status: int
    headers: dict[str, str]
    body: str
    body_encoding: Literal["text", "base64"]
    truncated: bool

    def result(self) -> dict[str, Any]:
        """The job's result, as docs/api.md promises it."""
        return {
            "status": self.status,
            "headers": self.headers,
            "body": self.body,
            "body_encoding": self.body_encoding,
            "truncated": self.truncated,
        }


def register(registry: Registry, outbound: Outbound) -> None:
    """Add the kind."""

    @registry.kind(
        "http.request",
        HttpRequest,
        description="Makes an HTTP request and keeps the answer: status, headers and the first 64 KiB of the body",
        example={"url": "https://example.org/", "method": "GET"},
        secret=SECRET,
    )
    async def http_request(payload: HttpRequest, context: JobContext) -> dict[str, Any]:  # pyright: ignore[reportUnusedFunction]
        request = Request(payload.method, parse_url(payload.url), payload.headers, payload.body.encode())
        async with outbound.session(context) as pool:
            try:
                async with asyncio.timeout(payload.timeout_seconds):
                    request, answer = await follow(pool, request, payload)
            except TimeoutError:
                raise timed_out(request, payload.timeout_seconds) from None
        judge(request, answer)
        return answer.result()


async def follow(pool: httpcore.AsyncConnectionPool, request: Request, payload: HttpRequest) -> tuple[Request, Answer]:
    """Send it, and go where it leads. Answers the last request with its answer."""
    for _ in range(MOST_REDIRECTS + 1):
        answer = await send(pool, request, payload.timeout_seconds)
        location = answer.headers.get("location")
        if not payload.follow_redirects or answer.status not in REDIRECTS or location is None:
            return request, answer
        try:
            request = redirected(request, answer.status, location)
        except ValueError as error:
            raise Fail(
                f"{name(request)} answered {phrase(answer.status)}, and its Location {error}", type="bad_redirect"
            ) from None
    raise Fail(f"{name(request)}: more than {MOST_REDIRECTS} redirects", type="too_many_redirects")


async def send(pool: httpcore.AsyncConnectionPool, request: Request, seconds: float) -> Answer:
    """One request and its answer."""
    timeouts = {"connect": min(CONNECT_SECONDS, seconds), "read": seconds, "write": seconds, "pool": seconds}
    headers = [("Host", request.url.netloc.decode("ascii"))]
    given = {name.lower() for name in request.headers}
    ours = {"User-Agent": "Jobyard", "Accept": "*/*", "Accept-Encoding": "gzip"}
    headers += [(name, value) for name, value in ours.items() if name.lower() not in given]
    headers += list(request.headers.items())
    if request.body or request.method in ("POST", "PUT", "PATCH"):
        headers.append(("Content-Length", str(len(request.body))))
    # Without the dot at the end of a full name: certificates are made out to the name without it.
    extensions = {"timeout": timeouts, "sni_hostname": request.url.raw_host.decode("ascii").rstrip(".")}
    url = httpcore.URL(
        scheme=request.url.raw_scheme, host=request.url.raw_host, port=request.url.port, target=request.url.raw_path
    )
    with explained(request, seconds):
        async with pool.stream(
            request.method, url, headers=headers, content=request.body or None, extensions=extensions
        ) as response:
            return await read(response)


async def read(response: httpcore.Response) -> Answer:
    """Keep what is kept of an answer."""
    headers: dict[str, str] = {}
    room = RESULT_HEADER_BYTES
    for raw_name, raw_value in response.headers:
        key, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        room -= len(key) + len(value)
        if room < 0:
            break
        headers[key] = f"{headers[key]}, {value}" if key in headers else value
    encoding = headers.get("content-encoding", "").strip().lower()
    body, truncated = await read_start(response.aiter_stream(), encoding)
    readable = encoding in ("", "identity", "gzip", "x-gzip", "deflate")
    text = as_text(body, headers.get("content-type", ""), cut=truncated) if readable else None
    if text is None:
        return Answer(response.status, headers, base64.b64encode(body).decode("ascii"), "base64", truncated)
    return Answer(response.status, headers, text, "text", truncated)


def judge(request: Request, answer: Answer) -> None:
    """Which answers complete the job, which are retried, and which are not worth another attempt."""
    if 200 <= answer.status < 400:
        return
    message = f"{name(request)} answered {phrase(answer.status)}"
    if answer.status in RETRIED or 500 <= answer.status < 600:
        headers = answer.headers
        seconds = parse_retry_after(headers.get("retry-after"), headers.get("date"), datetime.now(UTC))
        raise RetryAfter(message, seconds=seconds, type="http_status")
    raise Fail(message, type="http_status")


@contextmanager
def explained(request: Request, seconds: float) -> Generator[None]:
    """Turn the network's errors into what a job says of them.

    A certificate that does not verify fails for good: it is a wrong setting, or somebody in between, and asking again
    would hide it for minutes. All else on the network may be better the next time.
    """
    try:
        yield
    except httpcore.TimeoutException as error:
        raise timed_out(request, seconds) from error
    except httpcore.ConnectError as error:
        bad = cause(error, ssl.SSLCertVerificationError)
        if bad is not None:
            message = f"the certificate of {name(request)} can't be trusted: {bad.verify_message}"
            raise Fail(message, type="tls_certificate") from error
        raise RetryAfter(f"no connection to {name(request)}: {reason(error)}", type="connection_failed") from error
    except (httpcore.NetworkError, httpcore.ProtocolError) as error:
        message = f"{name(request)} broke off, or does not speak HTTP/1.1: {reason(error)}"
        raise RetryAfter(message, type="bad_response") from error
    except BadBody as error:
        raise RetryAfter(f"{name(request)} sent a body that can't be unpacked: {error}", type="bad_response") from error


def timed_out(request: Request, seconds: float) -> RetryAfter:
    """No answer, or not all of it, in the time that the payload gave."""
    return RetryAfter(f"{name(request)} took longer than {seconds:g} s", type="timeout")


def name(request: Request) -> str:
    """What errors call a request: no path and no query, which may hold secrets and would make each error another."""
    return f"{request.method} {request.url.scheme}://{request.url.netloc.decode('ascii')}"


def phrase(status: int) -> str:
    """`404 Not Found`; the words are ours, not the server's."""
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def cause(error: BaseException, wanted: type[ssl.SSLCertVerificationError]) -> ssl.SSLCertVerificationError | None:
    """The error of this type that lies beneath another, or None."""
    below: BaseException | None = error
    while below is not None and not isinstance(below, wanted):
        below = below.__cause__ or below.__context__
    return below


def reason(error: BaseException) -> str:
    """Why, in the words of the system where it has some. Addresses are left out: they may be inside ones."""
    below: BaseException | None = error
    while below is not None:
        if isinstance(below, ssl.SSLError) and below.reason:
            return below.reason.replace("_", " ").lower()
        if isinstance(below, OSError) and below.errno:
            return os.strerror(below.errno)
        below = below.__cause__ or below.__context__
    return str(error) or type(error).__name__
