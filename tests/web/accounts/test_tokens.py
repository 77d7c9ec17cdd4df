import base64
import json
from collections.abc import Callable
from typing import Any, cast
from uuid import UUID, uuid4

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobyard.domain.errors import Unauthenticated
from jobyard.security import AccessTokens, HmacRefreshTokens, derive_key

SECRET = "a secret for these tests alone, long enough"
USER, SESSION = uuid4(), uuid4()
NOW = 1_800_000_000.0


def tokens(secrets: tuple[str, ...] = (SECRET,), issuer: str = "http://localhost", now: float = NOW) -> AccessTokens:
    return AccessTokens(secrets, issuer, clock=lambda: now)


def read_unchecked(token: str) -> dict[str, Any]:
    return cast("Any", jwt).decode(token, options={"verify_signature": False})


def forged(change: Callable[[dict[str, Any], dict[str, Any]], None], key: bytes | None = None) -> str:
    """A token signed with the right key, or the given one, whose header or claims were changed."""
    good = tokens().issue(USER, SESSION)
    header = jwt.get_unverified_header(good)
    claims: dict[str, Any] = read_unchecked(good)
    change(header, claims)
    algorithm = header.pop("alg", "HS256")
    header.pop("typ", None)
    signing = derive_key(SECRET, "access token") if key is None else key
    return cast("Any", jwt).encode(
        claims, signing if algorithm != "none" else None, algorithm=algorithm, headers=header
    )


def test_a_good_token() -> None:
    token = tokens().issue(USER, SESSION)
    claims = tokens().read(token)
    assert (claims.user_id, claims.session_id, claims.expires_at) == (USER, SESSION, NOW + 900)
    assert set(read_unchecked(token)) == {
        "iss",
        "aud",
        "sub",
        "iat",
        "exp",
        "jti",
        "sid",
    }


def test_no_two_are_the_same() -> None:
    assert tokens().issue(USER, SESSION) != tokens().issue(USER, SESSION)


FORGERIES: dict[str, Callable[[dict[str, Any], dict[str, Any]], None]] = {
    "no algorithm": lambda header, _: header.update(alg="none"),
    "another algorithm": lambda header, _: header.update(alg="HS512"),
    "another kid": lambda header, _: header.update(kid="0" * 16),
    "no kid": lambda header, _: header.pop("kid"),
    "another audience": lambda _, claims: claims.update(aud="others"),
    "no audience": lambda _, claims: claims.pop("aud"),
    "another issuer": lambda _, claims: claims.update(iss="https://evil.example"),
    "no issuer": lambda _, claims: claims.pop("iss"),
    "no expiry": lambda _, claims: claims.pop("exp"),
    "no session": lambda _, claims: claims.pop("sid"),
    "no id": lambda _, claims: claims.pop("jti"),
    "no user": lambda _, claims: claims.pop("sub"),
    "a user that is no id": lambda _, claims: claims.update(sub="admin"),
    "a session that is no text": lambda _, claims: claims.update(sid=1),
    "an expiry that is no number": lambda _, claims: claims.update(exp="never"),
    "from the future": lambda _, claims: claims.update(iat=NOW + 60),
}


@pytest.mark.parametrize("change", FORGERIES.values(), ids=FORGERIES.keys())
@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")
def test_forgeries(change: Callable[[dict[str, Any], dict[str, Any]], None]) -> None:
    token = forged(change)
    with pytest.raises(Unauthenticated, match="not valid"):
        tokens().read(token)


def test_another_key() -> None:
    with pytest.raises(Unauthenticated, match="not valid"):
        tokens().read(forged(lambda _, __: None, key=b"x" * 32))


def test_a_public_key_algorithm() -> None:
    """RS256, with the secret passed off as a public key: the algorithm is pinned, not read from the header."""
    head, body, signature = tokens().issue(USER, SESSION).split(".")
    header = json.loads(base64.urlsafe_b64decode(head + "=="))
    head = base64.urlsafe_b64encode(json.dumps(header | {"alg": "RS256"}).encode()).decode().rstrip("=")
    with pytest.raises(Unauthenticated, match="not valid"):
        tokens().read(f"{head}.{body}.{signature}")


def test_the_time() -> None:
    token = tokens().issue(USER, SESSION)
    assert tokens(now=NOW + 899).read(token)
    with pytest.raises(Unauthenticated, match="has run out"):
        tokens(now=NOW + 900).read(token)


def test_a_key_is_rotated_without_signing_anybody_out() -> None:
    old = tokens().issue(USER, SESSION)
    both = tokens(("a newer secret, long enough for a key", SECRET))
    assert both.read(old).user_id == USER
    new = both.issue(USER, SESSION)
    assert jwt.get_unverified_header(new)["kid"] != jwt.get_unverified_header(old)["kid"]
    with pytest.raises(Unauthenticated):
        tokens().read(new)


def test_keys_differ_by_purpose() -> None:
    assert derive_key(SECRET, "a") != derive_key(SECRET, "b")
    assert len(derive_key(SECRET, "a")) == 32


@given(st.text(max_size=300))
def test_any_text_is_refused(text: str) -> None:
    with pytest.raises(Unauthenticated):
        tokens().read(text)
    assert HmacRefreshTokens([SECRET]).session_of(text) is None


@given(st.uuids(), st.data())
def test_a_refresh_token_is_good_in_one_spelling_alone(session: UUID, data: st.DataObject) -> None:
    refresh = HmacRefreshTokens([SECRET])
    token = refresh.first(session)
    assert refresh.session_of(token) == session
    place = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.sampled_from("ABab01-_=.\n ").filter(lambda character: character != token[place]))
    assert refresh.session_of(token[:place] + other + token[place + 1 :]) is None
    assert refresh.session_of(token + other) is None


def test_successors() -> None:
    refresh = HmacRefreshTokens([SECRET])
    first = refresh.first(SESSION)
    second = refresh.successors(first)[0]
    assert refresh.session_of(second) == SESSION
    assert second == HmacRefreshTokens([SECRET]).successors(first)[0]
    assert len({first, second, refresh.successors(second)[0], refresh.first(SESSION)}) == 4
    assert HmacRefreshTokens([SECRET + "x"]).session_of(first) is None
    with pytest.raises(ValueError, match="not a token of ours"):
        refresh.successors("x")
