"""A new password, and a confirmed address: by the password itself, or by a link in a mail."""

from typing import Annotated, Any, cast

import msgspec
from litestar import MediaType, Request, Response, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody
from msgspec import Meta

from jobyard.domain.user import Viewer
from jobyard.web.account_fields import NewPasswordField
from jobyard.web.app_ports import AppPorts
from jobyard.web.authentication import PUBLIC
from jobyard.web.caller import caller_of
from jobyard.web.verified import UNVERIFIED

TAGS = ["Accounts"]

Token = Annotated[str, Meta(max_length=200, description="Of the link in the mail: what stands behind `#token=`.")]


class ChangePasswordRequest(msgspec.Struct, forbid_unknown_fields=True):
    """A new password for who knows the old one."""

    current_password: str
    new_password: NewPasswordField


class ForgotPasswordRequest(msgspec.Struct, forbid_unknown_fields=True):
    """Whose password was forgotten."""

    email: str


class ResetPasswordRequest(msgspec.Struct, forbid_unknown_fields=True):
    """A new password for who reads the user's mail."""

    token: Token
    new_password: NewPasswordField


class VerifyEmailRequest(msgspec.Struct, forbid_unknown_fields=True):
    """That one reads the mail of an address."""

    token: Token


@post(
    "/me/password",
    status_code=204,
    opt=UNVERIFIED | {"problems": (429,)},
    tags=TAGS,
    summary="Change the password; every other session ends",
)
async def change_password(
    viewer: NamedDependency[Viewer], ports: NamedDependency[AppPorts], data: JSONBody[ChangePasswordRequest]
) -> None:
    await ports.accounts.passwords.change(viewer, data.current_password, data.new_password)


@post(
    "/password/forgot",
    status_code=202,
    opt=PUBLIC | {"problems": (404, 429)},
    tags=TAGS,
    summary="Mail a link for a new password, where there is such an account: the answer does not tell",
)
async def forgot_password(
    request: Request[Any, Any, Any], ports: NamedDependency[AppPorts], data: JSONBody[ForgotPasswordRequest]
) -> Response[None]:
    await ports.accounts.passwords.forgot(data.email, caller_of(request))
    return _accepted()


@post(
    "/password/reset",
    status_code=204,
    opt=PUBLIC | {"problems": (404,)},
    tags=TAGS,
    summary="Set a new password by the token of a link; all sessions end",
)
async def reset_password(
    request: Request[Any, Any, Any], ports: NamedDependency[AppPorts], data: JSONBody[ResetPasswordRequest]
) -> None:
    await ports.accounts.passwords.reset(data.token, data.new_password, caller_of(request))


@post(
    "/email/verify",
    status_code=204,
    opt=PUBLIC | {"problems": (404,)},
    tags=TAGS,
    summary="Confirm an address by the token of a link",
)
async def verify_email(
    request: Request[Any, Any, Any], ports: NamedDependency[AppPorts], data: JSONBody[VerifyEmailRequest]
) -> None:
    await ports.accounts.verification.verify(data.token, caller_of(request))


@post(
    "/email/verify/again",
    status_code=202,
    opt=UNVERIFIED | {"problems": (404, 409, 429)},
    tags=TAGS,
    summary="Mail another link to confirm one's address",
)
async def ask_verification_again(viewer: NamedDependency[Viewer], ports: NamedDependency[AppPorts]) -> Response[None]:
    await ports.accounts.verification.ask_again(viewer)
    return _accepted()


def _accepted() -> Response[None]:
    """202 without a body: Litestar would write `null`."""
    return cast("Response[None]", Response(b"", status_code=202, media_type=MediaType.TEXT))


PASSWORD_HANDLERS: list[HTTPRouteHandler] = [
    change_password,
    forgot_password,
    reset_password,
    verify_email,
    ask_verification_again,
]
