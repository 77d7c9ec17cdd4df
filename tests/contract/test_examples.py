"""What the document shows is right: each example fits its schema, and a server takes each body."""

import re
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest

from tests.contract.conftest import Server
from tests.web.people import Person
from tests.web.test_openapi import DOCUMENT, OPERATIONS

SCHEMAS = {"components": DOCUMENT["components"]}
OTHERWISE: dict[str, set[int]] = {
    "change_password": {422},
    "leave": {422},
    "forgot_password": {404},
    "reset_password": {404},
    "verify_email": {404},
}
"""Where the example must be refused: its password is nobody's, its link is none, and this server sends no mail."""


def shown(operation: dict[str, Any]) -> Iterator[tuple[dict[str, Any], Any]]:
    """Each schema of an operation with its example."""
    for parameter in operation.get("parameters", ()):
        if parameter["in"] == "path":
            yield parameter["schema"], parameter["example"]
    answers = [answer for status, answer in operation["responses"].items() if status < "400"]
    for said in (operation.get("requestBody", {}), *answers):
        for media in said.get("content", {}).values():
            if media.get("schema"):
                yield media["schema"], media["example"]


@pytest.mark.parametrize("operation", [one for _, _, one in OPERATIONS], ids=lambda one: one["operationId"])
def test_examples_fit_their_schemas(operation: dict[str, Any]) -> None:
    for schema, example in shown(operation):
        validator = jsonschema_rs.Draft202012Validator(SCHEMAS | schema, validate_formats=True)
        assert [str(error) for error in validator.iter_errors(example)] == []


async def test_every_body_that_is_shown_is_taken(server: Server) -> None:
    """By its rules beyond the schema too; what it names may not be there (404), or have gone on (409)."""
    bodies = 0
    for path, method, operation in OPERATIONS:
        content = operation.get("requestBody", {}).get("content", {}).get("application/json")
        if content is None:
            continue
        bodies += 1
        who: Person = server.admin if path.startswith("/admin") else server.user
        url = re.sub(r"\{(\w+)\}", lambda found: str(_named(operation, found[1])), path)  # noqa: B023 - called at once
        answer = await who.call(method.upper(), url, json=content["example"])
        taken = {200, 201, 202, 204, 404, 409} if "{" in path else {200, 201, 202, 204}
        wanted = OTHERWISE.get(operation["operationId"], taken)
        hint = "give it one in web/openapi_examples.py, or say in OTHERWISE why not"
        assert answer.status_code in wanted, (operation["operationId"], content["example"], answer.text, hint)
    assert bodies > 15


def _named(operation: dict[str, Any], name: str) -> Any:
    """A path's parameter, by its example."""
    return next(one["example"] for one in operation["parameters"] if one["name"] == name)
