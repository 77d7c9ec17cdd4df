"""Users, for administrators: find them, change role, weight, and whether they may come in."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get, patch
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody, QueryParameter
from msgspec import UNSET, Meta, UnsetType

from jobyard.domain.errors import FieldError, Invalid
from jobyard.domain.user import Role, Viewer
from jobyard.ports import ManagedUser, UserChange
from jobyard.web.app_ports import AppPorts
from jobyard.web.paging import DEFAULT_LIMIT, Limit, PageCursor, decode_number, encode_number, link_to_next

TAGS = ["Operators"]
LIST = "users"
SEARCH_MAX_CHARACTERS = 254

Search = Annotated[str, QueryParameter(name="q", description="A part of the email or the name.")]
Ports = NamedDependency[AppPorts]


class ManagedUserAnswer(msgspec.Struct):
    """A user as administrators see it."""

    id: UUID
    email: str
    name: str
    role: Role
    email_verified: bool
    created_at: datetime
    disabled: bool
    disabled_at: datetime | None
    weight: int

    @classmethod
    def of(cls, managed: ManagedUser) -> "ManagedUserAnswer":
        user = managed.user
        return cls(
            user.id,
            user.email,
            user.name,
            user.role,
            user.email_verified,
            user.created_at,
            user.disabled,
            managed.disabled_at,
            managed.weight,
        )


class ManagedUserPage(msgspec.Struct):
    """Some users, newest first. While `next_cursor` is not null there may be more, also after an empty page."""

    items: list[ManagedUserAnswer]
    next_cursor: str | None


# The bounds of `weight` are checked in services/user_admin.py, whose messages name field, rule and value.
class UserChangeBody(msgspec.Struct, forbid_unknown_fields=True):
    """What is to be changed; what is left out stays."""

    role: Role | UnsetType = UNSET
    disabled: bool | UnsetType = UNSET
    weight: Annotated[
        int | UnsetType,
        Meta(
            description="Its share where users compete for workers: 1 to 100, 10 at first.",
            extra_json_schema={"minimum": 1, "maximum": 100},
        ),
    ] = UNSET

    def change(self) -> UserChange:
        return UserChange(
            role=None if self.role is UNSET else self.role,
            disabled=None if self.disabled is UNSET else self.disabled,
            weight=None if self.weight is UNSET else self.weight,
        )


@get("/admin/users", opt={"problems": (403,)}, tags=TAGS, summary="Users, newest first")
async def list_users(
    request: Request[Any, Any, Any],
    ports: Ports,
    search: Search = "",
    limit: Limit = DEFAULT_LIMIT,
    cursor: PageCursor = None,
) -> Response[ManagedUserPage]:
    """For administrators."""
    if "\0" in search or len(search) > SEARCH_MAX_CHARACTERS:
        rule = f"must have at most {SEARCH_MAX_CHARACTERS} characters, and not U+0000"
        raise Invalid([FieldError("?q", rule)])
    name = f"{LIST} with {search}" if search else LIST
    async with ports.account_unit() as work:
        page = await work.user_admin.page(search, decode_number(name, cursor), limit)
    next_cursor = encode_number(name, page.next_before)
    answer = ManagedUserPage([ManagedUserAnswer.of(user) for user in page.items], next_cursor)
    return Response(answer, headers=link_to_next(request, next_cursor))


@patch("/admin/users/{user_id:uuid}", opt={"problems": (403, 404, 409)}, tags=TAGS, summary="Change a user")
async def change_user(
    viewer: NamedDependency[Viewer], ports: Ports, user_id: FromPath[UUID], data: JSONBody[UserChangeBody]
) -> ManagedUserAnswer:
    """For administrators. Who is disabled is signed out, its API keys are refused, and its waiting jobs are held.

    The last administrator can be neither demoted nor disabled (409).
    """
    return ManagedUserAnswer.of(await ports.users.change(viewer, user_id, data.change()))


ADMIN_HANDLERS: list[HTTPRouteHandler] = [list_users, change_user]
