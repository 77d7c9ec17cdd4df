from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobyard.domain.secrets import SecretFields

HTTP = SecretFields(("url:userinfo", "headers.*authorization*", "headers.*token*"))

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@pytest.mark.parametrize(
    ("names", "payload", "shown"),
    [
        (("a",), {"a": "x", "b": "x"}, {"a": "***", "b": "x"}),
        (("a",), {"A": 1, "b": {"a": 2}}, {"A": "***", "b": {"a": 2}}),
        (("a.b",), {"a": {"b": {"c": 1}, "d": 2}}, {"a": {"b": "***", "d": 2}}),
        (("a.b",), {"a": [{"b": 1}, {"c": 1}, 5]}, {"a": [{"b": "***"}, {"c": 1}, 5]}),
        (("a",), {"a": None}, {"a": None}),
        (("a",), {"a": ["x", "y"]}, {"a": ["***", "***"]}),
        (("a",), ["x"], ["x"]),
        (("a.b",), {"a": "x"}, {"a": "x"}),
        (("url:userinfo",), {"url": "https://u:p@h/x@y"}, {"url": "https://***@h/x@y"}),
        (("url:userinfo",), {"url": "https://h/u:p@x"}, {"url": "https://h/u:p@x"}),
        (("url:userinfo",), {"url": 5}, {"url": 5}),
        ((), {"a": "x"}, {"a": "x"}),
    ],
)
def test_what_is_shown(names: tuple[str, ...], payload: Any, shown: Any) -> None:
    assert SecretFields(names).redact(payload) == shown


def test_texts_are_cleared_of_all_parts_of_a_secret() -> None:
    payload = {
        "url": "https://mara:p%40ss-word@example.org/",
        "headers": {"Authorization": "Bearer abcdefgh12345", "X-Token": 123456, "Accept": "text/html"},
    }
    hide = HTTP.hider(payload)
    text = hide("abcdefgh12345 'Bearer abcdefgh12345' p%40ss-word p@ss-word 123456 text/html mara:p%40ss-word@h")
    assert text == "*** '***' *** *** *** text/html ***@h"


def test_a_secret_that_is_too_short_to_be_one_is_not_looked_for() -> None:
    assert SecretFields(("pin",)).hider({"pin": "1"})("11 of 10") == "11 of 10"


@given(JSON)
def test_whatever_the_payload_it_is_not_changed_itself(payload: Any) -> None:
    before = repr(payload)
    HTTP.redact(payload)
    assert HTTP.hider(payload)("plain") in ("plain", "***")
    assert repr(payload) == before


@given(st.text(min_size=4), st.text())
def test_no_secret_is_left_in_a_text(secret: str, around: str) -> None:
    assert secret in "***" or secret not in SecretFields(("s",)).hider({"s": secret})(around + secret + around)
