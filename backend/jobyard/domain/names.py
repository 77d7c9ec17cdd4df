"""What a user may be called: anything that people can see, and that leaves the text around it alone."""

import unicodedata

from jobyard.domain.user import NAME_MAX_CHARACTERS

JOINERS = "\u200c\u200d"
"""Zero-width, and needed: in Persian and the scripts of India, and inside an emoji."""

BLANKS = "\u115f\u1160\u2800\u3164\uffa0"
"""Letters and symbols that are drawn as nothing."""


def clean_name(name: str) -> str:
    """The name as it is kept: in Unicode's composed form, without space around it."""
    return unicodedata.normalize("NFC", name).strip()


def name_problem(name: str) -> str | None:
    """What is wrong with a name, as a sentence that names the rule, or None."""
    cleaned = clean_name(name)
    if not cleaned:
        return "must not be empty"
    if len(cleaned) > NAME_MAX_CHARACTERS:
        return f"must have at most {NAME_MAX_CHARACTERS} characters, has {len(cleaned)}"
    for character in cleaned:
        if unicodedata.category(character) == "Cc":
            return "must not contain control characters"
        # Zl, Zp: line ends. Cf: such as those that turn the text after them around. Cs, Co, Cn: no character at all.
        if unicodedata.category(character) in {"Zl", "Zp", "Cf", "Cs", "Co", "Cn"} and character not in JOINERS:
            return f"must not contain invisible characters, such as U+{ord(character):04X}"
    if not any(_is_visible(character) for character in cleaned):
        return "must contain something that can be seen"
    return None


def _is_visible(character: str) -> bool:
    return unicodedata.category(character)[0] in "LNPS" and character not in BLANKS
