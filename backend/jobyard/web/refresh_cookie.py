"""The cookie with the refresh token, and who may use it."""

from typing import Any, Literal

import msgspec
from litestar import Request, Response
from litestar.datastructures import Cookie

from jobyard.domain.errors import Forbidden
from jobyard.services.sessions import SignedIn
from jobyard.web.app_ports import WebOptions
from jobyard.web.user_answer import UserAnswer


class SignedInAnswer(msgspec.Struct):
    """A user with an access token. The refresh token comes as a cookie."""

    user: UserAnswer
    access_token: str
    token_type: Literal["Bearer"]
    expires_in: int


def cookie_name(options: WebOptions) -> str:
    """`__Host-` makes browsers refuse the cookie from anybody but this very host, over https alone."""
    return "__Host-jobyard" if options.is_https else "jobyard"


def refresh_token(request: Request[Any, Any, Any], options: WebOptions) -> str | None:
    """The token of the cookie, or None."""
    return request.cookies.get(cookie_name(options))


def signed_in_answer(signed_in: SignedIn, options: WebOptions, status: int) -> Response[SignedInAnswer]:
    """Fresh credentials: the access token in the body, the refresh token in the cookie."""
    answer = SignedInAnswer(UserAnswer.of(signed_in.user), signed_in.access_token, "Bearer", signed_in.expires_in)
    cookie = _cookie(signed_in.refresh_token, options, int(signed_in.session_lifetime_seconds))
    return Response(answer, status_code=status, cookies=[cookie])


def signed_out_answer(options: WebOptions) -> Response[None]:
    """204, and the cookie goes."""
    return Response(None, status_code=204, cookies=[_cookie("", options, 0)])


def refuse_other_sites(request: Request[Any, Any, Any], options: WebOptions) -> None:
    """`SameSite=Strict` holds off other sites, but not sister hosts of this one, and not in old browsers."""
    origin = request.headers.get("origin")
    if origin is not None and origin != options.origin:
        raise Forbidden(f"This call is for the page at {options.origin} alone.")
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        raise Forbidden(f"This call is for the page at {options.origin} alone.")


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
