"""Whose jobs a list is of: the viewer's own; for administrators also another user's, or everybody's."""

from typing import Annotated, NamedTuple
from uuid import UUID

from litestar.di import NamedDependency
from litestar.params import QueryParameter

from jobyard.domain.errors import FieldError, Forbidden, Invalid, NotFound
from jobyard.domain.user import Role, Viewer
from jobyard.web.app_ports import AppPorts


class Whose(NamedTuple):
    """Whose jobs are read: those of `viewer`, or everybody's."""

    viewer: Viewer
    everyone: bool

    @property
    def name(self) -> str:
        """What a cursor's list is called by: a cursor of another's list is not of this one."""
        return "everybody's" if self.everyone else str(self.viewer.id)


async def provide_whose(
    viewer: NamedDependency[Viewer],
    ports: NamedDependency[AppPorts],
    owner_id: Annotated[
        UUID | None, QueryParameter(name="owner_id", description="This user's jobs; another's: for administrators.")
    ] = None,
    everyone: Annotated[bool, QueryParameter(name="all", description="Everybody's jobs; for administrators.")] = False,
) -> Whose:
    """Raises Forbidden to others, whether or not there is such a user; NotFound to administrators."""
    if owner_id in (None, viewer.id) and not everyone:
        return Whose(viewer, everyone=False)
    if not viewer.is_admin:
        raise Forbidden("Others' jobs are for administrators.")
    if everyone and owner_id is not None:
        raise Invalid([FieldError("?owner_id", "must not be given together with ?all=true")])
    if owner_id is None:
        return Whose(viewer, everyone=True)
    async with ports.account_unit() as work:
        user = await work.users.get(owner_id)
    if user is None:
        raise NotFound(f"There is no user {owner_id}.")
    return Whose(Viewer(user.key, user.id, Role.USER), everyone=False)
