"""A kind that says something impossible of itself is refused when it is registered: by field, rule and value."""

import math
from typing import Any, cast

import msgspec
import pytest

from jobyard.domain.job import Backoff, BackoffStrategy, JobOptions
from jobyard.domain.limits import Limits
from jobyard.handlers.catalog import build_registry
from jobyard.handlers.registry import JobContext, Registry


class Payload(msgspec.Struct):
    value: int = 0


def register(name: Any = "test.kind", **said: Any) -> Registry:
    registry = Registry()
    given: dict[str, Any] = {"description": "Does nothing", "example": {"value": 1}} | said

    @registry.kind(name, Payload, **given)
    async def handler(payload: Payload, context: JobContext) -> None:  # pyright: ignore[reportUnusedFunction]
        del payload, context

    return registry


@pytest.mark.parametrize(
    ("said", "field", "value"),
    [
        ({"defaults": JobOptions(max_attempts=0)}, "defaults.max_attempts", "from 1 to 1000, not 0"),
        ({"defaults": JobOptions(max_attempts=1001)}, "defaults.max_attempts", "from 1 to 1000, not 1001"),
        ({"defaults": JobOptions(max_attempts=cast("Any", 2.5))}, "defaults.max_attempts", "not 2.5"),
        ({"defaults": JobOptions(max_attempts=cast("Any", True))}, "defaults.max_attempts", "not True"),
        ({"defaults": JobOptions(max_attempts=cast("Any", "3"))}, "defaults.max_attempts", "not '3'"),
        ({"defaults": JobOptions(timeout_seconds=0)}, "defaults.timeout_seconds", "at most 604800, not 0"),
        ({"defaults": JobOptions(timeout_seconds=700_000)}, "defaults.timeout_seconds", "not 700000"),
        ({"defaults": JobOptions(timeout_seconds=math.nan)}, "defaults.timeout_seconds", "not nan"),
        ({"defaults": JobOptions(timeout_seconds=cast("Any", None))}, "defaults.timeout_seconds", "not None"),
        ({"defaults": JobOptions(backoff=Backoff(base_seconds=-1))}, "backoff.base_seconds", "from 0 to 86400, not -1"),
        ({"defaults": JobOptions(backoff=Backoff(max_seconds=90_000))}, "defaults.backoff.max_seconds", "not 90000"),
        ({"defaults": JobOptions(backoff=Backoff(max_seconds=math.inf))}, "defaults.backoff.max_seconds", "not inf"),
        ({"defaults": JobOptions(backoff=Backoff(base_seconds=7200))}, "base_seconds", "max_seconds (3600), not 7200"),
        ({"defaults": JobOptions(backoff=Backoff(cast("Any", "linear")))}, "defaults.backoff.strategy", "not 'linear'"),
        ({"defaults": {"max_attempts": 3}}, "defaults", "must be JobOptions(…)"),
        ({"defaults": {}}, "defaults", "not {}"),
        ({"description": ""}, "description", "1 to 200 characters, not ''"),
        ({"description": "two\nlines"}, "description", "one line"),
        ({"description": "x" * 201}, "description", "1 to 200 characters"),
        ({"secret": "password"}, "secret", "a list of paths"),
        ({"secret": ["headers..token"]}, "secret", "not 'headers..token'"),
        ({"secret": [""]}, "secret", "not ''"),
        ({"example": {"value": "x"}}, "example/value", "Expected `int`"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_by_field_rule_and_value(said: dict[str, Any], field: str, value: str) -> None:
    with pytest.raises(ValueError, match=r"^kind 'test\.kind': ") as raised:
        register(**said)
    assert field in str(raised.value)
    assert value in str(raised.value)


@pytest.mark.parametrize("name", ["", "Echo", "a b", "-x", "x" * 65, "é", 7])
def test_a_bad_name(name: Any) -> None:
    with pytest.raises(ValueError, match="name must match"):
        register(name)


def test_everything_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(ValueError, match=r"max_attempts .*; .*timeout_seconds .*; .*base_seconds ") as raised:
        register(defaults=JobOptions(0, -1, Backoff(BackoffStrategy.FIXED, -5)))
    assert str(raised.value).count(";") == 2


def test_the_bounds_themselves_are_fine() -> None:
    for defaults in (
        JobOptions(1, 0.001, Backoff(BackoffStrategy.FIXED, 0, 0)),
        JobOptions(1000, 604_800, Backoff(base_seconds=86_400, max_seconds=86_400)),
    ):
        kind = register(defaults=defaults, secret=("url:userinfo", "headers.*token*")).get("test.kind")
        assert kind is not None
        assert kind.defaults == defaults


def test_defaults_are_cut_to_the_limits_of_the_server() -> None:
    """Else a job whose submitter said nothing would break a limit, and its copy would be refused."""
    kinds = build_registry(demo_kinds=True, limits=Limits(max_attempts=2, timeout_seconds=30.0)).all()
    assert {(kind.defaults.max_attempts, kind.defaults.timeout_seconds) for kind in kinds} == {(2, 30.0)}
    whole = register(defaults=JobOptions(50, 7_200)).within(Limits()).get("test.kind")
    assert whole is not None
    assert (whole.defaults.max_attempts, whole.defaults.timeout_seconds) == (50, 7_200)
