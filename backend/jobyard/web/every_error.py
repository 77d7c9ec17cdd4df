"""Every wrong field of a body, where the decoder stops at the first."""

import contextlib
from enum import Enum
from types import UnionType
from typing import Annotated, Any, Union, cast, get_args, get_origin

import msgspec

from jobyard.domain.errors import FieldError, Invalid
from jobyard.handlers.registry import field_error
from jobyard.handlers.told_value import with_value


def every_error(body: bytes, wanted: Any) -> list[FieldError]:
    """What is wrong with a JSON body that could not be decoded as `wanted`, 100 errors at most."""
    found: list[FieldError] = []
    with contextlib.suppress(msgspec.ValidationError):  # a number that nothing can hold: the decoder's own error tells
        _search(msgspec.json.decode(body), wanted, "", found)
    return found[: Invalid.MOST]


def _search(value: Any, wanted: Any, pointer: str, found: list[FieldError]) -> None:
    """Go into objects and lists whose types are known; let the decoder judge the rest, one place at a time."""
    if len(found) >= Invalid.MOST:
        return
    wanted = _bare(wanted, value)
    if isinstance(value, dict) and isinstance(wanted, type) and issubclass(cast("type[Any]", wanted), msgspec.Struct):
        _search_struct(cast("dict[str, Any]", value), wanted, pointer, found)
    elif isinstance(value, list) and get_origin(wanted) in {list, tuple}:
        for index, item in enumerate(cast("list[Any]", value)):
            if len(found) >= Invalid.MOST:
                break
            _search(item, get_args(wanted)[0], f"{pointer}/{index}", found)
    elif isinstance(wanted, type) and issubclass(cast("type[Any]", wanted), Enum) and isinstance(value, str):
        choices = [str(choice.value) for choice in cast("type[Enum]", wanted)]
        if value not in choices:
            found.append(FieldError(pointer, f"must be one of {', '.join(choices)}, not {value[:64]!r}"))
    else:
        try:
            msgspec.convert(value, wanted, strict=True)
        except msgspec.ValidationError as error:
            wrong = field_error(str(error), pointer)
            if wrong.pointer == pointer:  # and not of something within the value
                wrong = FieldError(pointer, with_value(wrong.message, value))
            found.append(wrong)


def _bare(wanted: Any, value: Any) -> Any:
    """The type within `Annotated[…]`, and within `… | None` where the value is not null, or `… | UnsetType`."""
    while True:
        choices = [choice for choice in get_args(wanted) if choice not in (type(None), msgspec.UnsetType)]
        if get_origin(wanted) is Annotated:
            wanted = choices[0]
        elif get_origin(wanted) in {Union, UnionType} and len(choices) == 1 and value is not None:
            (wanted,) = choices
        else:
            return wanted


def _search_struct(value: dict[str, Any], wanted: type[msgspec.Struct], pointer: str, found: list[FieldError]) -> None:
    before = len(found)
    fields = {field.encode_name: field for field in msgspec.structs.fields(wanted)}
    for name, field in fields.items():
        if name in value:
            _search(value[name], field.type, f"{pointer}/{name}", found)
        elif field.required:
            found.append(FieldError(f"{pointer}/{name}", "is required"))
    if wanted.__struct_config__.forbid_unknown_fields:
        found.extend(
            FieldError(f"{pointer}/{name.replace('~', '~0').replace('/', '~1')}"[:512], "is not a known field")
            for name in value
            if name not in fields
        )
    if len(found) == before:  # each field is right by itself: the rule is one over several fields
        try:
            msgspec.convert(value, wanted, strict=True)
        except msgspec.ValidationError as error:
            found.append(field_error(str(error), pointer))
