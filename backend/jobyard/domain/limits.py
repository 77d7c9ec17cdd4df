"""Limits on everything that grows, with the product's defaults (docs/operations.md lists the settings)."""

from dataclasses import dataclass

NAME_PATTERN = r"[a-z0-9][a-z0-9._-]{0,63}"
"""What a kind or a queue may be called."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Each is a setting; over one, the answer is 422, 413 or 429 and names it."""

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
