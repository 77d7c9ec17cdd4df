"""Where a request comes from: for throttles, the list of sessions and the audit trail."""

from typing import Any

import structlog
from litestar.connection import ASGIConnection

from jobyard.domain.user import Caller

DEVICE_MAX_CHARACTERS = 256


def caller_of(connection: ASGIConnection[Any, Any, Any, Any]) -> Caller:
    """Behind the front door the address is the one that it names: the server wraps the application for that."""
    device = connection.headers.get("user-agent", "")[:DEVICE_MAX_CHARACTERS]
    if not device.isprintable():
        device = "".join(character for character in device if character.isprintable())
    request_id = structlog.contextvars.get_contextvars().get("request_id", "")
    return Caller(connection.client.host if connection.client else "unknown", device, request_id)
