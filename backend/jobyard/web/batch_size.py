"""The size of a batch, before it is decoded.

16 MiB of JSON can become 1.5 GB of Python objects, which take the better part of a minute to check, and a single job
of that size was only refused after that. Here the decoder passes over what it does not keep: 0.1 s, and no memory.
"""

from typing import Any

import msgspec

from jobyard.domain.errors import FieldError, Invalid, TooLarge
from jobyard.domain.limits import Limits
from jobyard.handlers.registry import field_error


class _AnyJob(msgspec.Struct, gc=False):
    """An object, whatever is in it."""


class _Count(msgspec.Struct, forbid_unknown_fields=True):
    jobs: list[_AnyJob]
    on_complete: _AnyJob | None = None


class _Texts(msgspec.Struct):
    jobs: list[msgspec.Raw]
    on_complete: msgspec.Raw = msgspec.Raw(b"null")


def check_batch_size(body: bytes, limits: Limits) -> None:
    """Raise Invalid for too many jobs or what is no list of objects, TooLarge for a job over the limit of a single one.

    What is not JSON at all ends in msgspec's own error.
    """
    count = len(_outline(body, _Count).jobs)
    if count > limits.batch_jobs:
        raise Invalid([FieldError("/jobs", f"must be from 1 to {limits.batch_jobs}, not {count}")])
    texts = _outline(body, _Texts)
    for pointer, text in [
        ("/on_complete", texts.on_complete),
        *((f"/jobs/{n}", job) for n, job in enumerate(texts.jobs)),
    ]:
        size = len(memoryview(text))
        if size > limits.job_body_bytes:
            raise TooLarge(f"{pointer} must have at most {limits.job_body_bytes} bytes, has {size}.")


def _outline(body: bytes, wanted: Any) -> Any:
    try:
        return msgspec.json.decode(body, type=wanted)
    except msgspec.ValidationError as error:
        raise Invalid([field_error(str(error), "")]) from error
