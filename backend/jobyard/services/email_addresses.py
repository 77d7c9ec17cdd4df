"""Email addresses, as they are typed and as they are kept."""

from email_validator import EmailNotValidError, validate_email

from jobyard.domain.user import EMAIL_MAX_CHARACTERS, fold_email


def normalized(email: str) -> str | None:
    """The address in Unicode's composed form, its domain in lower case; None for what is no address.

    Domains that are not on the internet (`corp.local`) are good: many a Jobyard is not either.
    """
    try:
        return validate_email(
            email.strip(), check_deliverability=False, strict=True, test_environment=True, globally_deliverable=False
        ).normalized
    except EmailNotValidError:
        return None


def folded(email: str) -> str:
    """What an address that somebody typed is looked up by, also where it is none."""
    # U+0000 is in no address, and the database would refuse to look for it, with an error.
    return fold_email(normalized(email) or email[:EMAIL_MAX_CHARACTERS].replace("\0", "\ufffd"))
