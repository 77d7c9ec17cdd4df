"""Passwords and emails."""

import pytest

from jobyard.domain.user import fold_email, password_problem

COMMON = frozenset({"1234567890", "passwordpassword"})
EMAIL = "Mara@Example.org"


@pytest.mark.parametrize(
    ("password", "problem"),
    [
        ("short", "at least 10 characters, has 5"),
        ("ä" * 37, "at most 72 bytes in UTF-8, has 74"),
        ("x" * 73, "at most 72 bytes in UTF-8, has 73"),
        ("PasswordPassword", "commonest"),
        ("mara@example.ORG", "email address"),
        ("good\0password", "U+0000"),
    ],
)
def test_a_bad_password_is_refused_with_the_rule(password: str, problem: str) -> None:
    assert problem in (password_problem(password, EMAIL, COMMON) or "")


@pytest.mark.parametrize("password", ["ten chars!", "x" * 72, "ä" * 36, "correct horse battery"])
def test_a_good_password(password: str) -> None:
    assert password_problem(password, EMAIL, COMMON) is None


def test_emails_are_compared_without_case_and_outer_space() -> None:
    assert fold_email(" Mara@Example.ORG ") == fold_email("mara@example.org")
