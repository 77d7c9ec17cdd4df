"""R9: a client that is cut off at any time, and comes back with its last cursor, hears every outcome of its own."""

import json
from dataclasses import dataclass, field
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jobyard.domain.job import JobState
from tests.live.asgi_socket import AsgiSocket
from tests.live.conftest import ANA, MARA, StartYard, Yard

STEPS = st.lists(
    st.sampled_from(
        ["begin", "begin", "commit first", "commit last", "commit last", "end", "hear", "cut", "come back", "theirs"]
    ),
    min_size=5,
    max_size=60,
)


@dataclass
class Client:
    """Keeps its last cursor, as the page does: not from events while a replay is under way."""

    yard: Yard
    socket: AsgiSocket | None = None
    cursor: str | None = None
    is_replaying: bool = False
    heard: set[str] = field(default_factory=set[str])

    async def come_back(self) -> None:
        if self.socket is not None:
            return
        self.socket, cursor = await self.yard.enter()
        if self.cursor is None:
            self.cursor = cursor
        else:
            self.is_replaying = True
            self.socket.say(json.dumps({"type": "subscribe", "after": self.cursor}))

    async def hear(self) -> None:
        if self.socket is None:
            return
        message = await self.socket.hear()
        if message["type"] == "job":
            self.heard.add(message["id"])
        if message["type"] in {"subscribed", "reset"}:
            self.is_replaying = False
        if not self.is_replaying:
            self.cursor = message["cursor"]

    async def cut(self) -> None:
        if self.socket is not None:
            await self.socket.leave()
            self.socket = None
            self.is_replaying = False


@dataclass
class Story:
    """What happens around the client."""

    yard: Yard
    client: Client
    open_transactions: list[tuple[int, UUID]] = field(default_factory=list[tuple[int, UUID]])
    told: set[str] = field(default_factory=set[str])

    async def happens(self, step: str) -> None:
        jobs = self.yard.jobs
        match step:
            case "begin":
                self.open_transactions.append((jobs.begin(), jobs.add(MARA)))
            case "commit first":
                self.commit(0)
            case "commit last":
                self.commit(-1)
            case "end":
                self.told.add(jobs.finish(jobs.add(MARA), JobState.FAILED))
            case "theirs":
                jobs.finish(jobs.add(ANA), JobState.FAILED)
            case "cut":
                await self.client.cut()
            case "come back":
                await self.client.come_back()
            case _:
                await self.client.hear()

    def commit(self, index: int) -> None:
        if self.open_transactions:
            xid, job_id = self.open_transactions.pop(index)
            self.told.add(self.yard.jobs.finish(job_id, JobState.COMPLETED, xid))


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
async def test_cuts_and_late_commits(start_yard: StartYard, steps: list[str]) -> None:
    yard: Yard = await start_yard(ping=0.05)
    client = Client(yard)
    story = Story(yard, client)
    await client.come_back()
    for step in [*steps, "cut", "come back"]:
        await story.happens(step)
    while story.open_transactions:
        story.commit(0)
    while not story.told <= client.heard or client.is_replaying:
        await client.hear()
    assert client.heard == story.told
    await yard.stop()
