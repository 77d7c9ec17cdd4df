"""Schemathesis calls every operation of the document with made-up input, good and bad, in sequences too."""

import asyncio
import sys
from pathlib import Path

import pytest

from tests.contract.conftest import Server

HERE = Path(__file__).parent
SEED = 20_261_124
PROGRAM = Path(sys.executable).with_name("schemathesis")
ONLY_FOR_STRANGERS = ["--include-path-regex", "^/(signup|login|logout|token|password|email|healthz|readyz)"]


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("who", ["stranger", "user", "admin"])
async def test_every_call_keeps_its_document(server: Server, who: str, tmp_path: Path) -> None:
    """No 500, no answer or header that the document does not name, nothing bad taken, nothing good refused."""
    person = {"stranger": None, "user": server.user, "admin": server.admin}[who]
    arguments = ONLY_FOR_STRANGERS if person is None else ["--header", f"Authorization: Bearer {person.token}"]
    told = tmp_path / "told.txt"
    try:
        with told.open("wb") as output:
            process = await asyncio.create_subprocess_exec(
                *(PROGRAM, "--no-color", "--config-file", HERE / "schemathesis.toml"),
                *("run", f"{server.url}/openapi.json", "--checks", "all", "--continue-on-failure", "--seed", str(SEED)),
                *arguments,
                stdout=output,
                stderr=output,
                cwd=tmp_path,
            )
            assert await process.wait() == 0
    finally:  # with the seed, and how each failure is repeated
        print(told.read_text(encoding="utf-8", errors="replace"))  # noqa: T201
    if person is not None:
        answer = await person.get("/me")
        assert answer.status_code == 200, "it signed itself out on the way, and saw little of the rest"
