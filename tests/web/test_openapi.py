"""The document says what the server does, and the committed copy says the same."""

import gzip
import hashlib
import json
import re
from importlib.resources import files
from pathlib import Path
from typing import Any

import httpx
import pytest

from jobyard.domain.user import Scope
from jobyard.serving import openapi_text

DOCUMENT: dict[str, Any] = json.loads(openapi_text())
OPERATIONS = [
    (path, method, operation) for path, methods in DOCUMENT["paths"].items() for method, operation in methods.items()
]
PUBLIC = {
    "/healthz", "/readyz", "/signup", "/login", "/token/refresh", "/logout",
    "/password/forgot", "/password/reset", "/email/verify",
}  # fmt: skip


def scopes_of(operation: dict[str, Any]) -> set[Scope]:
    """The scopes of API keys that open it, one of which is enough."""
    return {Scope(scope) for way in operation["security"] for scope in way.get("api_key", ())}


def is_for_administrators(operation: dict[str, Any]) -> bool:
    return {"bearer": ["admin"]} in operation["security"]


def test_the_committed_copy_is_current() -> None:
    committed = Path(__file__).parents[2] / "docs" / "openapi.json"
    assert committed.read_text(encoding="utf-8") == openapi_text(), "run: just api-client"


async def test_it_is_served_to_anybody(client: httpx.AsyncClient) -> None:
    answer = await client.get("/openapi.json")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == DOCUMENT
    assert DOCUMENT["openapi"].startswith("3.1.")


def test_every_operation_is_described() -> None:
    names = [operation["operationId"] for _, _, operation in OPERATIONS]
    assert len(set(names)) == len(names)
    for path, method, operation in OPERATIONS:
        assert operation["summary"], (method, path)
        assert len(operation["tags"]) == 1, (method, path)


def test_every_error_is_a_problem() -> None:
    schema = {"$ref": "#/components/schemas/ProblemDetails"}
    for path, method, operation in OPERATIONS:
        errors = {status: answer for status, answer in operation["responses"].items() if status >= "400"}
        assert {"422", "503", "default"} <= set(errors), (method, path)
        if "requestBody" in operation:
            assert {"400", "413", "415"} <= set(errors), (method, path)
        if "{" in path:
            assert "404" in errors, (method, path)
        if path not in PUBLIC:
            assert {"401", "403"} <= set(errors), (method, path)
        for status, answer in errors.items():
            if status != "default":
                assert answer["content"] == {"application/problem+json": {"schema": schema}}, (method, path, status)
            told = {"401": {"WWW-Authenticate"}, "429": {"Retry-After"}, "503": {"Retry-After"}}.get(status, set())
            assert set(answer.get("headers", {})) == told, (method, path, status)
    required = set(DOCUMENT["components"]["schemas"]["ProblemDetails"]["required"])
    assert {"title", "status", "detail", "instance"} <= required


def test_everything_that_is_sent_and_answered_has_an_example() -> None:
    """Made in web/openapi_examples.py; tests/contract holds them against their schemas and a real server."""
    for path, method, operation in OPERATIONS:
        for parameter in operation.get("parameters", ()):
            assert parameter["in"] != "path" or "example" in parameter, (method, path)
        answers = [answer for status, answer in operation["responses"].items() if status < "400"]
        assert answers, (method, path)
        for said in (operation.get("requestBody", {}), *answers):
            for media in said.get("content", {}).values():
                assert "example" in media, (method, path)


def test_bodies_have_no_field_but_those_that_are_named() -> None:
    for path, method, operation in OPERATIONS:
        for media in operation.get("requestBody", {}).get("content", {}).values():
            (name,) = re.findall(r"#/components/schemas/(\w+)", json.dumps(media["schema"]))
            assert DOCUMENT["components"]["schemas"][name]["additionalProperties"] is False, (method, path)


async def test_who_may_call_what(client: httpx.AsyncClient) -> None:
    """Without a token every operation but the public ones is 401: a new route is in this by itself."""
    for path, method, operation in OPERATIONS:
        if path in PUBLIC:
            assert "security" not in operation, (method, path)
            continue
        roles = ["admin"] if is_for_administrators(operation) else []
        keys = [{"api_key": [scope]} for scope in Scope if scope in scopes_of(operation)]
        assert operation["security"] == [{"bearer": roles}, *keys], (method, path)
        assert "401" in operation["responses"], (method, path)
        url = re.sub(r"\{\w+_id\}", "0190d4b4-0000-7000-8000-000000000000", path).replace("{kind}", "demo.echo")
        assert "{" not in url, f"say here what stands for the parameter of {path}"
        answer = await client.request(method, url)
        assert answer.status_code == 401, (method, path)
    schemes = DOCUMENT["components"]["securitySchemes"]
    assert {name: scheme["scheme"] for name, scheme in schemes.items()} == {"bearer": "bearer", "api_key": "bearer"}
    assert {path for path, _, _ in OPERATIONS} >= PUBLIC


async def test_every_path_says_which_methods_it_knows(client: httpx.AsyncClient) -> None:
    for path, operations in DOCUMENT["paths"].items():
        url = re.sub(r"\{\w+_id\}", "0190d4b4-0000-7000-8000-000000000000", path)
        answer = await client.request("OPTIONS", url)
        known = {method.upper() for method in operations} | {"OPTIONS"}
        assert (answer.status_code, set(answer.headers["allow"].split(", "))) == (204, known), path
        assert "access-control-allow-origin" not in answer.headers
        refused = await client.request("TRACE", url)
        assert (refused.status_code, set(refused.headers["allow"].split(", "))) == (405, known), path


async def test_the_page_needs_nobody_else(client: httpx.AsyncClient) -> None:
    page = await client.get("/docs")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "http" not in page.text
    assert "<script>" not in page.text
    sources = ["/docs/start.js", "/docs/swagger-ui-bundle.js", "/docs/swagger-ui.css"]
    for source in sources:
        assert source in page.text
        assert (await client.get(source)).status_code == 200


@pytest.mark.parametrize("accepts", ["gzip", "identity"])
async def test_the_viewer_is_compressed_for_whoever_takes_it(client: httpx.AsyncClient, accepts: str) -> None:
    answer = await client.get("/docs/swagger-ui-bundle.js", headers={"Accept-Encoding": accepts})
    assert answer.headers.get("content-encoding") == ("gzip" if accepts == "gzip" else None)
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert "SwaggerUIBundle" in answer.text


def test_the_viewer_is_the_one_that_was_released() -> None:
    """The hashes of Swagger UI 5.35.0's files, as data/README.md says."""
    folder = files("jobyard") / "data" / "swagger-ui"
    found = {
        name: hashlib.sha256(gzip.decompress((folder / f"{name}.gz").read_bytes())).hexdigest()
        for name in ("swagger-ui-bundle.js", "swagger-ui.css")
    }
    assert found == {
        "swagger-ui-bundle.js": "e6a898692f2d768e807c3ba4626068a69a2c5dd960dd6c76f3e4d3a3de180af2",
        "swagger-ui.css": "5ed08757e53da3e026d6cbecc61fe5d43585c9560b302d534ad56692519a273d",
    }
