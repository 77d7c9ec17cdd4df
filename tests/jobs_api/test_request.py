"""What is wrong with a request for a job, as the API reads it: no database is needed for that."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from uuid_utils.compat import uuid7

from jobyard.domain.errors import FieldError, Forbidden, Invalid, TooLarge
from jobyard.domain.job import Backoff, BackoffStrategy, JobOptions
from jobyard.domain.limits import Limits
from jobyard.domain.secrets import SecretFields
from jobyard.domain.user import Role, Viewer
from jobyard.handlers.catalog import build_registry
from jobyard.handlers.registry import Audience
from jobyard.services.job_request import JobRequest, Surroundings, json_problem, new_job, problems
from jobyard.services.job_submit import check_audience
from jobyard.web.batch_size import check_batch_size
from jobyard.web.every_error import every_error
from jobyard.web.job_bodies import BatchBody, SubmitBody
from jobyard.web.problems import Malformed
from jobyard.web.strict_request import decode_body

ECHO = {"kind": "demo.echo", "payload": {"value": 1}}
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
AROUND = Surroundings(frozenset({"default"}))
STRANGE = "01890000-0000-7000-8000-000000000000"
REGISTRY = build_registry(demo_kinds=True, outbound_allow=())


def read(body: dict[str, Any]) -> JobRequest:
    return decode_body(json.dumps(body).encode(), SubmitBody).request()


def wrong(body: dict[str, Any]) -> dict[str, str]:
    try:
        request = read(body)
    except Invalid as error:
        found = error.errors
    else:
        kind = REGISTRY.get(request.kind)
        found = problems(request, kind, AROUND, now=NOW, limits=Limits())
    return {error.pointer: error.message for error in found}


def nested(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value


WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({"kind": "demo.nothing"}, "/kind", "names no kind of this server: 'demo.nothing'"),
    ({"kind": "Bad Kind"}, "/kind", "must match [a-z0-9][a-z0-9._-]{0,63}, not 'Bad Kind'"),
    ({"kind": 5}, "/kind", "Expected `str`, got `int`"),
    ({"payload": {}}, "/payload/value", "is required"),
    ({"payload": {"value": 1, "valve": 2}}, "/payload/valve", "is not a known field"),
    ({"payload": None}, "/payload", "Expected `object`, got `null`"),
    ({"payload": {"value": "a\0b"}}, "/payload/value", "must not contain the character U+0000"),
    ({"payload": {"value": {"a\0": 1}}}, "/payload/value", "has a key with the character U+0000"),
    ({"payload": {"value": nested(64)}}, "/payload/value" + "/0" * 63, "is nested more than 64 levels deep"),
    ({"priority": "urgent"}, "/priority", "must be one of high, medium, low, not 'urgent'"),
    ({"queue": "nowhere"}, "/queue", "names no queue of this server: 'nowhere'"),
    ({"queue": "No where"}, "/queue", "must match [a-z0-9][a-z0-9._-]{0,63}, not 'No where'"),
    (
        {"run_at": "2027-01-01T00:00:00"},
        "/run_at",
        "must have an offset such as Z or +02:00, not '2027-01-01T00:00:00'",
    ),
    (
        {"run_at": "9999-12-31T23:59:59-14:00"},
        "/run_at",
        "must be at most 366 days ahead, not '9999-12-31T23:59:59-14:00'",
    ),
    ({"run_at": "tomorrow"}, "/run_at", "Invalid RFC3339 encoded datetime, got 'tomorrow'"),
    ({"run_at": "2027-01-01T00:00:00Z", "delay_seconds": 1}, "/delay_seconds", "must not be set together with run_at"),
    ({"delay_seconds": -1}, "/delay_seconds", "must be from 0 to 31622400, not -1"),
    ({"delay_seconds": 1e300}, "/delay_seconds", "must be from 0 to 31622400, not 1e+300"),
    ({"max_attempts": 0}, "/max_attempts", "must be from 1 to 100, not 0"),
    ({"max_attempts": 101}, "/max_attempts", "must be from 1 to 100, not 101"),
    ({"max_attempts": True}, "/max_attempts", "Expected `int`, got `bool`"),
    ({"max_attempts": "5"}, "/max_attempts", "Expected `int`, got `str`"),
    ({"timeout_seconds": 0}, "/timeout_seconds", "must be more than 0 and at most 86400, not 0"),
    ({"timeout_seconds": 86401}, "/timeout_seconds", "must be more than 0 and at most 86400, not 86401"),
    ({"backoff": {"base_seconds": -1}}, "/backoff/base_seconds", "must be from 0 to 86400, not -1"),
    ({"backoff": {"max_seconds": 1e9}}, "/backoff/max_seconds", "must be from 0 to 86400, not 1e+09"),
    ({"backoff": {"factor": 2}}, "/backoff/factor", "is not a known field"),
    ({"tags": [str(n) for n in range(21)]}, "/tags", "must be at most 20, not 21"),
    ({"tags": ["fine", ""]}, "/tags/1", "must have from 1 to 64 characters, has 0"),
    ({"tags": ["x" * 65]}, "/tags/0", "must have from 1 to 64 characters, has 65"),
    ({"tags": ["a\0"]}, "/tags/0", "must not contain the character U+0000"),
    ({"unique_key": ""}, "/unique_key", "must have from 1 to 255 characters, has 0"),
    ({"unique_key": "k" * 256}, "/unique_key", "must have from 1 to 255 characters, has 256"),
    ({"unique_key": "\0"}, "/unique_key", "must not contain the character U+0000"),
    ({"on_conflict": "replace"}, "/on_conflict", "must be one of return, reject, not 'replace'"),
    ({"prioriy": "high"}, "/prioriy", "is not a known field"),
    ({"notify_url": "https://a.example"}, "/notify_url", "is not a known field"),
    ({"after": ["x"]}, "/after/0", "Invalid UUID"),
    ({"after": [STRANGE]}, "/after/0", f"names no job of yours: '{STRANGE}'"),
    ({"after": [STRANGE] * 101}, "/after", "must be at most 100, not 101"),
    ({"if_after_fails": "stop"}, "/if_after_fails", "must be one of cancel, run, not 'stop'"),
]


@pytest.mark.parametrize(("change", "pointer", "message"), WRONG)
def test_what_is_wrong_is_named(change: dict[str, Any], pointer: str, message: str) -> None:
    assert wrong(ECHO | change) == {pointer: message}
    assert wrong(ECHO) == {}


def test_a_body_that_is_no_object_is_told_in_words() -> None:
    with pytest.raises(Invalid, match=r"^the body: Expected `object`, got `array`$"):
        decode_body(b"[]", SubmitBody)


def test_every_wrong_field_is_named_at_once() -> None:
    body: dict[str, Any] = {
        "priority": "x",
        "max_attempts": "y",
        "bogus": 1,
        "tags": [1, "fine", 2],
        "backoff": {"x": 1},
    }
    assert set(wrong(body)) == {
        "/kind", "/priority", "/max_attempts", "/bogus", "/tags/0", "/tags/2", "/backoff/x",
    }  # fmt: skip


def test_bodies_that_no_decoder_takes() -> None:
    def refusal(content: bytes) -> type[Exception]:
        with pytest.raises((Malformed, Invalid)) as raised:
            decode_body(content, SubmitBody)
        return raised.type

    value = b'{"kind": "demo.echo", "payload": {"value": '
    not_json = [b"{", b"[] {", b'{"kind": 5, "x": NaN}', b"\xef\xbb\xbf{}", b'{"kind": "\xff"}']
    not_json += [value + b"NaN}}", value + b'"\\ud800 "}}']
    twin_key = value + b'1}, "kind": "x"}'
    for content in (*not_json, twin_key):
        assert refusal(content) is Malformed, content
    too_much = [value + b"1e999}}", value + b"[" * 100_000, value + b'{"a":' * 40_000, value + b"9" * 9_000 + b"}}"]
    for content in (b"[]", b"null", b"1", *too_much):
        assert refusal(content) is Invalid, content[:100]


LEAVES = (
    st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.integers() | st.text(max_size=5)
)
NAMES = st.sampled_from(["jobs", "kind", "payload", "tags", "backoff", "run_at", "x", "/~"])
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(NAMES, inner, max_size=5),
    max_leaves=20,
)


@given(st.binary(max_size=200) | VALUES.map(lambda value: json.dumps(value).encode()))
def test_whatever_is_sent_is_taken_or_refused_with_pointers(body: bytes) -> None:
    for wanted in (SubmitBody, BatchBody):
        found: list[FieldError] | None = None
        try:
            decode_body(body, wanted)
        except Invalid as error:
            found = error.errors
        except Malformed:
            pass
        assert found is None or 1 <= len(found) <= 100
        assert all(one.pointer == "" or one.pointer.startswith("/") for one in found or ())


def test_a_batch_points_at_each_bad_job() -> None:
    jobs: list[Any] = [ECHO] * 3 + [ECHO | {"priority": "urgent"}, ECHO | {"a/b": 1}, 5]
    with pytest.raises(Invalid) as raised:
        decode_body(json.dumps({"jobs": jobs}).encode(), BatchBody)
    assert [error.pointer for error in raised.value.errors] == ["/jobs/3/priority", "/jobs/4/a~1b", "/jobs/5"]


LARGE = b" " * 256 * 1024


@pytest.mark.parametrize(
    ("jobs", "pointer"),
    [
        (b"[" + b"{}," * 1_000 + b"{}]", "/jobs"),
        (b"[{}, 5]", "/jobs/1"),
        (b"{}", "/jobs"),
    ],
)
def test_a_large_batch_is_refused_before_it_is_decoded(
    jobs: bytes, pointer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jobyard.web.strict_request.every_error", every_error_is_not_asked)
    with pytest.raises(Invalid) as raised:
        decode_body(b'{"jobs":' + jobs + LARGE + b"}", BatchBody, check_batch_size)
    assert [error.pointer for error in raised.value.errors] == [pointer]


def every_error_is_not_asked(_: bytes, __: Any) -> list[FieldError]:
    raise AssertionError("the whole body was decoded")


def test_a_job_of_a_batch_that_is_larger_than_a_single_one_may_be_is_not_decoded() -> None:
    body = b'{"jobs": [{}, {"kind": 5, "payload": [' + b"[]," * 100_000 + b"0]}]}"
    with pytest.raises(TooLarge, match=r"^/jobs/1 must have at most 262144 bytes, has 300027\.$"):
        decode_body(body, BatchBody, check_batch_size)


def test_a_large_batch_that_is_right_is_decoded_and_pointed_at() -> None:
    body = json.dumps({"jobs": [ECHO, ECHO | {"priority": "urgent"}]}).encode()[:-1] + LARGE + b"}"
    with pytest.raises(Invalid) as raised:
        decode_body(body, BatchBody, check_batch_size)
    assert [error.pointer for error in raised.value.errors] == ["/jobs/1/priority"]
    with pytest.raises(Malformed):
        decode_body(body + b"]", BatchBody, check_batch_size)


def test_errors_beyond_a_hundred_are_not_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at: list[Any] = []
    convert = msgspec.convert

    def noted(value: Any, wanted: Any, *, strict: bool) -> Any:
        looked_at.append(value)
        return convert(value, wanted, strict=strict)

    monkeypatch.setattr(msgspec, "convert", noted)
    assert len(every_error(b'{"jobs": [' + b"5," * 1_000 + b"5]}", BatchBody)) == 100
    assert len(looked_at) == 100


# JSON that storage can't hold, or that a decoder must not recurse into -----------------------------------------------
@given(st.integers(1, 64))
def test_sixty_four_levels_are_allowed(levels: int) -> None:
    assert json_problem(nested(levels), 64) is None
    assert json_problem({"a": nested(levels)}, 64) == (
        None if levels < 64 else FieldError("/a" + "/0" * 63, "is nested more than 64 levels deep")
    )


WALKED: list[tuple[Any, bool]] = [
    ([[]] * 1_000 + [{"a": [{}]}] * 1_000, True),
    ([nested(62)] * 100, True),
    ([nested(64)] * 100, False),
    (["[" * 1_000, '"[[\\"[[', {"{" * 100: "]"}], True),
    ({'\\"' * 40 + "[" * 100: 1}, True),
    (r"\u0000 in words", True),
    ("\0", False),
]


@pytest.mark.parametrize(("value", "is_fine"), WALKED)
def test_a_value_is_walked_only_where_something_may_be_wrong(value: Any, *, is_fine: bool) -> None:
    assert (json_problem(value, 64) is None) == is_fine


def test_a_wide_value_is_not_walked(monkeypatch: pytest.MonkeyPatch) -> None:
    def walked(*_: Any) -> Any:
        raise AssertionError("the walk began")

    monkeypatch.setattr("jobyard.services.job_request.cast", walked)
    assert json_problem([[{}]] * 10_000, 64) is None


def test_a_very_deep_value_is_no_recursion() -> None:
    problem = json_problem(nested(500_000), 64)
    assert problem is not None
    assert problem.pointer == "/0" * 64


def test_a_long_key_above_many_items_is_not_copied_for_each() -> None:
    problem = json_problem({"k" * 200_000: [1] * 50_000 + ["\0"]}, 64)
    assert problem is not None
    assert len(problem.pointer) <= 512


@given(st.recursive(st.text() | st.none(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_the_character_that_storage_lacks_is_found_wherever_it_is(value: Any) -> None:
    holds_it = "\\u0000" in json.dumps(value).replace("\\\\", "")
    assert (json_problem(value, 10_000) is not None) == holds_it


# What becomes of a request -------------------------------------------------------------------------------------------
class Slow:
    """A kind with defaults of its own."""

    name = "slow"
    audience = "everyone"
    defaults = JobOptions(3, 60.0, Backoff(BackoffStrategy.FIXED, 7.0, 70.0))
    secret = SecretFields()

    def check_payload(self, payload: Any) -> None: ...


def test_the_request_wins_over_the_kind_and_the_kind_over_the_server() -> None:
    def options(**body: Any) -> JobOptions:
        request = read({"kind": "slow"} | body)
        return new_job(request, Slow(), owner=1, job_id=uuid7(), now=NOW).options

    assert options() == Slow.defaults
    assert options(
        max_attempts=1, timeout_seconds=2, backoff={"strategy": "exponential", "max_seconds": 3}
    ) == JobOptions(1, 2.0, Backoff(BackoffStrategy.EXPONENTIAL, 7.0, 3.0))


def test_a_delay_counts_from_now_and_the_past_is_now() -> None:
    def run_at(**body: Any) -> datetime | None:
        return new_job(read({"kind": "slow"} | body), Slow(), owner=1, job_id=uuid7(), now=NOW).run_at

    assert run_at() is None
    assert run_at(delay_seconds=90) == NOW + timedelta(seconds=90)
    assert run_at(run_at="2026-11-24T14:00:00+02:00") is None
    assert run_at(run_at="2026-11-24T14:00:01+02:00") == NOW + timedelta(seconds=1)


def test_a_kind_that_is_off_is_told_as_such() -> None:
    kind = REGISTRY.with_audiences({"demo.echo": Audience.OFF}).get("demo.echo")
    found = problems(read(ECHO), kind, AROUND, now=NOW, limits=Limits())
    assert found == [FieldError("/kind", "is turned off on this server: 'demo.echo'")]


def test_an_audience_is_kept() -> None:
    def may(audience: Audience, *, role: Role = Role.USER, verified: bool = False) -> bool:
        kind = REGISTRY.with_audiences({"demo.echo": audience}).get("demo.echo")
        try:
            check_audience(Viewer(1, uuid7(), role, email_verified=verified), kind)
        except Forbidden:
            return False
        return True

    assert may(Audience.EVERYONE)
    assert not may(Audience.VERIFIED)
    assert may(Audience.VERIFIED, verified=True)
    assert not may(Audience.ADMINS, verified=True)
    assert may(Audience.ADMINS, role=Role.ADMIN)
    assert may(Audience.VERIFIED, role=Role.ADMIN)
