"""Accounts: sign up, sign in, refresh, sign out, and the signed-in user."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec
from litestar import Request, Response, get, patch, post
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody

from jobyard.domain.errors import Forbidden
from jobyard.domain.user import Role, User, Viewer
from jobyard.services.accounts import SignedIn
from jobyard.web.app_ports import AppPorts, WebOptions
from jobyard.web.authentication import PUBLIC
from jobyard.web.caller import caller_of

TAGS = ["Accounts"]


class SignUpRequest(msgspec.Struct, forbid_unknown_fields=True):
    """A new account."""

    email: str
    password: str
    name: str | None = None


class SignInRequest(msgspec.Struct, forbid_unknown_fields=True):
    """A sign-in."""

    email: str
    password: str


class RenameRequest(msgspec.Struct, forbid_unknown_fields=True):
    """A change of one's own account."""

    name: str


class UserAnswer(msgspec.Struct):
    """A user."""

    id: UUID
    email: str
    name: str
    role: Role
    email_verified: bool
    created_at: datetime

    @classmethod
    def of(cls, user: User) -> "UserAnswer":
        return cls(user.id, user.email, user.name, user.role, user.email_verified, user.created_at)


class SignedInAnswer(msgspec.Struct):
    """A user with an access token. The refresh token comes as a cookie."""

    user: UserAnswer
    access_token: str
    token_type: Literal["Bearer"]
    expires_in: int


@post("/signup", opt=PUBLIC | {"problems": (403, 409, 429)}, tags=TAGS, summary="Make an account and sign in")
async def sign_up(
    request: Request[Any, Any, Any], ports: NamedDependency[AppPorts], data: JSONBody[SignUpRequest]
) -> Response[SignedInAnswer]:
    signed_in = await ports.accounts.sign_up(data.email, data.password, data.name, caller_of(request))
    return _answer(signed_in, ports.options, 201)


@post("/login", status_code=200, opt=PUBLIC | {"problems": (401, 403, 429)}, tags=TAGS, summary="Sign in")
async def sign_in(
    request: Request[Any, Any, Any], ports: NamedDependency[AppPorts], data: JSONBody[SignInRequest]
) -> Response[SignedInAnswer]:
    signed_in = await ports.accounts.sign_in(data.email, data.password, caller_of(request))
    return _answer(signed_in, ports.options, 200)


@post(
    "/token/refresh",
    status_code=200,
    opt=PUBLIC | {"problems": (401, 403)},
    tags=TAGS,
    summary="Get a new access token for the refresh cookie, which rotates",
)
async def refresh(request: Request[Any, Any, Any], ports: NamedDependency[AppPorts]) -> Response[SignedInAnswer]:
    _refuse_other_sites(request, ports.options)
    signed_in = await ports.accounts.refresh(_refresh_token(request, ports.options), caller_of(request))
    return _answer(signed_in, ports.options, 200)


@post("/logout", status_code=204, opt=PUBLIC | {"problems": (403,)}, tags=TAGS, summary="End the session")
async def sign_out(request: Request[Any, Any, Any], ports: NamedDependency[AppPorts]) -> Response[None]:
    _refuse_other_sites(request, ports.options)
    await ports.accounts.sign_out(_refresh_token(request, ports.options))
    return Response(None, status_code=204, cookies=[_cookie("", ports.options, 0)])


@get("/me", tags=TAGS, summary="The signed-in user")
async def me(viewer: NamedDependency[Viewer], ports: NamedDependency[AppPorts]) -> UserAnswer:
    return UserAnswer.of(await ports.accounts.me(viewer))


@patch("/me", tags=TAGS, summary="Change one's own account")
async def rename(
    viewer: NamedDependency[Viewer], ports: NamedDependency[AppPorts], data: JSONBody[RenameRequest]
) -> UserAnswer:
    return UserAnswer.of(await ports.accounts.rename(viewer, data.name))


ACCOUNT_HANDLERS: list[HTTPRouteHandler] = [sign_up, sign_in, refresh, sign_out, me, rename]


def cookie_name(options: WebOptions) -> str:
    """`__Host-` makes browsers refuse the cookie from anybody but this very host, over https alone."""
    return "__Host-jobyard" if options.is_https else "jobyard"


def _cookie(token: str, options: WebOptions, max_age: int) -> Cookie:
    return Cookie(
        key=cookie_name(options),
        value=token,
        max_age=max_age,
        path="/",
        secure=options.is_https,
        httponly=True,
        samesite="strict",
    )


def _answer(signed_in: SignedIn, options: WebOptions, status: int) -> Response[SignedInAnswer]:
    answer = SignedInAnswer(UserAnswer.of(signed_in.user), signed_in.access_token, "Bearer", signed_in.expires_in)
    cookie = _cookie(signed_in.refresh_token, options, int(signed_in.session_lifetime_seconds))
    return Response(answer, status_code=status, cookies=[cookie])


def _refresh_token(request: Request[Any, Any, Any], options: WebOptions) -> str | None:
    return request.cookies.get(cookie_name(options))


def _refuse_other_sites(request: Request[Any, Any, Any], options: WebOptions) -> None:
    """`SameSite=Strict` holds off other sites, but not sister hosts of this one, and not in old browsers."""
    origin = request.headers.get("origin")
    if origin is not None and origin != options.origin:
        raise Forbidden(f"This call is for the page at {options.origin} alone.")
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        raise Forbidden(f"This call is for the page at {options.origin} alone.")
