import os
import stat
from pathlib import Path

import asyncpg
import pytest

from jobyard.postgres.embedded import EmbeddedPostgres, EmbeddedPostgresError, free_port

pytestmark = pytest.mark.anyio


async def run(server: EmbeddedPostgres, statement: str, *, password: str | None = None) -> object:
    connection = await asyncpg.connect(server.url, password=password, timeout=60)
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close(timeout=60)


async def test_data_outlive_a_stop_and_a_kill(tmp_path: Path) -> None:
    server = EmbeddedPostgres(tmp_path / "postgres")
    with server:
        await run(server, "CREATE TABLE kept (number int)")
        await run(server, "INSERT INTO kept VALUES (1)")
    with server:
        assert await run(server, "SELECT sum(number) FROM kept") == 1
        await run(server, "INSERT INTO kept VALUES (2)")
        assert server.process is not None
        server.process.kill()
        server.process.wait(60)
    with EmbeddedPostgres(tmp_path / "postgres") as next_start:
        assert await run(next_start, "SELECT sum(number) FROM kept") == 3


async def test_a_server_that_outlived_its_starter_is_taken_over(tmp_path: Path) -> None:
    with EmbeddedPostgres(tmp_path / "postgres", durable=False) as left:
        assert left.process is not None
        with EmbeddedPostgres(tmp_path / "postgres", durable=False) as server:
            assert left.process.wait(60) == 0
            assert await run(server, "SELECT 1") == 1


async def test_the_pid_of_another_program_in_postmaster_pid_does_not_matter(tmp_path: Path) -> None:
    server = EmbeddedPostgres(tmp_path / "postgres", durable=False)
    with server:
        pass
    (server.cluster / "postmaster.pid").write_text(f"{os.getpid()}\n{server.cluster}\n", encoding="ascii")
    with server:
        assert await run(server, "SELECT 1") == 1


async def test_only_who_knows_the_password_comes_in_and_the_files_are_private(tmp_path: Path) -> None:
    with EmbeddedPostgres(tmp_path / "postgres", durable=False) as server:
        assert await run(server, "SELECT rolpassword LIKE 'SCRAM-SHA-256%' FROM pg_authid WHERE rolname = 'jobyard'")
        with pytest.raises(asyncpg.InvalidPasswordError):
            await run(server, "SELECT 1", password="a guess")
        for path, mode in ((server.data_dir / "password", 0o600), (server.cluster, 0o700)):
            assert stat.S_IMODE(path.stat().st_mode) == mode


async def test_it_has_what_the_engine_builds_on(tmp_path: Path) -> None:
    with EmbeddedPostgres(tmp_path / "postgres", durable=False) as server:
        assert await run(server, "SHOW data_checksums") == "on"
        assert await run(server, "SHOW shared_preload_libraries") == "pg_stat_statements"
        assert await run(server, "SHOW max_connections") == "100"
        assert await run(server, "SHOW fsync") == "off"
        assert (
            await run(server, "SELECT count(*) FROM pg_available_extensions WHERE name IN ('pg_trgm', 'btree_gin')")
            == 2
        )


def test_a_start_that_fails_says_what_postgresql_said(tmp_path: Path) -> None:
    with EmbeddedPostgres(tmp_path / "first", durable=False) as first:
        port = int(first.url.rpartition(":")[2].partition("/")[0])
        second = EmbeddedPostgres(tmp_path / "second", port=port, durable=False)
        with pytest.raises(EmbeddedPostgresError, match=r"exit code 1\)[\s\S]*could not bind"):
            second.start()
        assert second.process is None


def test_a_cluster_of_another_major_version_is_refused(tmp_path: Path) -> None:
    cluster = tmp_path / "postgres" / "cluster"
    cluster.mkdir(parents=True)
    (cluster / "PG_VERSION").write_text("15\n", encoding="ascii")
    with pytest.raises(EmbeddedPostgresError, match="was made by PostgreSQL 15"):
        EmbeddedPostgres(tmp_path / "postgres", port=free_port()).start()
