"""The tours of README.md and docs/api.md, pasted into a shell beside a real `./just up`."""

import asyncio
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from tests.docs.pages import blocks, page, section
from tests.up import test_up_for_real as ups

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

start = ups.start
FIRST = "JOBYARD=http://localhost:8080"
PATIENCE_SECONDS = 60


def paste(commands: list[str], origin: str) -> str:
    """What a shell says that gets these one after the other; it ends at the first that fails."""
    text = "".join(commands)
    assert FIRST in text
    shell = shutil.which("sh")
    assert shell is not None
    assert shutil.which("curl") is not None, "the tours need curl: install it (Debian: apt-get install curl)"
    done = subprocess.run(
        [shell, "-eu", "-c", text.replace(FIRST, f"JOBYARD={origin}")],
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    return done.stdout


async def read_until(stream: asyncio.StreamReader, word: str) -> list[str]:
    lines: list[str] = []
    async with asyncio.timeout(PATIENCE_SECONDS):
        while word not in (lines[-1] if lines else ""):
            line = await stream.readline()
            assert line, lines
            lines.append(line.decode().strip())
    return lines


async def test_the_tours_work_when_pasted(start: Callable[[], ups.Up], tmp_path: Path) -> None:
    up = await asyncio.to_thread(start)
    readme = [block for block in blocks(section(page("README.md"), "A tour with curl"), "sh") if "wscat" not in block]
    assert len(readme) == 4
    said = await asyncio.to_thread(paste, readme, up.page)
    assert said.startswith("sign-up: 201\n")
    assert re.search(r"^running \d of 5 s$", said, re.MULTILINE)
    assert "\ncompleted None\n" in said
    assert "{'type': 'DemoFailure', 'message': 'This failure is a demonstration.'}\n6\n" in said
    assert said.count('"outcome": "completed"') == said.count('"outcome": "failed"') == 1

    again = await asyncio.to_thread(paste, readme, up.page)
    assert again.startswith("sign-up: 409\n")
    assert "\ncompleted None\n" in again

    guide = page("docs/api.md")
    said = await asyncio.to_thread(paste, blocks(guide, "sh"), up.page)
    assert '"batch_id":' in said
    assert said.count('"kind": "demo.echo"') >= 1
    assert '"scheduled":1' in said

    script = tmp_path / "watch.py"
    script.write_text(blocks(guide, "python")[0], encoding="utf-8")
    async with httpx.AsyncClient(base_url=up.page, timeout=PATIENCE_SECONDS) as client:
        token = (await client.post("/login", json=ups.ACCOUNT)).json()["access_token"]
        client.headers["Authorization"] = f"Bearer {token}"
        watcher = await asyncio.create_subprocess_exec(
            sys.executable,
            str(script),
            env={**os.environ, "JOBYARD": up.page, "TOKEN": token},
            stdout=asyncio.subprocess.PIPE,
        )
        try:
            assert watcher.stdout is not None
            assert await read_until(watcher.stdout, "ready") == ["ready"]
            await client.post("/jobs", json={"kind": "demo.echo", "payload": {"value": 1}})
            heard = await read_until(watcher.stdout, "completed")
            assert heard[-1] == "demo.echo completed"
            async with asyncio.timeout(PATIENCE_SECONDS):
                assert await watcher.wait() == 0
        finally:
            if watcher.returncode is None:
                watcher.kill()
                await watcher.wait()
