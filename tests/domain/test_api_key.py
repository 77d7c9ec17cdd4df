import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobyard.domain.api_key import api_key_of, hint_of, in_order, is_api_key
from jobyard.domain.user import Scope


@given(st.binary(min_size=32, max_size=32))
def test_every_key_is_known_as_one_and_has_the_length_of_all(random: bytes) -> None:
    key = api_key_of(random)
    assert is_api_key(key)
    assert len(key) == 52
    assert key.startswith("jy_")


@given(st.binary(min_size=32, max_size=32), st.integers(0, 51), st.characters(max_codepoint=127))
def test_one_wrong_character_is_found_without_the_database(random: bytes, place: int, other: str) -> None:
    key = api_key_of(random)
    changed = key[:place] + other + key[place + 1 :]
    assert is_api_key(changed) == (changed == key)


@given(st.text(max_size=80))
def test_any_text_is_a_key_or_not(text: str) -> None:
    assert not is_api_key("jy_" + text) or len(text) == 49


def test_two_keys_are_never_the_same() -> None:
    zero, one = api_key_of(bytes(32)), api_key_of(bytes(31) + b"\x01")
    assert zero != one
    assert api_key_of(b"\xff" * 32) != zero
    with pytest.raises(ValueError, match="32 random bytes, not 31"):
        api_key_of(bytes(31))


def test_the_hint_tells_little() -> None:
    assert hint_of(api_key_of(b"\xff" * 32)) == api_key_of(b"\xff" * 32)[:8]


def test_scopes_have_one_order_and_no_repeats() -> None:
    assert in_order([Scope.ADMIN, Scope.JOBS_READ, Scope.ADMIN]) == (Scope.JOBS_READ, Scope.ADMIN)
