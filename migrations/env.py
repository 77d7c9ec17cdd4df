"""How Alembic runs: one migrator at a time, each migration in a transaction of its own."""

import asyncio
from typing import Any, cast

from advanced_alchemy.base import metadata_registry
from alembic import context
from sqlalchemy import text
from sqlalchemy.engine import Connection
from sqlalchemy.ext.asyncio import AsyncEngine

from jobyard.postgres import tables

LOCK = 0x6A6F6279
"""Two that migrate at once take turns: the second finds nothing left to do."""

config = cast("Any", context.config)  # an AlembicCommandConfig, made by postgres/migrations.py
metadata = metadata_registry.get(config.bind_key)
if tables.UserRow.__table__ not in metadata.tables.values():
    raise RuntimeError("the models are registered under another key than the migrations look at")


def migrate(connection: Connection) -> None:
    connection.execute(text("SET lock_timeout = '120s'"))
    connection.execute(text(f"SELECT pg_advisory_lock({LOCK})"))
    # A migration that would wait behind a long transaction holds up everybody else: rather give up and be run again.
    connection.execute(text("SET lock_timeout = '10s'"))
    connection.commit()
    context.configure(
        connection=connection,
        target_metadata=metadata,
        version_table=config.version_table_name,
        transaction_per_migration=True,
        compare_type=True,
        # What is SQL alone has no model: autogeneration would drop it.
        include_name=lambda name, kind, _: kind != "table" or name in metadata.tables,
    )
    with context.begin_transaction():
        context.run_migrations()


async def run(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        await connection.run_sync(migrate)
    await engine.dispose()


asyncio.run(run(config.engine))
