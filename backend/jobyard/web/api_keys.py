"""API keys: made in a signed-in session, shown once, listed, deleted."""

from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, Response, delete, get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody
from msgspec import Meta

from jobyard.domain.api_key import ApiKey
from jobyard.domain.user import Scope, Viewer
from jobyard.services.api_keys import MadeKey
from jobyard.web.account_fields import NameField
from jobyard.web.app_ports import AppPorts
from jobyard.web.paging import DEFAULT_LIMIT, Limit, PageCursor, decode_id, encode_id, link_to_next

TAGS = ["API keys"]
LIST = "api keys"

# msgspec tells the format of times with an offset alone, and would refuse the others in words of its own.
_Time = Annotated[datetime, Meta(extra_json_schema={"format": "date-time"})]

Asker = NamedDependency[Viewer]
Ports = NamedDependency[AppPorts]


class ApiKeyBody(msgspec.Struct, forbid_unknown_fields=True):
    """A key to be made."""

    name: NameField
    scopes: Annotated[list[Scope], Meta(min_length=1, max_length=20, description="What the key may do.")]
    expires_at: Annotated[_Time | None, Meta(description="With an offset; without it the key is good for ever.")] = None


class ApiKeyAnswer(msgspec.Struct, kw_only=True):
    """A key, without what it is. `hint` is its beginning; `last_used_at` is right to a minute."""

    id: UUID
    name: str
    scopes: list[Scope]
    hint: str
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None

    @classmethod
    def of(cls, key: ApiKey) -> "ApiKeyAnswer":
        return cls(**_columns(key))


class MadeKeyAnswer(ApiKeyAnswer, kw_only=True):
    """A new key: `key` is shown this once, and stored as a hash alone."""

    key: str

    @classmethod
    def made(cls, made: MadeKey) -> "MadeKeyAnswer":
        return cls(**_columns(made.key), key=made.secret)


class ApiKeyPage(msgspec.Struct):
    """Some of your keys, newest first."""

    items: list[ApiKeyAnswer]
    next_cursor: str | None


@post("/api-keys", opt={"problems": (403,)}, tags=TAGS, summary="Make an API key, which is shown this once")
async def make_key(viewer: Asker, ports: Ports, data: JSONBody[ApiKeyBody]) -> MadeKeyAnswer:
    """In a signed-in session, not with an API key. Only an administrator can give the scope `admin`."""
    made = await ports.api_keys.make(viewer, data.name, data.scopes, data.expires_at, datetime.now(UTC))
    return MadeKeyAnswer.made(made)


@get("/api-keys", opt={"problems": (403,)}, tags=TAGS, summary="Your API keys, newest first")
async def list_keys(
    request: Request[Any, Any, Any],
    viewer: Asker,
    ports: Ports,
    limit: Limit = DEFAULT_LIMIT,
    cursor: PageCursor = None,
) -> Response[ApiKeyPage]:
    async with ports.account_unit() as work:
        page = await work.api_keys.page(viewer, decode_id(LIST, cursor), limit)
    next_cursor = encode_id(LIST, page.next_before)
    answer = ApiKeyPage([ApiKeyAnswer.of(key) for key in page.items], next_cursor)
    return Response(answer, headers=link_to_next(request, next_cursor))


@delete(
    "/api-keys/{key_id:uuid}", status_code=204, opt={"problems": (403, 404)}, tags=TAGS, summary="Delete an API key"
)
async def delete_key(viewer: Asker, ports: Ports, key_id: FromPath[UUID]) -> None:
    """It is refused at once by this process, and within 5 s by every other."""
    await ports.api_keys.delete(viewer, key_id)


API_KEY_HANDLERS: list[HTTPRouteHandler] = [make_key, list_keys, delete_key]


def _columns(key: ApiKey) -> dict[str, Any]:
    return {
        "id": key.id,
        "name": key.name,
        "scopes": list(key.scopes),
        "hint": key.hint,
        "created_at": key.created_at,
        "expires_at": key.expires_at,
        "last_used_at": key.last_used_at,
    }
