"""Fields of accounts' bodies, with their rules for the API document.

They are checked in domain and services, whose messages name field, rule and value.
"""

from typing import Annotated, Any

from msgspec import Meta

from jobyard.domain.user import EMAIL_MAX_CHARACTERS, NAME_MAX_CHARACTERS, PASSWORD_MAX_BYTES, PASSWORD_MIN_CHARACTERS


def _told(description: str | None = None, **rules: Any) -> Meta:
    return Meta(description=description, extra_json_schema=rules)


EmailField = Annotated[str, _told(format="email", maxLength=EMAIL_MAX_CHARACTERS)]
NameField = Annotated[str, _told(maxLength=NAME_MAX_CHARACTERS)]
NewPasswordField = Annotated[
    str,
    _told(
        f"{PASSWORD_MAX_BYTES} bytes in UTF-8 at most; not the email, and not among the commonest.",
        minLength=PASSWORD_MIN_CHARACTERS,
        maxLength=PASSWORD_MAX_BYTES,
    ),
]
