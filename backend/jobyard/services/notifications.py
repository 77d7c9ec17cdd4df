"""Which ends of a new job its owner is told of, and changing that."""

import time
from collections import OrderedDict
from collections.abc import Callable, Iterable

from jobyard.domain.errors import FieldError, Invalid
from jobyard.domain.inbox import InboxSettings
from jobyard.domain.job import Notify
from jobyard.domain.user import Viewer
from jobyard.ports.inbox import Inbox
from jobyard.services.job_request import escape, is_name

MOST_KINDS = 200
REMEMBER_SECONDS = 30.0
REMEMBER_USERS = 10_000


class Wishes:
    """Every user's settings, remembered: a submit must not cost a query more.

    A change holds in this process at once, in others within 30 s.
    """

    def __init__(self, inbox: Inbox, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._inbox = inbox
        self._monotonic = monotonic
        self._known: OrderedDict[int, tuple[float, InboxSettings]] = OrderedDict()

    async def wanted(self, viewer: Viewer, kinds: Iterable[str]) -> dict[str, Notify]:
        """Of new jobs of these kinds, the ends that the viewer is told of."""
        settings = await self._settings(viewer)
        return {kind: settings.wanted(kind, signed_in=viewer.api_key is None) for kind in kinds}

    async def read(self, viewer: Viewer) -> InboxSettings:
        """The viewer's settings as they are stored."""
        settings = await self._inbox.settings(viewer) or InboxSettings()
        self._remember(viewer, settings)
        return settings

    async def change(self, viewer: Viewer, settings: InboxSettings) -> InboxSettings:
        """Keep new settings, for jobs that are submitted from now on. Raises Invalid."""
        if len(settings.kinds) > MOST_KINDS:
            raise Invalid([FieldError("/kinds", f"may name at most {MOST_KINDS} kinds, names {len(settings.kinds)}")])
        wrong = [kind for kind in settings.kinds if not is_name(kind)]
        if wrong:
            rule = "is not what a kind may be called"
            raise Invalid([FieldError(f"/kinds/{escape(kind[:64])}", rule) for kind in wrong])
        await self._inbox.set(viewer, settings)
        self._remember(viewer, settings)
        return settings

    async def _settings(self, viewer: Viewer) -> InboxSettings:
        known = self._known.get(viewer.key)
        if known is not None and self._monotonic() - known[0] < REMEMBER_SECONDS:
            return known[1]
        return await self.read(viewer)

    def _remember(self, viewer: Viewer, settings: InboxSettings) -> None:
        self._known[viewer.key] = (self._monotonic(), settings)
        self._known.move_to_end(viewer.key)
        while len(self._known) > REMEMBER_USERS:
            self._known.popitem(last=False)
