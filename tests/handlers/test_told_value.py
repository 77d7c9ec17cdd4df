from enum import StrEnum
from typing import Literal

import msgspec
import pytest

from jobyard.domain.errors import Invalid
from jobyard.handlers.registry import JobContext, Registry


class Size(StrEnum):
    SMALL = "small"
    LARGE = "large"


class Part(msgspec.Struct):
    size: Size = Size.SMALL
    pair: tuple[int, Literal["a", "b"]] = (0, "a")


class Parcel(msgspec.Struct):
    parts: list[Part] = []
    either: Literal["x", "y"] | int = 0
    named: dict[str, Size] = {}


def refusal(payload: dict[str, object]) -> tuple[str, str]:
    registry = Registry()

    @registry.kind("parcel", Parcel, description="Sends", example={})
    async def send(payload: Parcel, context: JobContext) -> None: ...

    kind = registry.get("parcel")
    assert kind is not None
    with pytest.raises(Invalid) as caught:
        kind.check_payload(payload)
    (error,) = caught.value.errors
    return error.pointer, error.message


def test_choices_are_told_wherever_the_schema_names_them() -> None:
    told = refusal({"parts": [{"size": "small"}, {"size": "huge"}]})
    assert told == ("/payload/parts/1/size", "must be one of large, small, not 'huge'")


@pytest.mark.parametrize(
    ("payload", "pointer"),
    [
        ({"parts": [{"pair": [1, "c"]}]}, "/payload/parts/0/pair/1"),
        ({"either": "z"}, "/payload/either"),
        ({"named": {"first": "huge"}}, "/payload/named"),
    ],
)
def test_elsewhere_the_value_is_told_and_where_it_is(payload: dict[str, object], pointer: str) -> None:
    found, message = refusal(payload)
    assert found == pointer
    assert message.startswith("Invalid enum value '")
