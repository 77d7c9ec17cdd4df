"""Names to addresses as this machine does it (/etc/hosts, search domains), without letting a slow name server hold us.

`getaddrinfo` blocks its thread for up to half a minute and can't be stopped. In asyncio's own thread pool a few such
look-ups would stop everything else that uses it, and would delay the exit of the process: so threads of our own, a
bounded number of them, which the exit does not wait for.
"""

import asyncio
import socket
import threading
from typing import Protocol

MOST_LOOKUPS = 16


class Resolve(Protocol):
    async def __call__(self, host: str, port: int, /) -> list[str]:
        """Every address of `host`, the one to try first in front. Raises OSError when there is none."""
        ...


class SystemResolver:
    """Resolve by the machine's `getaddrinfo`, at most `MOST_LOOKUPS` at a time. For one event loop."""

    def __init__(self, most: int = MOST_LOOKUPS) -> None:
        self._free = asyncio.Semaphore(most)

    async def __call__(self, host: str, port: int, /) -> list[str]:
        await self._free.acquire()
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[list[str]] = loop.create_future()

        def deliver(found: list[str] | OSError) -> None:
            # Here and not where the answer is awaited: a caller that gave up leaves its thread running.
            self._free.release()
            if answer.cancelled():
                return
            if isinstance(found, OSError):
                answer.set_exception(found)
            else:
                answer.set_result(found)

        def look_up() -> None:
            found = addresses_of(host, port)
            try:
                loop.call_soon_threadsafe(deliver, found)
            except RuntimeError:
                return  # the loop has ended: nobody waits any more

        threading.Thread(target=look_up, name=f"look up {host[:40]}", daemon=True).start()
        return await answer


def addresses_of(host: str, port: int) -> list[str] | OSError:
    """Blocks. An error is returned, since it has to cross to another thread."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        return error
    except UnicodeError:  # a label over 63 characters, or none between two dots
        return OSError(f"{host!r} is not a host name")
    return list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))
