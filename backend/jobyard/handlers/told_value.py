"""msgspec says which rule a value breaks, but not always the value, and of a list of choices only the value."""

import re
from collections.abc import Mapping
from typing import Any, cast

SHOWN = 64
NAMES_RULE_ALONE = re.compile(r"Expected `[^`]+` (?!.*, got )|Invalid RFC3339 ")


def with_value(message: str, value: Any) -> str:
    """`Expected `int` >= 1` → `Expected `int` >= 1, got 0`. A message that tells the value already stays."""
    if not NAMES_RULE_ALONE.match(message):
        return message
    if " of length " in message and isinstance(value, str | list | dict):
        return f"{message}, got {len(cast('str | list[Any] | dict[str, Any]', value))}"
    shown = repr(value)
    return f"{message}, got {shown if len(shown) <= SHOWN else shown[:SHOWN] + '…'}"


def with_choices(message: str, value: Any, schema: Mapping[str, Any], path: list[str]) -> str:
    """`Invalid enum value 'get'` → what could be chosen, as the JSON Schema at this path says it."""
    choices = _at(schema, path).get("enum") if message.startswith("Invalid enum value") else None
    if not choices:
        return message
    return f"must be one of {', '.join(map(str, choices))}, not {str(value)[:SHOWN]!r}"


def value_at(payload: Any, path: list[str]) -> Any:
    """The value that a pointer's parts lead to. Raises LookupError where they lead nowhere."""
    for part in path:
        if isinstance(payload, list):
            payload = cast("list[Any]", payload)[int(part)]
        else:
            payload = cast("dict[str, Any]", payload if isinstance(payload, dict) else {})[part]
    return payload


def _at(schema: Mapping[str, Any], path: list[str]) -> Mapping[str, Any]:
    """The schema of the value at a path, through `$ref`; empty where it is behind a union or in a tuple."""
    definitions: Mapping[str, Any] = schema.get("$defs", {})
    place = _followed(schema, definitions)
    for part in path:
        place = _followed(place.get("properties", {}).get(part) or place.get("items"), definitions)
    return place


def _followed(place: Any, definitions: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = cast("Mapping[str, Any]", place) if isinstance(place, Mapping) else {}
    while "$ref" in found:
        found = cast("Mapping[str, Any]", definitions[found["$ref"].rpartition("/")[2]])
    return found
