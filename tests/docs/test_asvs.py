"""docs/asvs.md has each item of OWASP ASVS 5.0, level 1 and 2, once, and names tests that exist."""

import re
from collections import Counter

import pytest

from tests.docs.pages import page, rows, section
from tests.docs.test_guarantees import check

# How many items of level 1 and 2 each section has: they are the first ones, without a gap.
SECTIONS = {
    "1.1": 2, "1.2": 9, "1.3": 11, "1.4": 3, "1.5": 2,
    "2.1": 3, "2.2": 3, "2.3": 4, "2.4": 1,
    "3.2": 2, "3.3": 4, "3.4": 6, "3.5": 5, "3.7": 2,
    "4.1": 3, "4.2": 1, "4.3": 2, "4.4": 4,
    "5.1": 1, "5.2": 3, "5.3": 2, "5.4": 3,
    "6.1": 3, "6.2": 12, "6.3": 4, "6.4": 4, "6.5": 5, "6.6": 3, "6.8": 4,
    "7.1": 3, "7.2": 4, "7.3": 2, "7.4": 5, "7.5": 2, "7.6": 2,
    "8.1": 2, "8.2": 3, "8.3": 1, "8.4": 1,
    "9.1": 3, "9.2": 4,
    "10.1": 2, "10.2": 2, "10.3": 4, "10.4": 11, "10.5": 5, "10.6": 2, "10.7": 3,
    "11.1": 2, "11.2": 3, "11.3": 3, "11.4": 4, "11.5": 1, "11.6": 1,
    "12.1": 3, "12.2": 2, "12.3": 4,
    "13.1": 1, "13.2": 5, "13.3": 2, "13.4": 5,
    "14.1": 2, "14.2": 4, "14.3": 3,
    "15.1": 3, "15.2": 3, "15.3": 7,
    "16.1": 1, "16.2": 5, "16.3": 4, "16.4": 3, "16.5": 3,
    "17.1": 1, "17.2": 4, "17.3": 2,
}  # fmt: skip
PAGE = page("docs/asvs.md")
NOT_MET = {row[0] for row in rows(section(PAGE, "Not met"))}
MET = [row for row in rows(PAGE) if row[0] not in NOT_MET]


def test_every_item_stands_once() -> None:
    wanted = [f"{name}.{item}" for name, items in SECTIONS.items() for item in range(1, items + 1)]
    assert len(wanted) == 253
    listed = Counter(re.findall(r"(?<![\d.])\d+\.\d+\.\d+(?!\.?\d)", PAGE))
    assert sorted(listed) == sorted(wanted)
    assert {item for item, times in listed.items() if times > 1} == set()


@pytest.mark.parametrize("row", MET, ids=[row[0] for row in MET])
def test_what_is_met_names_tests_that_exist(row: list[str]) -> None:
    assert len(row) == 3
    if row[2] != "—":
        check(row[2])


def test_most_items_have_a_test() -> None:
    assert len(MET) > 80
    assert sum(row[2] == "—" for row in MET) < 15
