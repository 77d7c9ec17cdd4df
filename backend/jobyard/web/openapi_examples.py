"""Examples for the OpenAPI document: by hand where one tells something, else put together from the schema.

A new call has examples by itself. Where a body that only fits its schema would be refused, it needs one in BY_HAND:
tests/contract sends each example to a real server.
"""

from collections.abc import Mapping
from types import NoneType
from typing import Any, cast

Schema = Mapping[str, Any]
Schemas = Mapping[str, Schema]

JOB_ID = "0199f3f2-6d1a-7c43-8f5e-2b9a70c4d1e6"
OTHER_ID = "0199f3f1-02be-7a10-9d4c-5e8f3a6b7c21"
USER_ID = "0199e0a4-51c7-7b3f-a2d8-9c6e1f40b573"
TIME = "2026-01-02T03:04:05.678901Z"
PASSWORD = "correct horse battery"  # noqa: S105 - an example

_URL = {"url": "https://example.org/health"}

BY_HAND: dict[str, Any] = {
    "SignUpRequest": {"email": "mara@example.org", "password": PASSWORD, "name": "Mara"},
    "SignInRequest": {"email": "mara@example.org", "password": PASSWORD},
    "ChangePasswordRequest": {"current_password": PASSWORD, "new_password": "staple, not battery"},
    "ResetPasswordRequest": {"token": "b64url-of-the-link", "new_password": "staple, not battery"},
    "ApiKeyBody": {"name": "nightly import", "scopes": ["jobs:read", "jobs:write"]},
    "SubmitBody": {"kind": "http.request", "payload": _URL, "priority": "high", "tags": ["nightly"]},
    "CopyBody": {"priority": "low", "delay_seconds": 60},
    "EditBody": {"priority": "high", "tags": ["nightly", "seen"]},
    "BatchBody": {
        "jobs": [{"kind": "http.request", "payload": _URL}, {"kind": "http.request", "payload": _URL}],
        "on_complete": {"kind": "http.request", "payload": _URL},
    },
    "BulkBody": {"filter": {"state": "failed", "kind": ["http.request"]}},
    "ReadBody": {"all": True},
    "UserChangeBody": {"weight": 20},
    "Times": {"p50": 0.04, "p95": 1.3},
    "QueueAnswer": {"name": "default", "pending": 12, "oldest_seconds": 3.5},
    "ProgressAnswer": {"fraction": 0.4, "message": "page 2 of 5"},
    "AuditTarget": {"kind": "job", "id": JOB_ID},
}
"""By the name of a component."""

FIELDS: dict[str, Any] = {
    "access_token": "eyJhbGciOiJIUzI1NiIsImtpZCI6IjEifQ.eyJzdWIiOiIwMTk5ZTBhNCJ9.c2lnbmF0dXJl",
    "address": "203.0.113.7",
    "after": None,
    "base_seconds": 5,
    "batch_id": None,
    "bucket_seconds": 60,
    "cancelled": 0,
    "checks": ["database", "migrations"],
    "completed": 40,
    "crashes": 0,
    "description": "Calls a URL.",
    "detail": "Its turn comes when a worker is free.",
    "device": "Mozilla/5.0",
    "disabled_at": None,
    "domain": None,
    "email": "mara@example.org",
    "error": None,
    "expires_at": None,
    "expires_in": 900,
    "failed": 1,
    "fingerprint": "5f2c9a1be0d34c77",
    "hint": "jy_1aB2c",
    "id": JOB_ID,
    "instance": f"/jobs/{JOB_ID}",
    "job_id": JOB_ID,
    "key": "jy_1aB2cD3eF4gH5iJ6kL7mN8oP9qR0sT1uV2wX3yZ4aB5cD6eF7gH8i",
    "kind": "http.request",
    "max_attempts": 5,
    "max_seconds": 3600,
    "message": "the server answered 503",
    "name": "Mara",
    "next_cursor": None,
    "owner_id": USER_ID,
    "password": PASSWORD,
    "outcome": "completed",
    "payload": _URL,
    "payload_schema": {"type": "object", "properties": {"url": {"type": "string"}}, "required": ["url"]},
    "pointer": "/payload/url",
    "progress": None,
    "queue": "default",
    "reason": "waiting_turn",
    "request_id": "7f9c2ba4e88f827d",
    "result": {"status": 200, "headers": {}, "body": "ok", "body_encoding": "text", "truncated": False},
    "role": "user",
    "run": 1,
    "running": 0,
    "sample_job_id": JOB_ID,
    "schedule_id": None,
    "scheduled": 2,
    "scopes": ["jobs:read", "jobs:write"],
    "skipped": 0,
    "slots": 50,
    "state": "completed",
    "tags": ["nightly"],
    "timeout_seconds": 600,
    "token": "b64url-of-the-link",
    "traceback": None,
    "type": "TargetError",
    "unique_key": None,
    "user_id": USER_ID,
    "weight": 10,
    "worker": "node-1",
}
"""By the name of a field or a path's parameter, where the schema takes it."""

DEEPEST = 12
"""A schema may hold itself."""


def example_of(schema: Schema, schemas: Schemas, name: str = "", depth: int = 0) -> Any:
    """A value that fits a schema; `name` is the field that it stands in."""
    if "$ref" in schema:
        component = cast("str", schema["$ref"]).rpartition("/")[2]
        return BY_HAND[component] if component in BY_HAND else example_of(schemas[component], schemas, name, depth)
    choices = _choices(schema)
    if name in FIELDS and any(_takes(choice, FIELDS[name]) for choice in choices):
        return FIELDS[name]
    first = choices[0]
    if first is not schema:
        return example_of(first, schemas, name, depth)
    return _built(schema, schemas, name, depth)


def _built(schema: Schema, schemas: Schemas, name: str, depth: int) -> Any:
    told = [schema.get("const"), *schema.get("enum", ())[:1], schema.get("default")]
    if any(value is not None for value in told):
        return next(value for value in told if value is not None)
    match schema.get("type"):
        case "object":
            return _object(schema, schemas, depth)
        case "array":
            inner = cast("Schema", schema.get("items", {}))
            few = depth >= DEEPEST and not schema.get("minItems")
            return [] if few or not inner else [example_of(inner, schemas, name.removesuffix("s"), depth + 1)]
        case "string":
            return {"date-time": TIME, "uuid": OTHER_ID}.get(cast("str", schema.get("format")), name or "text")
        case "boolean":
            return False
        case kind:
            return schema.get("minimum", 1 if kind in {"integer", "number"} else {})


def _object(schema: Schema, schemas: Schemas, depth: int) -> dict[str, Any]:
    """All that an answer always holds; of a body, what must be there."""
    properties = cast("dict[str, Schema]", schema.get("properties", {}))
    wanted = [name for name in properties if name in schema.get("required", ()) and depth < DEEPEST]
    return {name: example_of(properties[name], schemas, name, depth + 1) for name in wanted}


def _choices(schema: Schema) -> list[Schema]:
    """What it may be, null last; itself, where it is of one form."""
    several = [*schema.get("oneOf", ()), *schema.get("anyOf", ()), *schema.get("allOf", ())]
    return sorted(several, key=lambda choice: choice.get("type") == "null") or [schema]


def _takes(schema: Schema, value: Any) -> bool:
    if value not in schema.get("enum", [schema.get("const", value)]):
        return False
    return isinstance(value, _TYPES.get(cast("str", schema.get("type")), (dict, NoneType)))


_TYPES: dict[str, tuple[type, ...]] = {
    "null": (NoneType,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "array": (list,),
    "object": (dict,),
    "boolean": (bool,),
}
"""What in FIELDS may stand for what; where no type is named, any JSON may stand."""
