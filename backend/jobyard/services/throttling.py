"""What is counted against guessing: by whom, and when it is too much."""

import hashlib
import ipaddress

from jobyard.domain.errors import TooMany
from jobyard.services.account_rules import Throttle


def network(address: str) -> str:
    """What is counted as one address: an IPv4 address, or the /64 that one IPv6 customer has."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(ip, ipaddress.IPv4Address):
        return str(ip)
    if ip.ipv4_mapped is not None:
        return str(ip.ipv4_mapped)
    return str(ipaddress.ip_network((ip, 64), strict=False))


def count_key(*parts: str) -> bytes:
    """What a count is kept under: of one length, and without the address and the email in the clear."""
    return hashlib.blake2b("\0".join(parts).encode(), digest_size=16).digest()


def refuse_if(what: str, throttle: Throttle, wait_seconds: float | None) -> None:
    """Raise TooMany where a hit was refused."""
    if wait_seconds is not None:
        minutes = round(throttle.window_seconds / 60)
        raise TooMany(f"Over {throttle.limit} {what} in {minutes} minutes: wait and try again.", wait_seconds)
