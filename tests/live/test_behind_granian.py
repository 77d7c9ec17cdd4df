"""The live socket through the real server: what a client on the network sees."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection, connect

from jobyard.postgres.embedded import free_port

ORIGIN = "http://localhost:8080"
PATIENCE_SECONDS = 60
FRAME_BYTES = 10 * 1024 * 1024
UPGRADE = (
    "GET /ws/jobs HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{credentials}\r\n"
)


@asynccontextmanager
async def served(database_url: str, **more: str) -> AsyncGenerator[tuple[asyncio.subprocess.Process, int]]:
    """`python -m jobyard serve` as a process of its own; `more` goes into its environment."""
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("JOBYARD_")} | {
        "PYTHONPATH": str(Path(__file__).parents[2] / "backend"),
        "JOBYARD_ENV": "development",
        "JOBYARD_DATABASE_URL": database_url,
        "JOBYARD_SECRET": "4pT0-x9Kq2vLw7Zr8sYbN3mJc6hGd5fA1eUiOo-QWERTZ",
        "JOBYARD_PUBLIC_URL": ORIGIN,
        "JOBYARD_API_PORT": str(port),
        "JOBYARD_SHUTDOWN_GRACE_SECONDS": "5",
        **more,
    }
    server = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "jobyard", "serve", env=environment, stderr=asyncio.subprocess.PIPE
    )
    reading: asyncio.Task[None] | None = None
    try:
        await read_until(server, b"Started worker-")
        reading = asyncio.create_task(read_on(server))
        yield server, port
    finally:
        if server.returncode is None:
            server.kill()
        await server.wait()
        if reading is not None:
            await reading


async def read_on(server: asyncio.subprocess.Process) -> None:
    """Its log to the end: one that nobody reads fills its pipe, and then the server waits. Errors are shown."""
    assert server.stderr is not None
    async for line in server.stderr:
        if b'"level":"error"' in line or b"[error" in line or b"Traceback" in line:
            sys.stderr.write(line.decode(errors="replace"))


async def read_until(server: asyncio.subprocess.Process, text: bytes) -> None:
    log = server.stderr
    assert log is not None
    seen = b""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while text not in (line := await log.readline()):
            seen += line
            assert line, seen.decode()


async def sign_up(port: int) -> str:
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE_SECONDS) as client:
        answer = await client.post("/signup", json={"email": "mara@example.org", "password": "a long pass-phrase"})
        assert answer.status_code == 201, answer.text
        return answer.json()["access_token"]


async def hear(socket: ClientConnection) -> Any:
    async with asyncio.timeout(PATIENCE_SECONDS):
        return json.loads(await socket.recv())


async def close_code(socket: ClientConnection) -> int | None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        await socket.wait_closed()
    return socket.close_code


async def test_who_sends_more_than_a_message_may_have_is_cut_before_it_fills_the_memory(database_url: str) -> None:
    """The server's own limit is 64 MiB; the socket's is 64 KiB. A stranger, and somebody who has an account."""
    async with served(database_url) as (_, port):
        headers = {"Authorization": f"Bearer {await sign_up(port)}"}
        async with connect(f"ws://127.0.0.1:{port}/ws/jobs", additional_headers=headers) as good:
            assert (await hear(good))["type"] == "ready"
            for credentials in ("", f"Authorization: {headers['Authorization']}\r\n"):
                assert await cut_off(port, credentials)
            await good.send("no json")
            assert await close_code(good) == 4400


async def cut_off(port: int, credentials: str) -> bool:
    """Send all but the end of a message of 40 MiB. Whether the line then breaks, without a word of the application."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(UPGRADE.format(credentials=credentials).encode())
    heard = b""
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            await reader.readuntil(b"\r\n\r\n")
            for opcode in (1, 0, 0, 0):  # text that is not final, and what continues it
                writer.write(bytes((opcode, 0x80 | 127)) + FRAME_BYTES.to_bytes(8, "big") + bytes(4))
                for _ in range(10):
                    writer.write(bytes(FRAME_BYTES // 10))
                    await writer.drain()
            while said := await reader.read(1024):
                heard += said
    except ConnectionError:
        pass
    finally:
        writer.close()
    return b"\x88" not in heard  # no close frame


async def test_garbage_on_the_wire_harms_nobody(database_url: str) -> None:
    """Frames as no client makes them: some close their own socket, none the server."""
    dice = Random(7)  # noqa: S311 - the same garbage each time
    async with served(database_url) as (_, port):
        headers = {"Authorization": f"Bearer {await sign_up(port)}"}
        async with connect(f"ws://127.0.0.1:{port}/ws/jobs", additional_headers=headers) as good:
            assert (await hear(good))["type"] == "ready"
            for number in range(60):
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
                credentials = f"Authorization: {headers['Authorization']}\r\n" if number % 2 else ""
                writer.write(UPGRADE.format(credentials=credentials).encode())
                async with asyncio.timeout(PATIENCE_SECONDS):
                    assert b" 101 " in await reader.readuntil(b"\r\n\r\n")
                    writer.write(dice.randbytes(dice.choice((1, 2, 10, 1_000))))
                    writer.write_eof()
                    await reader.read()
                writer.close()
            await good.send("no json")
            assert await close_code(good) == 4400


async def test_a_clients_life_through_the_server(database_url: str) -> None:
    async with served(database_url) as (server, port):
        token = await sign_up(port)
        url = f"ws://127.0.0.1:{port}/ws/jobs"
        headers = {"Authorization": f"Bearer {token}"}

        async with connect(url, additional_headers=headers, origin="http://evil.example") as foreign:  # pyright: ignore[reportArgumentType]
            assert await close_code(foreign) == 4403
        async with connect(url) as stranger:
            await stranger.send('{"type": "auth", "token": "nobody"}')
            assert await close_code(stranger) == 4401
        async with connect(url, additional_headers=headers) as binary:
            assert (await hear(binary))["type"] == "ready"
            await binary.send(b"binary")
            assert await close_code(binary) == 4400

        async with connect(url, origin=ORIGIN) as page, connect(url, additional_headers=headers) as program:  # pyright: ignore[reportArgumentType]
            await page.send(json.dumps({"type": "auth", "token": token}))
            assert (await hear(page))["type"] == (await hear(program))["type"] == "ready"
            async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=headers) as client:
                body = {"kind": "demo.echo", "payload": {"value": 1}}
                job_id = (await client.post("/jobs", json=body)).json()["id"]
            for socket in (page, program):
                while (event := await hear(socket))["event"] != "completed":
                    assert event["job"]["id"] == job_id
            server.send_signal(signal.SIGTERM)
            assert [await close_code(page), await close_code(program)] == [1012, 1012]
        async with asyncio.timeout(PATIENCE_SECONDS):
            assert await server.wait() == 0
