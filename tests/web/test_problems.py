"""Every error is a problem of one shape. A small application of its own, so that each kind of error can be made."""

import json
from collections.abc import AsyncIterator
from typing import Annotated, Any, cast

import httpx
import msgspec
import pytest
from litestar import Litestar, get, post
from litestar.datastructures import State
from litestar.exceptions import HTTPException
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from jobyard.domain.errors import (
    Conflict,
    FieldError,
    Forbidden,
    Invalid,
    NotFound,
    TooLarge,
    TooMany,
    Unauthenticated,
    Unavailable,
)
from jobyard.domain.limits import Limits
from jobyard.web.large_bodies import LargeBodies
from jobyard.web.problems import problem_handler
from jobyard.web.strict_request import StrictRequest, refuse_unknown_query

ERRORS: dict[str, Exception] = {
    "401": Unauthenticated("who?"),
    "403": Forbidden("no"),
    "404": NotFound("gone"),
    "409": Conflict("not now"),
    "413": TooLarge("too large"),
    "422": Invalid([FieldError("/a", "is odd"), FieldError("?b", "is even")]),
    "429": TooMany("slow down", 2.1),
    "503": Unavailable("away", 0.1),
    "418": HTTPException(status_code=418, detail="secret of a library"),
    "500": RuntimeError("SELECT password_hash FROM users"),
    "outage": ConnectionError("10.0.0.7 refused"),
}


class Item(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    counts: list[int] = []


class Body(msgspec.Struct, forbid_unknown_fields=True):
    size: int
    items: list[Item] = []


@get("/error/{name:str}", sync_to_thread=False)
def fail(name: FromPath[str]) -> None:
    raise ERRORS[name]


@get("/number", sync_to_thread=False)
def number(limit: Annotated[int, QueryParameter(ge=1, le=200)] = 50, tag: FromQuery[list[str] | None] = None) -> int:
    del tag
    return limit


@post("/body", sync_to_thread=False)
def body(data: JSONBody[Body]) -> int:
    return data.size


@post("/no-body", sync_to_thread=False)
def no_body() -> None:
    return None


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    handlers = cast("list[BaseRouteHandler]", [fail, number, body, no_body])
    app = Litestar(
        handlers,
        guards=[refuse_unknown_query],
        exception_handlers={Exception: problem_handler(lambda error: isinstance(error, ConnectionError))},
        request_class=StrictRequest,
        request_max_body_size=10_000,
        state=State({"limits": Limits(), "large_bodies": LargeBodies()}),
        openapi_config=None,
        logging_config=None,
    )
    transport = httpx.ASGITransport(cast("Any", app))
    async with app.lifespan(), httpx.AsyncClient(transport=transport, base_url="http://localhost") as made:
        yield made


def problem(answer: httpx.Response, status: int) -> dict[str, Any]:
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    told = answer.json()
    assert set(told) - {"errors"} == {"type", "title", "status", "detail", "instance"}
    assert told["status"] == status
    assert told["type"] == "about:blank"
    assert told["instance"] == answer.request.url.path
    return told


async def test_each_error_has_its_status(client: httpx.AsyncClient) -> None:
    for name in ("401", "403", "404", "409", "413", "429", "503"):
        told = problem(await client.get(f"/error/{name}"), int(name))
        assert told["detail"] == cast("Any", ERRORS[name]).detail
        assert "errors" not in told


async def test_headers_of_errors(client: httpx.AsyncClient) -> None:
    assert (await client.get("/error/401")).headers["www-authenticate"] == "Bearer"
    assert (await client.get("/error/429")).headers["retry-after"] == "3"
    assert (await client.get("/error/503")).headers["retry-after"] == "1"
    assert set((await client.post("/number")).headers["allow"].split(", ")) == {"GET", "OPTIONS"}


async def test_wrong_fields(client: httpx.AsyncClient) -> None:
    told = problem(await client.get("/error/422"), 422)
    assert told["errors"] == [{"pointer": "/a", "message": "is odd"}, {"pointer": "?b", "message": "is even"}]


async def test_a_hundred_wrong_fields_at_most() -> None:
    assert len(Invalid([FieldError(f"/{place}", "is odd") for place in range(101)]).errors) == 100


async def test_what_went_wrong_inside_stays_inside(client: httpx.AsyncClient) -> None:
    for name, status in {"500": 500, "outage": 503, "418": 418}.items():
        answer = await client.get(f"/error/{name}")
        problem(answer, status)
        for word in ("SELECT", "10.0.0.7", "secret", "Traceback", "RuntimeError"):
            assert word not in answer.text


async def test_what_is_not_there(client: httpx.AsyncClient) -> None:
    problem(await client.get("/nothing"), 404)
    problem(await client.post("/number"), 405)
    problem(await client.get("/error/500/more"), 404)


@pytest.mark.parametrize(
    ("query", "pointer"),
    [("limit=x", "?limit"), ("limit=0", "?limit"), ("limit=201", "?limit"), ("limt=5", "?limt"), ("limit=1&b=", "?b")],
)
async def test_query_parameters(client: httpx.AsyncClient, query: str, pointer: str) -> None:
    told = problem(await client.get(f"/number?{query}"), 422)
    assert [error["pointer"] for error in told["errors"]] == [pointer]


async def test_known_query_parameters_pass(client: httpx.AsyncClient) -> None:
    assert (await client.get("/number?limit=200&tag=a&tag=b")).text == "200"


JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize(
    "content",
    [b"{", b"\xff", b'{"size": NaN}', b'{"size": 1} 2', b'{"size": 1, "size": 2}', b"", b'{"size": "\\ud800"}', b"nul"],
)
async def test_what_is_not_json(client: httpx.AsyncClient, content: bytes) -> None:
    problem(await client.post("/body", content=content, headers=JSON), 400)


@pytest.mark.parametrize(
    ("content", "pointers"),
    [
        ({"size": "1"}, ["/size"]),
        ({"size": 1.5}, ["/size"]),
        ({"size": True}, ["/size"]),
        ({}, ["/size"]),
        ({"size": 1, "sise": 2}, ["/sise"]),
        ({"size": 1, "items": [{"name": "a", "counts": [1, "2"]}]}, ["/items/0/counts/1"]),
        ({"size": 1, "items": [{"name": "a"}, {}]}, ["/items/1/name"]),
        ([], [""]),
        (None, [""]),
    ],
)
async def test_bodies_are_not_coerced(client: httpx.AsyncClient, content: object, pointers: list[str]) -> None:
    answer = await client.post("/body", content=json.dumps(content), headers=JSON)
    assert [error["pointer"] for error in problem(answer, 422)["errors"]] == pointers


async def test_deep_json_is_refused(client: httpx.AsyncClient) -> None:
    answer = await client.post("/body", content=b"[" * 500 + b"]" * 500, headers=JSON)
    assert answer.status_code == 422


async def test_the_media_type(client: httpx.AsyncClient) -> None:
    for media in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "x"):
        problem(await client.post("/body", content=b'{"size": 1}', headers={"Content-Type": media}), 415)
    problem(await client.post("/body", content=b'{"size": 1}'), 415)
    for media in ("application/json; charset=utf-8", "Application/JSON"):
        answer = await client.post("/body", content=b'{"size": 1}', headers={"Content-Type": media})
        assert answer.status_code == 201
    assert (await client.post("/no-body")).status_code == 201


async def test_a_large_body(client: httpx.AsyncClient) -> None:
    problem(await client.post("/body", content=b" " * 10_001, headers=JSON), 413)

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(11):
            yield b" " * 1000

    problem(await client.post("/body", content=pieces(), headers=JSON), 413)


async def test_a_number_of_many_digits(client: httpx.AsyncClient) -> None:
    for digits in (30, 5000):
        content = b'{"size": 1' + b"0" * digits + b"}"
        answer = await client.post("/body", content=content, headers=JSON)
        assert answer.status_code in {201, 400, 422}
