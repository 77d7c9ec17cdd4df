"""The documents, as tests read them."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def page(name: str) -> str:
    """The text of a page, by its path in the repository."""
    return (ROOT / name).read_text(encoding="utf-8")


def name_of(path: Path) -> str:
    """A path as the pages write it."""
    return path.relative_to(ROOT).as_posix()


def section(text: str, title: str) -> str:
    """What stands below a heading, up to the next of its level. Raises ValueError where there is no such heading."""
    found = re.search(rf"^(#+) {re.escape(title)}\n(.*?)(?=^\1 |\Z)", text, re.MULTILINE | re.DOTALL)
    if found is None:
        raise ValueError(f"there is no heading {title!r}")
    return found[2]


def blocks(text: str, language: str) -> list[str]:
    """The fenced blocks in this language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def rows(text: str) -> list[list[str]]:
    """The cells of every row of every table, heads left out. A bar in a cell is written with a backslash before it."""
    found: list[list[str]] = []
    for line in re.findall(r"^\|(.*)\|$", text, re.MULTILINE):
        cells = [cell.strip().replace(r"\|", "|") for cell in re.split(r"(?<!\\)\|", line)]
        if set("".join(cells)) <= set("-: "):
            found.pop()  # the row above the rule is the head
        else:
            found.append(cells)
    return found
