import asyncio
from typing import Any

import pytest

from jobyard.domain.errors import Invalid
from jobyard.domain.outcome import Fail
from jobyard.handlers.catalog import build_registry
from jobyard.handlers.demo import DemoFailure, FailFirst, Sleep, fail, sleep
from jobyard.handlers.registry import Audience, Kind
from tests.handlers.surroundings import Context


def kind(name: str) -> Kind:
    found = build_registry(demo_kinds=True).get(name)
    assert found is not None
    return found


@pytest.mark.parametrize("value", ["hello", 0, None, [1, {"a": None}], {"b": [True]}])
async def test_echo_answers_what_it_got(value: Any, context: Context) -> None:
    echo = kind("demo.echo")
    echo.check_payload({"value": value})
    assert await echo.handler(echo.payload_type(value=value), context) == {"value": value}


async def test_sleep_reports_each_second(context: Context) -> None:
    assert await sleep(Sleep(1.05), context) == {"seconds": 1.05}
    fractions = [fraction for fraction, _ in context.reports]
    assert fractions[0] == pytest.approx(0, abs=0.05)
    assert len(fractions) >= 3
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0
    assert context.lines == [("info", "slept 0 of 1.05 s"), ("info", "slept 1 of 1.05 s")]


async def test_no_sleep_at_all(context: Context) -> None:
    assert await sleep(Sleep(0), context) == {"seconds": 0}


async def test_sleep_stops_when_its_owner_asks(context: Context) -> None:
    context.cancel_requested = True
    with pytest.raises(asyncio.CancelledError):
        await sleep(Sleep(3600), context)


async def test_sleep_stops_when_it_is_cancelled(context: Context) -> None:
    running = asyncio.create_task(sleep(Sleep(3600), context))
    await asyncio.wait([running], timeout=0)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


async def test_fail_fails_so_many_times_and_then_completes() -> None:
    payload = FailFirst(2, "no")
    for attempt in (1, 2):
        with pytest.raises(DemoFailure, match=r"^no$"):
            await fail(payload, Context(attempt=attempt))
    assert await fail(payload, Context(attempt=3)) == {"attempts": 3}


async def test_fail_for_good(context: Context) -> None:
    with pytest.raises(Fail) as caught:
        await fail(FailFirst(1, "no", retryable=False), context)
    assert (caught.value.message, caught.value.type) == ("no", "DemoFailure")


@pytest.mark.parametrize(
    ("name", "payload", "pointer"),
    [
        ("demo.echo", {}, "/payload/value"),
        ("demo.echo", {"value": 1, "valeu": 2}, "/payload/valeu"),
        ("demo.sleep", {}, "/payload/seconds"),
        ("demo.sleep", {"seconds": -1}, "/payload/seconds"),
        ("demo.sleep", {"seconds": 3601}, "/payload/seconds"),
        ("demo.sleep", {"seconds": "5"}, "/payload/seconds"),
        ("demo.fail", {"message": "no"}, "/payload/times"),
        ("demo.fail", {"times": 1.5}, "/payload/times"),
        ("demo.fail", {"times": 101}, "/payload/times"),
        ("demo.fail", {"times": 1, "message": ""}, "/payload/message"),
        ("demo.fail", {"times": 1, "retryable": 0}, "/payload/retryable"),
    ],
)
def test_a_bad_payload_is_refused_and_named(name: str, payload: dict[str, Any], pointer: str) -> None:
    with pytest.raises(Invalid) as caught:
        kind(name).check_payload(payload)
    assert [error.pointer for error in caught.value.errors] == [pointer]


@pytest.mark.parametrize(
    ("name", "payload", "message"),
    [
        ("demo.sleep", {"seconds": -1}, "Expected `float` >= 0.0, got -1"),
        ("demo.fail", {"times": "1"}, "Expected `int`, got `str`"),
        ("demo.fail", {"times": 1, "message": ""}, "Expected `str` of length >= 1, got 0"),
        ("demo.fail", {"times": 1, "message": "x" * 501}, "Expected `str` of length <= 500, got 501"),
    ],
)
def test_a_refusal_tells_rule_and_value(name: str, payload: dict[str, Any], message: str) -> None:
    with pytest.raises(Invalid) as caught:
        kind(name).check_payload(payload)
    assert caught.value.errors[0].message == message


def test_demos_are_listed_and_off_in_production() -> None:
    audiences = {kind.name: kind.audience for kind in build_registry(demo_kinds=False).all()}
    assert audiences == {
        "demo.echo": Audience.OFF,
        "demo.fail": Audience.OFF,
        "demo.sleep": Audience.OFF,
        "http.request": Audience.EVERYONE,
    }
