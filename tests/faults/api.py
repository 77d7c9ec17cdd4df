"""An API process beside the workers, and somebody who is signed in."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from uuid import UUID

import httpx

from jobyard.domain.user import Role, Viewer
from jobyard.postgres.embedded import free_port
from tests.faults.yard import FaultYard


@asynccontextmanager
async def api(yard: FaultYard, **settings: str) -> AsyncGenerator[httpx.AsyncClient]:
    """An API process that runs no jobs (unless the settings say so), and somebody who is signed in."""
    port = free_port()
    yard.start("api", "serve", **{"JOBYARD_API_PORT": str(port), "JOBYARD_EMBEDDED_WORKER": "false", **settings})
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
        async with asyncio.timeout(60):
            while not await is_ready(client):  # noqa: ASYNC110 - another process
                await asyncio.sleep(0.05)
        who = {"email": "ana@example.org", "password": "a long pass-phrase"}
        token = (await client.post("/signup", json=who)).json()["access_token"]
        client.headers["Authorization"] = f"Bearer {token}"
        yield client


async def is_ready(client: httpx.AsyncClient) -> bool:
    try:
        return (await client.get("/readyz")).status_code == 200
    except httpx.TransportError:
        return False


async def viewer_of(yard: FaultYard, client: httpx.AsyncClient) -> Viewer:
    """Who is signed in, as storage knows them."""
    user_id = UUID((await client.get("/me")).raise_for_status().json()["id"])
    return Viewer(await yard.value("SELECT key FROM users WHERE id = $1", user_id), user_id, Role.USER)
