"""What a check is given to look at."""

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from jobyard.doctor.findings import Finding
from jobyard.postgres.connections import Connection
from jobyard.postgres.queries import query
from jobyard.settings import Settings


@dataclass(frozen=True, slots=True)
class Patient:
    """A connection in a read-only transaction, with the settings that it was opened by. `now`: this machine's clock."""

    settings: Settings
    connection: Connection
    now: Callable[[], float] = time.time

    async def rows(self, name: str, *arguments: Any) -> list[Any]:
        """The rows of queries/doctor/`name`.sql."""
        return await self.connection.fetch(query(f"doctor/{name}"), *arguments)

    async def row(self, name: str, *arguments: Any) -> Any:
        """Its first row."""
        return await self.connection.fetchrow(query(f"doctor/{name}"), *arguments)

    async def parameters(self, *names: str) -> dict[str, str]:
        """Parameters of PostgreSQL, as they hold for our sessions."""
        return {row["name"]: row["setting"] for row in await self.rows("parameters", list(names))}


Check: TypeAlias = Callable[[Patient], Awaitable[Sequence[Finding]]]
