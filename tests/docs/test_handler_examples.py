"""The examples of docs/writing-handlers.md, cut out of the page and run on a worker."""
# pyright: reportPrivateUsage=false

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any
from uuid import UUID

import msgspec
import pytest
from uuid_utils.compat import uuid7

from jobyard.domain.job import JobState, NewJob
from jobyard.handlers.registry import Kind, Registry, RunsIn
from tests.docs.pages import blocks, page
from tests.worker import conftest as workers
from tests.worker.conftest import Yard

engine = workers.engine
yard = workers.yard

PLACE = "# backend/jobyard/handlers/"
EXAMPLES = {
    block.partition("\n")[0].removeprefix(PLACE).removesuffix(".py"): block
    for block in blocks(page("docs/writing-handlers.md"), "python")
    if block.startswith(PLACE)
}


@pytest.fixture
def modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, ModuleType]]:
    """The examples as modules, which a process of a CPU-bound handler can import too."""
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    for name, text in EXAMPLES.items():
        (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
    yield {name: importlib.import_module(name) for name in EXAMPLES}
    for name in EXAMPLES:
        del sys.modules[name]


@pytest.fixture
def registry(modules: dict[str, ModuleType]) -> Registry:
    made = Registry()
    for module in modules.values():
        module.register(made)
    return made


async def submit(yard: Yard, kind: str, payload: dict[str, Any]) -> UUID:
    job_id = UUID(int=uuid7().int)
    await yard.store.submit([NewJob(id=job_id, owner=yard.engine.viewer.key, kind=kind, payload=payload)])
    return job_id


async def result(yard: Yard, job_id: UUID) -> Any:
    await yard.until(JobState.COMPLETED, job_id)
    return msgspec.json.decode(bytes((await yard.engine.get(job_id)).result))


def test_each_way_to_run_is_shown_and_has_a_form(registry: Registry) -> None:
    assert {kind.name: kind.runs_in for kind in registry.all()} == {
        "words.count": RunsIn.THREAD,
        "primes.count": RunsIn.PROCESS,
        "patience.wait": RunsIn.LOOP,
    }
    for kind in registry.all():
        for name, field in properties(kind).items():
            assert field.get("title"), name
            assert "default" in field or field.get("examples"), name


def properties(kind: Kind) -> dict[str, dict[str, Any]]:
    (struct,) = kind.payload_schema["$defs"].values()
    return struct["properties"]


async def test_they_do_what_the_page_says(yard: Yard, registry: Registry) -> None:
    async with yard._worker(registry, {}):
        words = await submit(yard, "words.count", {"text": "to be or not to be", "most": 2})
        primes = await submit(yard, "primes.count", {"below": 100})
        patience = await submit(yard, "patience.wait", {"steps": 2, "pause_seconds": 0})
        none = await submit(yard, "words.count", {"text": "   "})
        assert await result(yard, words) == {"to": 2, "be": 2}
        assert await result(yard, primes) == {"primes": 25}
        assert await result(yard, patience) == {"steps": 2, "attempts": 2}
        await yard.until(JobState.FAILED, none)
    error = (await yard.engine.get(none)).error
    assert error is not None
    assert (error.type, error.message) == ("no_words", "there is no word in the text")
    assert (await yard.engine.get(patience)).run == 3  # snoozed, busy, done


def test_the_line_stands_where_the_page_says() -> None:
    """`words.register(registry)` beside those of the kinds that ship."""
    line = blocks(page("docs/writing-handlers.md"), "python")[1]
    assert line.replace("words", "demo").rstrip(")\n") in page("backend/jobyard/handlers/catalog.py")
