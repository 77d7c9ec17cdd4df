"""JOBYARD_SECRET: what is taken at all, settings.py decides; here is what is taken and not good."""

import math
from collections.abc import Sequence

from jobyard.doctor.findings import Finding, ok, warn
from jobyard.settings import HOW_TO_MAKE_ONE, Settings

NAME = "secret"
GOOD_BITS = 128


def check_secret(settings: Settings) -> Sequence[Finding]:
    """How hard it is to guess, judged by its length and how many different characters it has."""
    bits = len(settings.secret) * math.log2(len(set(settings.secret)))
    found: list[Finding] = []
    if bits < GOOD_BITS:
        message = f"JOBYARD_SECRET is worth about {bits:.0f} bits at most, {GOOD_BITS} are wanted"
        found.append(warn(NAME, message, f"change it as docs/operations.md says; {HOW_TO_MAKE_ONE}"))
    if settings.secret in settings.database_url:
        message = "JOBYARD_SECRET is also in JOBYARD_DATABASE_URL: whoever reads that address can sign tokens"
        found.append(warn(NAME, message, f"take another secret; {HOW_TO_MAKE_ONE}"))
    return found or [ok(NAME, "JOBYARD_SECRET is long and varied")]
