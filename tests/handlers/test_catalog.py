import json
from typing import Any

import pytest

from jobyard.handlers.catalog import build_registry
from jobyard.handlers.registry import Audience, Kind

KINDS = build_registry(demo_kinds=True).all()


def properties(kind: Kind) -> dict[str, dict[str, Any]]:
    schema = json.loads(json.dumps(kind.payload_schema))
    return schema["$defs"][schema["$ref"].removeprefix("#/$defs/")]["properties"]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_form_can_be_made_of_each_kind(kind: Kind) -> None:
    kind.check_payload(kind.example)
    assert kind.description[0].isupper()
    assert not kind.description.endswith(".")
    for name, field in properties(kind).items():
        assert field.get("title"), name
        assert "default" in field or field.get("examples"), name


def test_the_form_of_http_request() -> None:
    fields = properties(next(kind for kind in KINDS if kind.name == "http.request"))
    assert list(fields) == ["url", "method", "headers", "body", "timeout_seconds", "follow_redirects"]
    assert fields["url"]["format"] == "uri"
    assert set(fields["method"]["enum"]) == {"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"}
    assert {name: field["default"] for name, field in fields.items() if "default" in field} == {
        "method": "GET",
        "headers": {},
        "body": "",
        "timeout_seconds": 30,
        "follow_redirects": True,
    }


def test_an_operator_says_who_may_submit_what() -> None:
    registry = build_registry(demo_kinds=False, audiences={"demo.echo": Audience.ADMINS})
    assert {kind.name: kind.audience for kind in registry.all()}["demo.echo"] is Audience.ADMINS
    with pytest.raises(ValueError, match=r"http\.requests"):
        build_registry(audiences={"http.requests": Audience.OFF})
