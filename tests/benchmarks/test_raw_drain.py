"""The raw limit runs our own statements in plpgsql: it must still fit them when they change."""

import asyncpg

from benchmarks.adapters.jobyard import Peer
from benchmarks.adapters.task import payload
from benchmarks.own import raw_drain

JOBS = 1_201


async def test_sql_alone_completes_every_job(database_url: str) -> None:
    connection = await asyncpg.connect(database_url)
    try:
        await connection.execute(
            "INSERT INTO users (id, email, email_folded, name, password_hash) VALUES (uuidv7(), 'a', 'a', '', 'none')"
        )
        peer = Peer(database_url, 0)
        await peer.open()
        try:
            await peer.submit_many([payload(number) for number in range(JOBS)])
        finally:
            await peer.close()
        await raw_drain(database_url)
        assert await connection.fetchval("SELECT count(*) FROM live_jobs") == 0
        assert await connection.fetchval("SELECT count(*) FROM finished_jobs WHERE state = 5") == JOBS
    finally:
        await connection.close()
