"""Limits on everything that grows, with the product's defaults (docs/operations.md lists the settings)."""

from collections.abc import Mapping
from dataclasses import dataclass

NAME_PATTERN = r"[a-z0-9][a-z0-9._-]{0,63}"
"""What a kind or a queue may be called."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Over one, the answer is 422, 413 or 429 and names it. Those of `BOUNDS` are settings."""

    job_body_bytes: int = 256 * 1024
    batch_body_bytes: int = 16 * 1024 * 1024
    batch_jobs: int = 1_000
    payload_depth: int = 64
    tags: int = 20
    tag_length: int = 64
    unique_key_length: int = 255
    idempotency_key_length: int = 255
    after: int = 100
    max_attempts: int = 100
    timeout_seconds: float = 86_400.0
    run_ahead_seconds: float = 366 * 86_400.0
    result_bytes: int = 256 * 1024
    waiting_jobs: int = 200_000
    api_keys: int = 50
    sockets_per_user: int = 20
    socket_message_bytes: int = 64 * 1024
    page_limit: int = 200
    scanned_rows: int = 2_000
    traceback_bytes: int = 8 * 1024
    message_bytes: int = 2 * 1024
    log_lines: int = 1_000
    log_bytes: int = 256 * 1024
    log_line_bytes: int = 4 * 1024


BOUNDS: Mapping[str, tuple[int, int]] = {
    "job_body_bytes": (1_024, 4 * 1024 * 1024),
    "batch_body_bytes": (1_024, 64 * 1024 * 1024),
    "batch_jobs": (1, 10_000),
    "payload_depth": (1, 200),
    "tags": (0, 100),
    "tag_length": (1, 256),
    "unique_key_length": (1, 500),
    "idempotency_key_length": (1, 500),
    "after": (0, 1_000),
    "max_attempts": (1, 1_000),
    "timeout_seconds": (1, 7 * 86_400),
    "run_ahead_seconds": (60, 3_660 * 86_400),
    "result_bytes": (1_024, 16 * 1024 * 1024),
    "waiting_jobs": (1, 10_000_000),
    "api_keys": (0, 1_000),
    "sockets_per_user": (1, 1_000),
    "socket_message_bytes": (1_024, 1024 * 1024),
    "log_lines": (10, 20_000),
    "log_bytes": (1_024, 4 * 1024 * 1024),
    "log_line_bytes": (64, 64 * 1024),
}
"""What an operator may set them to. 500 characters of UTF-8 are what an index entry holds."""
