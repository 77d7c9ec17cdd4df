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

from jobyard.serving import openapi_text

DOCUMENT: dict[str, Any] = json.loads(openapi_text())
OPERATIONS = [
    (path, method, operation) for path, methods in DOCUMENT["paths"].items() for method, operation in methods.items()
]
PUBLIC = {
    "/healthz", "/readyz", "/signup", "/login", "/token/refresh", "/logout",
    "/password/forgot", "/password/reset", "/email/verify",
}  # fmt: skip


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
        for status, answer in errors.items():
            if status != "default":
                assert answer["content"] == {"application/problem+json": {"schema": schema}}, (method, path, status)
    required = set(DOCUMENT["components"]["schemas"]["ProblemDetails"]["required"])
    assert {"title", "status", "detail", "instance"} <= required


async def test_who_may_call_what(client: httpx.AsyncClient) -> None:
    """Without a token every operation but the public ones is 401: a new route is in this by itself."""
    for path, method, operation in OPERATIONS:
        if path in PUBLIC:
            assert "security" not in operation, (method, path)
            continue
        assert operation["security"] == [{"bearer": []}], (method, path)
        assert "401" in operation["responses"], (method, path)
        url = re.sub(r"\{\w+_id\}", "0190d4b4-0000-7000-8000-000000000000", path).replace("{kind}", "demo.echo")
        assert "{" not in url, f"say here what stands for the parameter of {path}"
        answer = await client.request(method, url)
        assert answer.status_code == 401, (method, path)
    assert DOCUMENT["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"
    assert {path for path, _, _ in OPERATIONS} >= PUBLIC


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
