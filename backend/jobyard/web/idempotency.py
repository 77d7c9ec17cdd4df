"""The header `Idempotency-Key`: a call that is sent again is answered as the first time, and does nothing.

Two bodies are the same where their JSON is, whatever the order of keys, the space between them, and how a text or a
fraction is written. 1 and 1.0 differ, as they do in what is stored; so do a default that is said and one that is not.
"""

from collections.abc import Iterator
from hashlib import sha256
from typing import Annotated, Any

import msgspec
from litestar import Request, Response
from litestar.enums import MediaType
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import HeaderParameter

from jobyard.domain.errors import FieldError, Invalid
from jobyard.domain.limits import Limits
from jobyard.services.job_submit import KEY_FIELD, KeyedCall, SubmittedBatch, SubmittedJob, Written
from jobyard.web.job_structs import BatchAnswer, JobAnswer

REPLAYED = "Idempotent-Replayed"

KeyHeader = Annotated[
    str | None,
    HeaderParameter(
        name=KEY_FIELD,
        description="Of your choice, 255 characters at most. The same call with the same key within 24 hours is "
        "answered as the first time (200, `Idempotent-Replayed: true`) and stores nothing.",
        schema_extra={"minLength": 1, "maxLength": 255},
    ),
]


async def keyed_call(request: Request[Any, Any, Any], key: str | None, limits: Limits) -> KeyedCall | None:
    """The call as its key stands for it, or None without a key. Raises Invalid for a bad one."""
    if key is None:
        return None
    if not 1 <= len(key) <= limits.idempotency_key_length:
        rule = f"must have from 1 to {limits.idempotency_key_length} characters"
        raise Invalid([FieldError(KEY_FIELD, f"{rule}, has {len(key)}")])
    return KeyedCall(key, call_digest(request.scope["path"], await request.body()), _encode)


def call_digest(path: str, body: bytes) -> bytes:
    """What stands for a call: the same for the same JSON."""
    digest = sha256(path.encode())
    for part in _canonical(body or b"{}"):
        digest.update(len(part).to_bytes(8))
        digest.update(part)
    return digest.digest()


def _canonical(body: bytes) -> Iterator[bytes]:
    """An object in canonical parts; null, which a call without a body may send, is an empty one.

    A batch is 16 MiB: each of its jobs is decoded by itself.
    """
    given: dict[str, msgspec.Raw] | None = msgspec.json.decode(body, type=dict[str, msgspec.Raw] | None)
    fields = given or {}
    for name in sorted(fields):
        yield name.encode()
        text = bytes(fields[name])
        if text.startswith(b"["):
            for item in msgspec.json.decode(text, type=list[msgspec.Raw]):
                yield _sorted(item)
            yield b"]"
        else:
            yield _sorted(text)


def _sorted(text: bytes | msgspec.Raw) -> bytes:
    return msgspec.json.encode(msgspec.json.decode(text), order="sorted")


def _encode(submitted: SubmittedJob | SubmittedBatch) -> bytes:
    if isinstance(submitted, SubmittedBatch):
        return msgspec.json.encode(BatchAnswer(submitted.ids, submitted.batch_id))
    return msgspec.json.encode(JobAnswer.submitted(submitted))


def answer_written(written: Written, created: int) -> Response[Any]:
    """An answer as it was written down: for the first time (`created`: its status), or again (200)."""
    if written.replayed:
        return Response(written.body, media_type=MediaType.JSON, status_code=200, headers={REPLAYED: "true"})
    headers = {} if written.job_id is None else {"Location": f"/jobs/{written.job_id}"}
    return Response(written.body, media_type=MediaType.JSON, status_code=created, headers=headers)


def again(answer: type[Any], otherwise: str = "") -> dict[int, ResponseSpec]:
    """For the OpenAPI document: the 200 of a call that was answered before."""
    description = f"{otherwise}The same call was answered before: that answer, with `{REPLAYED}: true`."
    return {200: ResponseSpec(answer, description=description, generate_examples=False)}
