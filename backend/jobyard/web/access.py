"""Who may call what: the one table, by the first part of the path. A key does what its scopes name and nothing else.

A call is public (`opt=PUBLIC` on its handler), everybody's for their own things, or for administrators. With an API key
it also needs one of the scopes that stand here. What is not in the table is for sessions alone, and fails a test.
"""

from dataclasses import dataclass
from functools import lru_cache

from jobyard.domain.errors import Forbidden
from jobyard.domain.user import Scope, Viewer

READS = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class Access:
    """What a call asks of its caller. An empty set of scopes: no API key may make it."""

    scopes: frozenset[Scope] = frozenset()
    admin: bool = False
    """Whether it is for administrators alone."""


def _any(*scopes: Scope, admin: bool = False) -> Access:
    return Access(frozenset(scopes), admin)


_READ, _WRITE, _WORKER = _any(Scope.JOBS_READ), _any(Scope.JOBS_WRITE), _any(Scope.WORKER)
_ACCOUNT = _any(Scope.ADMIN)
_OPERATOR = _any(Scope.ADMIN, admin=True)

# First part of the path → reads (GET), writes.
_TABLE: dict[str, tuple[Access, Access]] = {
    "jobs": (_READ, _WRITE),
    "operations": (_READ, _WRITE),
    "schedules": (_READ, _WRITE),
    "stats": (_READ, _WRITE),
    "kinds": (_any(Scope.JOBS_READ, Scope.WORKER), _any(Scope.JOBS_WRITE, Scope.WORKER)),
    "queues": (_READ, _OPERATOR),
    "worker": (_WORKER, _WORKER),
    "me": (_ACCOUNT, _ACCOUNT),
    "email": (_ACCOUNT, _ACCOUNT),
    "api-keys": (_ACCOUNT, _ACCOUNT),
    "audit": (_ACCOUNT, _ACCOUNT),
    "notifications": (_ACCOUNT, _ACCOUNT),
    "webhook-secrets": (_ACCOUNT, _ACCOUNT),
    "workers": (_OPERATOR, _OPERATOR),
    "admin": (_OPERATOR, _OPERATOR),
}
_EXCEPT: dict[tuple[str, str], Access] = {
    ("POST", "/api-keys"): Access(),  # else a key that leaked would make itself others
}

SOCKET = _READ
"""The live socket, which checks this itself: it is told who calls after it was accepted."""


@lru_cache(maxsize=1024)
def access_of(method: str, path_template: str) -> Access | None:
    """What a call asks for that is not public; None for one that nobody has thought of."""
    listed = _TABLE.get(path_template.strip("/").partition("/")[0])
    if listed is None:
        return None
    return _EXCEPT.get((method, path_template), listed[0 if method in READS else 1])


def check_access(viewer: Viewer, access: Access) -> None:
    """Raise Forbidden where the viewer may not do what asks for this."""
    key = viewer.api_key
    if key is not None and not key.scopes & access.scopes:
        if not access.scopes:
            raise Forbidden("This needs a signed-in session: it cannot be done with an API key.")
        needed = " or ".join(sorted(access.scopes))
        raise Forbidden(f"This API key may not do this: it needs the scope {needed}.")
    if access.admin and not viewer.is_admin:
        raise Forbidden("This is for administrators.")


def check_call(viewer: Viewer, method: str, path_template: str) -> None:
    """Raise Forbidden where the viewer may not make this call."""
    check_access(viewer, access_of(method, path_template) or Access())
