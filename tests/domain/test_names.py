import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobyard.domain.names import clean_name, name_problem


@pytest.mark.parametrize(
    "name",
    ["Ann", "李小龍", "O'Brien-Müller", "علی‌رضا", "क्‍ष", "👩‍👩‍👧 family", "a b", "7", "é", " spaces around "],
)
def test_names_of_people(name: str) -> None:
    assert name_problem(name) is None


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("", "must not be empty"),
        (" \u00a0\u3000", "must not be empty"),
        ("a\nb", "must not contain control characters"),
        ("a\u0000b", "must not contain control characters"),
        ("\u200b", "must not contain invisible characters, such as U+200B"),
        ("Ann\u202egro.live", "must not contain invisible characters, such as U+202E"),
        ("\u2066Ann\u2069", "must not contain invisible characters, such as U+2066"),
        ("Ann\u2028Bob", "must not contain invisible characters, such as U+2028"),
        ("A\u00addmin", "must not contain invisible characters, such as U+00AD"),
        ("\ufeffAnn", "must not contain invisible characters, such as U+FEFF"),
        ("A\U000e0041nn", "must not contain invisible characters, such as U+E0041"),
        ("\ue000", "must not contain invisible characters, such as U+E000"),
        ("\u200d\u200c", "must contain something that can be seen"),
        ("\u3164", "must contain something that can be seen"),
        ("\u2800\u2800", "must contain something that can be seen"),
        ("\u0301", "must contain something that can be seen"),
        ("a" * 101, "must have at most 100 characters, has 101"),
    ],
)
def test_what_is_wrong_is_named(name: str, problem: str) -> None:
    assert name_problem(name) == problem


def test_two_spellings_of_one_name_are_kept_alike() -> None:
    assert clean_name(" Zoe\u0308 ") == clean_name("Zo\u00eb") == "Zoë"


@given(st.text(max_size=120))
def test_a_name_that_is_taken_is_seen_and_leaves_the_text_around_it_alone(name: str) -> None:
    if name_problem(name) is None:
        kept = clean_name(name)
        assert 0 < len(kept) <= 100
        assert kept == kept.strip()
        assert not any(
            unicodedata.bidirectional(character) in {"LRE", "RLE", "LRO", "RLO", "PDF"} for character in kept
        )
        assert name_problem(kept) is None
