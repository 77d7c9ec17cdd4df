"""At SIGTERM, live sockets are closed with 1012 before the server cuts them.

Granian (2.8) cuts its sockets without a close frame (1006) as soon as a worker process is told to stop, and only then
ends the lifespan. So SIGTERM is ours: it closes the sockets, then raises SIGINT, for which Granian's own handler of the
same effect is still in place.
"""

import asyncio
import contextlib
import os
import signal
import threading
from collections.abc import AsyncGenerator

from jobyard.web.live_hub import LiveHub


@contextlib.asynccontextmanager
async def goodbye_at_sigterm(hub: LiveHub) -> AsyncGenerator[None]:
    """Handle SIGTERM until the end of the block. A second one changes nothing."""
    if threading.current_thread() is not threading.main_thread():
        yield  # no signals here
        return
    loop = asyncio.get_running_loop()
    goodbyes: list[asyncio.Task[None]] = []

    def on_sigterm() -> None:
        if not goodbyes:
            goodbyes.append(asyncio.create_task(_say_goodbye(hub), name="live-goodbye"))

    loop.add_signal_handler(signal.SIGTERM, on_sigterm)
    try:
        yield
    finally:
        loop.add_signal_handler(signal.SIGTERM, lambda: None)  # it stops already
        await asyncio.gather(*goodbyes)


async def _say_goodbye(hub: LiveHub) -> None:
    try:
        await hub.close_all()
    finally:
        os.kill(os.getpid(), signal.SIGINT)
