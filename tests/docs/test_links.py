"""What the pages point at exists: links, files named in passing, headings, recipes, import rules, decisions."""

import re
from pathlib import Path

import pytest

from jobyard.domain.job import MOVES
from tests.docs.pages import PAGES, ROOT, blocks, name_of, page

LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
TOP = "backend|frontend|migrations|tests|deploy|docs|benchmarks"
PATH = re.compile(rf"`((?:(?:{TOP})/[\w./$-]*)|[\w.-]+\.(?:md|toml|yml|in|lock|txt))(?:::[^`]*)?`")
MADE = {"frontend/dist", ".env"}  # not in the repository
everywhere = pytest.mark.parametrize("path", PAGES, ids=name_of)


def anchor(heading: str) -> str:
    """GitHub's anchor of a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def anchors(path: Path) -> set[str]:
    return {anchor(heading) for heading in re.findall(r"^#+ (.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)}


def test_there_are_pages() -> None:
    assert {
        "README.md",
        "CONTRIBUTING.md",
        "CHANGELOG.md",
        "SECURITY.md",
        "docs/guarantees.md",
        "docs/decisions/0001-live-and-history.md",
    } <= {name_of(path) for path in PAGES}


@everywhere
def test_links_lead_somewhere(path: Path) -> None:
    for target in LINK.findall(path.read_text(encoding="utf-8")):
        if "://" in target or target.startswith("mailto:"):
            continue
        file, _, fragment = target.partition("#")
        there = (path.parent / file).resolve() if file else path
        assert there.exists(), target
        if fragment:
            assert fragment in anchors(there), target


@everywhere
def test_files_that_are_named_exist(path: Path) -> None:
    for named in PATH.findall(path.read_text(encoding="utf-8")):
        if named.rstrip("/") not in MADE:
            candidates = [ROOT / named, path.parent / named, ROOT / "docs" / named]
            assert any(one.exists() for one in candidates), named


@everywhere
def test_recipes_that_are_named_exist(path: Path) -> None:
    recipes = set(re.findall(r"^([a-z][a-z0-9-]*)(?: [^:=]*)?:(?!=)", page("Justfile"), re.MULTILINE))
    assert "up" in recipes
    named = set(re.findall(r"\./just ([a-z][a-z0-9-]*)", path.read_text(encoding="utf-8")))
    assert named <= recipes


@everywhere
def test_nothing_of_the_machine_it_was_written_on(path: Path) -> None:
    assert not re.search(r"/(?:root|home|work|tmp)/", path.read_text(encoding="utf-8"))


def test_every_document_can_be_found_from_the_readme_and_every_decision_from_architecture() -> None:
    for start, folder in (("README.md", ROOT / "docs"), ("docs/architecture.md", ROOT / "docs/decisions")):
        targets = {(ROOT / start).parent / target for target in LINK.findall(page(start)) if "://" not in target}
        reached = {target.resolve() for target in targets}
        for path in folder.glob("*.md"):
            assert path in reached, f"{start} has no link to {name_of(path)}"


def test_decisions_are_numbered_without_a_gap() -> None:
    names = sorted(path.name for path in (ROOT / "docs/decisions").glob("*.md"))
    assert [int(name[:4]) for name in names] == list(range(1, len(names) + 1))
    for name in names:
        assert page(f"docs/decisions/{name}").startswith(f"# {int(name[:4])}. ")


def test_every_import_rule_is_told() -> None:
    rules = re.findall(r'^name = "(.*)"$', page("pyproject.toml").partition("[tool.importlinter]")[2], re.MULTILINE)
    assert len(rules) > 8
    text = page("docs/architecture.md")
    for rule in rules:
        assert rule in text, rule


def test_the_picture_of_the_states_is_the_table_of_moves() -> None:
    (picture,) = [block for block in blocks(page("README.md"), "mermaid") if block.startswith("stateDiagram")]
    drawn = {
        (before, verb.strip(), after)
        for before, after, verbs in re.findall(r"^    (\w+) --> (\w+): (.*)$", picture, re.MULTILINE)
        for verb in verbs.split(",")
    }
    assert drawn == {(str(before), str(verb), str(after)) for (before, verb), after in MOVES.items()}
