"""docs/schema.mmd and the README's picture show the database that the migrations make."""

from deploy.draw_schema import DRAWING, README, draw, in_readme, read_schema

from jobyard.postgres.embedded import EmbeddedPostgres

HOW = "the schema has changed; run: .venv/bin/python deploy/draw_schema.py"


async def test_the_pictures_are_current(postgres_server: EmbeddedPostgres) -> None:
    columns, lines = await read_schema(postgres_server.url)
    assert {"live_jobs", "finished_jobs", "users", "jobs"} <= {column.table for column in columns}
    assert DRAWING.read_text(encoding="utf-8") == draw(columns, lines, keys_only=False), HOW
    text = README.read_text(encoding="utf-8")
    assert text == in_readme(text, draw(columns, lines, keys_only=True)), HOW
