"""Accounts: sign up, the signed-in user, all of its data, and its end."""

from typing import Annotated, Any

import msgspec
from litestar import Request, Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import JSONBody
from litestar.response import Stream
from msgspec import Meta

from jobyard.domain.user import Viewer
from jobyard.services.account_rules import SignUpMode
from jobyard.services.sign_up import NewAccount
from jobyard.web.account_fields import EmailField, NameField, NewPasswordField
from jobyard.web.app_ports import AppPorts
from jobyard.web.authentication import PUBLIC
from jobyard.web.caller import caller_of
from jobyard.web.refresh_cookie import SignedInAnswer, signed_in_answer, signed_out_answer
from jobyard.web.user_answer import UserAnswer
from jobyard.web.verified import UNVERIFIED

TAGS = ["Accounts"]

Invitation = Annotated[str, Meta(max_length=200, description="Of the link that an operator gave out.")]


class SignUpRequest(msgspec.Struct, forbid_unknown_fields=True):
    """A new account."""

    email: EmailField
    password: NewPasswordField
    name: NameField | None = None
    invitation: Invitation | None = None


class SignUpRules(msgspec.Struct):
    """Who may sign up, and whether this server sends mail: confirmations, and links for a new password."""

    mode: SignUpMode
    domain: str | None
    mail: bool


class RenameRequest(msgspec.Struct, forbid_unknown_fields=True):
    """A change of one's own account."""

    name: NameField


class LeaveRequest(msgspec.Struct, forbid_unknown_fields=True):
    """The password again, for what cannot be undone."""

    password: str


class ExportAnswer(msgspec.Struct):
    """All that is kept of a user: a list of rows for each subject."""

    user: list[dict[str, Any]]
    sessions: list[dict[str, Any]]
    api_keys: list[dict[str, Any]]
    audit: list[dict[str, Any]]
    jobs: list[dict[str, Any]]


@get("/signup", opt=PUBLIC, tags=TAGS, summary="Who may sign up here")
async def sign_up_rules(ports: NamedDependency[AppPorts]) -> SignUpRules:
    rules = ports.accounts.rules
    return SignUpRules(rules.mode, rules.domain, rules.sends_mail)


@post("/signup", opt=PUBLIC | {"problems": (403, 409, 429)}, tags=TAGS, summary="Make an account and sign in")
async def sign_up(
    request: Request[Any, Any, Any], ports: NamedDependency[AppPorts], data: JSONBody[SignUpRequest]
) -> Response[SignedInAnswer]:
    account = NewAccount(data.email, data.password, data.name, data.invitation)
    signed_in = await ports.accounts.admission.sign_up(account, caller_of(request))
    return signed_in_answer(signed_in, ports.options, 201)


@get("/me", opt=UNVERIFIED, tags=TAGS, summary="The signed-in user")
async def me(viewer: NamedDependency[Viewer], ports: NamedDependency[AppPorts]) -> UserAnswer:
    return UserAnswer.of(await ports.accounts.me(viewer))


@patch("/me", opt=UNVERIFIED, tags=TAGS, summary="Change one's own account")
async def rename(
    viewer: NamedDependency[Viewer], ports: NamedDependency[AppPorts], data: JSONBody[RenameRequest]
) -> UserAnswer:
    return UserAnswer.of(await ports.accounts.rename(viewer, data.name))


@get(
    "/me/export",
    opt=UNVERIFIED | {"problems": (429,)},
    tags=TAGS,
    summary="All that is kept of the signed-in user",
    responses={
        200: ResponseSpec(ExportAnswer, generate_examples=False, description="One JSON document, sent as it is read")
    },
)
async def export(viewer: NamedDependency[Viewer], ports: NamedDependency[AppPorts]) -> Stream:
    await ports.accounts.leaving.note_export(viewer)
    return Stream(
        ports.account_data.document(viewer),
        media_type="application/json",
        headers={"Content-Disposition": 'attachment; filename="jobyard-export.json"'},
    )


@delete(
    "/me",
    status_code=204,
    opt=UNVERIFIED | {"problems": (409, 429)},
    tags=TAGS,
    summary="Delete one's own account and all that is kept of it",
)
async def leave(
    viewer: NamedDependency[Viewer], ports: NamedDependency[AppPorts], data: JSONBody[LeaveRequest]
) -> Response[None]:
    await ports.accounts.leaving.leave(viewer, data.password)
    return signed_out_answer(ports.options)


ACCOUNT_HANDLERS: list[HTTPRouteHandler] = [sign_up_rules, sign_up, me, rename, export, leave]
