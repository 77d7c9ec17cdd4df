# ruff: noqa: INP001
"""Draws the database: migrates an empty one, reads what is there, and writes docs/schema.mmd and the README's picture.

    .venv/bin/python deploy/draw_schema.py

Tables come from information_schema, so that the pictures show what the migrations make and not what somebody remembers.
Jobs have no foreign keys (a finish would pay for each): those lines are dashed, and follow from the names of columns.
"""

import asyncio
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from jobyard.postgres.embedded import EmbeddedPostgres
from jobyard.postgres.migrations import upgrade

ROOT = Path(__file__).resolve().parents[1]
DRAWING = ROOT / "docs" / "schema.mmd"
README = ROOT / "README.md"
BEGIN, END = "<!-- schema: begin -->", "<!-- schema: end -->"

# What a column refers to, where no constraint says so. A job of that id is in live_jobs or in finished_jobs.
BY_NAME = {
    "owner_id": "users",
    "actor_key": "users",
    "lane": "lanes",
    "worker_id": "workers",
    "holder": "workers",
    "job_id": "jobs",
}
SHORT = {"timestamp with time zone": "timestamptz", "double precision": "float8", "character varying": "varchar"}

COLUMNS = """
SELECT c.table_name, c.column_name, coalesce(e.data_type || '[]', c.data_type) AS data_type, t.table_type,
       (SELECT string_agg(k.constraint_type, ' ' ORDER BY k.constraint_type)
        FROM information_schema.key_column_usage u
        JOIN information_schema.table_constraints k USING (constraint_schema, constraint_name)
        WHERE u.table_schema = c.table_schema AND u.table_name = c.table_name AND u.column_name = c.column_name) AS keys
FROM information_schema.columns c
JOIN information_schema.tables t USING (table_schema, table_name)
LEFT JOIN information_schema.element_types e ON e.object_type = 'TABLE' AND e.object_schema = c.table_schema
  AND e.object_name = c.table_name AND e.collection_type_identifier = c.dtd_identifier
WHERE c.table_schema = 'public' AND c.table_name <> 'alembic_versions'
  AND NOT coalesce((SELECT relispartition FROM pg_class WHERE oid = c.table_name::regclass), false)
ORDER BY t.table_type, c.table_name, c.ordinal_position
"""
PARENTS = """
SELECT DISTINCT u.table_name AS child, u.column_name, p.table_name AS parent
FROM information_schema.referential_constraints r
JOIN information_schema.key_column_usage u USING (constraint_schema, constraint_name)
JOIN information_schema.table_constraints p
  ON p.constraint_schema = r.unique_constraint_schema AND p.constraint_name = r.unique_constraint_name
ORDER BY 1, 2
"""


@dataclass(frozen=True, slots=True)
class Column:
    """One column; `keys` are PK, FK and UK."""

    table: str
    name: str
    type: str
    keys: tuple[str, ...]
    is_view: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A column of `child` names a row of `parent`; `is_kept`: by a constraint."""

    parent: str
    child: str
    column: str
    is_kept: bool


async def read_schema(url: str) -> tuple[list[Column], list[Line]]:
    """The columns of a migrated database, partitions left out, and the lines between its tables."""
    connection = await asyncpg.connect(url, timeout=10)
    try:
        columns = [
            Column(
                row["table_name"],
                row["column_name"],
                _short(row["data_type"]),
                _keys(row["keys"] or ""),
                row["table_type"] == "VIEW",
            )
            for row in await connection.fetch(COLUMNS)
        ]
        kept = [Line(row["parent"], row["child"], row["column_name"], True) for row in await connection.fetch(PARENTS)]
    finally:
        await connection.close(timeout=10)
    tables = {column.table for column in columns}
    named = [
        Line(parent, column.table, column.name, False)
        for column in columns
        if (parent := BY_NAME.get(column.name)) in tables and not column.is_view
    ]
    return columns, kept + named


def draw(columns: Sequence[Column], lines: Sequence[Line], *, keys_only: bool) -> str:
    """A Mermaid erDiagram. `keys_only` leaves out columns that neither identify a row nor refer to one."""
    said = ["erDiagram"]
    said += [f"    {one.parent} ||{'--' if one.is_kept else '..'}o{{ {one.child} : {one.column}" for one in lines]
    refer = {(line.child, line.column) for line in lines}
    tables = dict.fromkeys(column.table for column in columns)
    for table in tables:
        mine = [column for column in columns if column.table == table]
        label = f'{table}["{table} (view over live_jobs and finished_jobs)"]' if mine[0].is_view else table
        shown = [one for one in mine if not keys_only or one.keys or (table, one.name) in refer or one.name == "id"]
        said.append(f"    {label} {{")
        said += [f"        {one.type} {one.name}{' ' if one.keys else ''}{', '.join(one.keys)}" for one in shown]
        said.append("    }")
    return "\n".join(said) + "\n"


def in_readme(text: str, picture: str) -> str:
    """The README's text with this picture between its marks. Raises ValueError where there are no marks."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"README.md must have the lines {BEGIN} and {END}")
    return f"{before}{BEGIN}\n```mermaid\n{picture}```\n{END}{after}"


def _short(name: str) -> str:
    base = name.removesuffix("[]")
    return SHORT.get(base, base).replace(" ", "_") + name[len(base) :]


def _keys(text: str) -> tuple[str, ...]:
    names = {"PRIMARY KEY": "PK", "FOREIGN KEY": "FK", "UNIQUE": "UK"}
    return tuple(short for long, short in names.items() if long in text)


def main() -> int:
    """Write both pictures."""
    with tempfile.TemporaryDirectory() as folder, EmbeddedPostgres(Path(folder) / "postgres", durable=False) as server:
        upgrade(server.url)
        columns, lines = asyncio.run(read_schema(server.url))
    DRAWING.write_text(draw(columns, lines, keys_only=False), encoding="utf-8")
    text = README.read_text(encoding="utf-8")
    README.write_text(in_readme(text, draw(columns, lines, keys_only=True)), encoding="utf-8")
    sys.stdout.write(f"Drawn: {DRAWING.relative_to(ROOT)} and the picture in README.md\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
