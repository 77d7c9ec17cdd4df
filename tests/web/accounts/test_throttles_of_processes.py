"""S3: throttles hold over several API processes behind the front door: real ones, with the real Caddy."""

import asyncio
import os
import subprocess
import threading
from collections.abc import Coroutine, Generator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from jobyard.postgres.embedded import free_port
from jobyard.up.plan import REPOSITORY, caddy_program
from tests.live.test_behind_granian import served

PASSWORD = "rather long and odd"
PATIENCE_SECONDS = 60
FAILURES = 10
SIGN_UPS = 2


@contextmanager
def front_door(folder: Path, ports: list[int]) -> Generator[str]:
    """Caddy before these ports of this machine, which takes them in turn: where it is."""
    port = free_port()
    environment = {
        "HOME": str(folder),
        "JOBYARD_SITE": f"http://:{port}",
        "JOBYARD_BIND": "127.0.0.1",
        "JOBYARD_API": " ".join(f"127.0.0.1:{upstream}" for upstream in ports),
        "JOBYARD_PAGE": str(folder),
    }
    command = [caddy_program(os.environ), "run", "--config", str(REPOSITORY / "Caddyfile"), "--adapter", "caddyfile"]
    process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, start_new_session=True)
    try:
        assert process.stderr is not None
        assert any(b"serving initial configuration" in line for line in process.stderr)
        threading.Thread(target=process.stderr.read, daemon=True).start()
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait(PATIENCE_SECONDS)
        if process.stderr is not None:
            process.stderr.close()


@pytest.mark.timeout(300)
async def test_guesses_and_sign_ups_are_counted_over_processes(database_url: str, tmp_path: Path) -> None:
    """Sent at once and taken by either process; a forged header is no other address, and no process forgets."""
    async with AsyncExitStack() as stack:
        limits = {"JOBYARD_SIGNUPS_PER_ADDRESS": str(SIGN_UPS)}
        ports = [(await stack.enter_async_context(served(database_url, **limits)))[1] for _ in range(2)]
        door = stack.enter_context(front_door(tmp_path, ports))
        client = await stack.enter_async_context(httpx.AsyncClient(timeout=PATIENCE_SECONDS))

        async def post(path: str, name: str, password: str, place: str = door, **headers: str) -> int:
            body = {"email": f"{name}@example.org", "password": password}
            return (await client.post(f"{place}{path}", json=body, headers=headers)).status_code

        signed_up = await gathered([post("/signup", f"user{number}", PASSWORD) for number in range(3 * SIGN_UPS)])
        assert sorted(signed_up) == [201] * SIGN_UPS + [429] * 2 * SIGN_UPS
        name = f"user{signed_up.index(201)}"
        guesses = await gathered([post("/login", name, "a wrong password") for _ in range(3 * FAILURES)])
        assert sorted(guesses) == [401] * FAILURES + [429] * 2 * FAILURES
        assert await post("/login", name, PASSWORD) == 429
        assert await post("/login", name, PASSWORD, **{"X-Forwarded-For": "198.51.100.9"}) == 429
        for port in ports:
            assert await post("/login", name, PASSWORD, f"http://127.0.0.1:{port}") == 429
        other = f"user{len(signed_up) - 1 - signed_up[::-1].index(201)}"
        assert await post("/login", other, PASSWORD) == 200  # by account and address


async def gathered(calls: list[Coroutine[Any, Any, int]]) -> list[int]:
    return await asyncio.gather(*calls)
