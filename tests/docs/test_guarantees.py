"""Every promise of docs/guarantees.md and every row of docs/security.md names a test that exists."""

import ast
import re
from functools import cache

import pytest

from tests.docs.pages import ROOT, page, rows

REFERENCE = re.compile(r"`([\w./-]+\.(?:py|tsx?))::([^`]+)`")
PROMISE = re.compile(r"^- \*\*([A-Z]\d+\.\d+)\*\* (.*?)(?=^- \*\*|^#|\Z)", re.MULTILINE | re.DOTALL)
PROMISES = [(number, " ".join(text.split())) for number, text in PROMISE.findall(page("docs/guarantees.md"))]
SECURITY = [row for row in rows(page("docs/security.md")) if len(row) == 3]


@cache
def names_in(path: str) -> frozenset[str]:
    """The names of the tests in a file: functions in Python, titles in TypeScript."""
    text = (ROOT / path).read_text(encoding="utf-8")
    if path.endswith(".py"):
        nodes = ast.walk(ast.parse(text))
        return frozenset(node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return frozenset(re.findall(r"""\b(?:it|test)\(\s*["'`](.*?)["'`],""", text))


def check(text: str) -> None:
    references = REFERENCE.findall(text)
    assert references, "it names no test"
    for path, name in references:
        assert (ROOT / path).is_file(), path
        assert name in names_in(path), f"{path} has no test {name!r}"


@pytest.mark.parametrize(("number", "text"), PROMISES, ids=[number for number, _ in PROMISES])
def test_a_promise_names_tests_that_exist(number: str, text: str) -> None:
    check(text)
    sentence = text.partition("Shown by")[0].strip()
    assert sentence.endswith("."), number


@pytest.mark.parametrize("row", SECURITY, ids=[row[0] for row in SECURITY])
def test_a_line_of_the_security_page_names_tests_that_exist(row: list[str]) -> None:
    check(row[2])


def test_promises_are_numbered_in_order() -> None:
    numbers = [number for number, _ in PROMISES]
    assert len(numbers) > 20
    assert len(SECURITY) > 20
    for group in dict.fromkeys(number.partition(".")[0] for number in numbers):
        mine = [int(number.partition(".")[2]) for number in numbers if number.partition(".")[0] == group]
        assert mine == list(range(1, len(mine) + 1)), group


def test_a_line_that_names_a_test_that_is_gone_is_found() -> None:
    for text in (
        "A promise.",
        "A promise. Shown by `tests/docs/test_guarantees.py::test_that_never_was`.",
        "A promise. Shown by `tests/docs/no_such_file.py::test_x`.",
    ):
        with pytest.raises(AssertionError):
            check(text)
