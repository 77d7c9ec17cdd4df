"""People for tests of who may do what."""

from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

import httpx
from litestar import Litestar

PASSWORD = "rather long and odd"


@dataclass
class Person:
    """A signed-in user, and calls in its name."""

    client: httpx.AsyncClient
    email: str
    id: UUID
    token: str

    async def call(self, method: str, path: str, *, token: str | None = None, **options: Any) -> httpx.Response:
        """With its access token, or with another one: an API key."""
        headers = {"Authorization": f"Bearer {token or self.token}"} | options.pop("headers", {})
        return await self.client.request(method, path, headers=headers, **options)

    async def get(self, path: str, **options: Any) -> httpx.Response:
        return await self.call("GET", path, **options)

    async def post(self, path: str, json: Any = None, **options: Any) -> httpx.Response:
        return await self.call("POST", path, json={} if json is None else json, **options)

    async def patch(self, path: str, json: Any, **options: Any) -> httpx.Response:
        return await self.call("PATCH", path, json=json, **options)

    async def delete(self, path: str, **options: Any) -> httpx.Response:
        return await self.call("DELETE", path, **options)

    async def key(self, *scopes: str, name: str = "a key", **more: Any) -> str:
        """A new API key of this person's."""
        answer = await self.post("/api-keys", {"name": name, "scopes": list(scopes)} | more)
        assert answer.status_code == 201, answer.text
        return answer.json()["key"]


def app_of(client: httpx.AsyncClient) -> Litestar:
    """The application that a client calls, for its sockets."""
    return cast("Any", client)._transport.app


async def sign_up(client: httpx.AsyncClient, name: str) -> Person:
    """A new user; its refresh cookie is dropped, so that several share a client."""
    email = f"{name}@example.org"
    answer = await client.post("/signup", json={"email": email, "password": PASSWORD})
    assert answer.status_code == 201, answer.text
    client.cookies.clear()
    return Person(client, email, UUID(answer.json()["user"]["id"]), answer.json()["access_token"])


async def sign_in(person: Person) -> Person:
    """The same user in another session."""
    answer = await person.client.post("/login", json={"email": person.email, "password": PASSWORD})
    assert answer.status_code == 200, answer.text
    person.client.cookies.clear()
    return Person(person.client, person.email, person.id, answer.json()["access_token"])


async def sign_up_admin(client: httpx.AsyncClient, database: Any, name: str) -> Person:
    """A new administrator."""
    person = await sign_up(client, name)
    await database.execute("UPDATE users SET role = 'admin' WHERE id = $1", person.id)
    return await sign_in(person)
