"""Which addresses jobs may connect to: public ones, and those that an operator names.

The table is ours, from the IANA special-purpose registries, because `ipaddress.is_global` differs between the releases
of Python that we run on (CVE-2024-4032). https://www.iana.org/assignments/iana-ipv4-special-registry and
https://www.iana.org/assignments/iana-ipv6-special-registry, read 2026-11.
"""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

IpNetwork = IPv4Network | IPv6Network

NOT_PUBLIC_V4 = tuple(
    IPv4Network(text)
    for text in (
        "0.0.0.0/8",  # this network; 0.0.0.0 itself reaches loopback on Linux
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # carrier-grade NAT; metadata of Alibaba Cloud
        "127.0.0.0/8",  # loopback
        "168.63.129.16/32",  # metadata of Azure: an address that looks public
        "169.254.0.0/16",  # link-local; metadata of most clouds
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # IETF protocol assignments; metadata of Oracle Cloud
        "192.0.2.0/24",  # documentation
        "192.31.196.0/24",  # AS112
        "192.52.193.0/24",  # AMT
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",  # private
        "192.175.48.0/24",  # AS112
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, and broadcast
    )
)

GLOBAL_UNICAST_V6 = IPv6Network("2000::/3")
"""All that IANA has given out: loopback, link-local, unique local, multicast and the rest lie outside of it."""

NOT_PUBLIC_V6 = tuple(
    IPv6Network(text)
    for text in (
        "2001::/23",  # IETF protocol assignments: Teredo, ORCHID, benchmarks …
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4: leads to the IPv4 address that it holds
        "2620:4f:8000::/48",  # AS112
        "3fff::/20",  # documentation
    )
)

NAT64 = IPv6Network("64:ff9b::/96")
"""Where a network has IPv6 alone, its resolver answers with these for IPv4 hosts: the IPv4 address inside decides."""


class AddressPolicy:
    """`allow` holds an operator's networks (JOBYARD_OUTBOUND_ALLOW)."""

    def __init__(self, allow: Iterable[IpNetwork] = ()) -> None:
        self._allow = tuple(allow)

    def permits(self, address: str) -> bool:
        """Whether a job may connect to `address`, an IP address as text. One with a zone (`fe80::1%eth0`) never."""
        return self.names(address) or (is_address(address) and is_public(address))

    def names(self, address: str) -> bool:
        """Whether an operator allowed it by name: then it may be private, or the machine's own."""
        if not is_address(address):
            return False
        parsed = unwrapped(address)
        return any(parsed.version == network.version and parsed in network for network in self._allow)


def is_address(text: str) -> bool:
    """Whether it is an IP address, without a zone."""
    try:
        ip_address(text)
    except ValueError:
        return False
    return "%" not in text


def is_public(address: str) -> bool:
    """Whether anyone on the Internet could be meant. Raises ValueError for what is no address."""
    parsed = unwrapped(address)
    if isinstance(parsed, IPv4Address):
        return not any(parsed in network for network in NOT_PUBLIC_V4)
    return parsed in GLOBAL_UNICAST_V6 and not any(parsed in network for network in NOT_PUBLIC_V6)


def unwrapped(address: str) -> IPv4Address | IPv6Address:
    """The address that packets go to: the IPv4 one where an IPv6 one only carries it (mapped, NAT64)."""
    parsed = ip_address(address)
    if isinstance(parsed, IPv4Address):
        return parsed
    if parsed.ipv4_mapped is not None:
        return parsed.ipv4_mapped
    return IPv4Address(parsed.packed[12:]) if parsed in NAT64 else parsed


def machine(address: str) -> str:
    """What stands for one machine when connections to it are counted: an IPv6 machine owns its /64."""
    parsed = unwrapped(address)
    return str(parsed if isinstance(parsed, IPv4Address) else ip_network((parsed, 64), strict=False))
