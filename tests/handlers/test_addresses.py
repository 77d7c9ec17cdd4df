from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobyard.handlers.addresses import AddressPolicy, is_public, machine

# Every entry of the two IANA special-purpose registries, but the two that carry an IPv4 address (tested below), with
# the metadata services and multicast.
SPECIAL_V4 = [
    "0.0.0.0/8", "0.0.0.0/32", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
    "192.0.0.0/24", "192.0.0.0/29", "192.0.0.8/32", "192.0.0.9/32", "192.0.0.10/32", "192.0.0.170/32",
    "192.0.0.171/32", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.88.99.2/32",
    "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4",
    "255.255.255.255/32", "224.0.0.0/4", "168.63.129.16/32", "169.254.169.254/32", "100.100.100.200/32",
]  # fmt: skip
SPECIAL_V6 = [
    "::1/128", "::/128", "64:ff9b:1::/48", "100::/64", "100:0:0:1::/64", "2001::/23", "2001::/32", "2001:1::1/128",
    "2001:1::2/128", "2001:1::3/128", "2001:2::/48", "2001:3::/32", "2001:4:112::/48", "2001:10::/28", "2001:20::/28",
    "2001:30::/28", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20", "5f00::/16", "fc00::/7",
    "fe80::/10", "fec0::/10", "ff00::/8", "::/96", "fd00:ec2::254/128", "fd20:ce::254/128",
]  # fmt: skip

PUBLIC = [
    "1.1.1.1", "8.8.8.8", "93.184.216.34", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.0",
    "169.253.255.255", "172.15.255.255", "172.32.0.0", "192.0.1.0", "223.255.255.255", "11.0.0.0", "168.63.129.15",
    "2606:4700::1111", "2001:200::1", "2001:4860:4860::8888", "2003::1", "2a00:1450:4001::1", "::ffff:8.8.8.8",
    "64:ff9b::8.8.8.8",
]  # fmt: skip


def inside(network: IPv4Network | IPv6Network) -> st.SearchStrategy[str]:
    make = IPv4Address if isinstance(network, IPv4Network) else IPv6Address
    first, last = int(network.network_address), int(network.broadcast_address)
    return st.integers(first, last).map(lambda number: str(make(number))) | st.sampled_from(
        [str(make(first)), str(make(last))]
    )


anywhere_special_v4 = st.sampled_from(SPECIAL_V4).map(IPv4Network).flatmap(inside)
anywhere_special_v6 = st.sampled_from(SPECIAL_V6).map(IPv6Network).flatmap(inside)


@given(anywhere_special_v4 | anywhere_special_v6)
def test_no_address_of_a_special_registry_is_public(address: str) -> None:
    assert not is_public(address)


@given(anywhere_special_v4, st.sampled_from(["::ffff:", "64:ff9b::"]))
def test_an_ipv4_address_inside_an_ipv6_one_decides(address: str, prefix: str) -> None:
    assert not is_public(prefix + address)
    assert not AddressPolicy([ip_network("::/0")]).permits(prefix + address)
    assert AddressPolicy([ip_network("0.0.0.0/0")]).permits(prefix + address)


@given(anywhere_special_v4)
def test_no_form_of_ipv6_reaches_a_special_ipv4_address(address: str) -> None:
    v4 = int(IPv4Address(address))
    carriers = [v4, 0x2002 << 112 | v4 << 80, 0x20010000 << 96 | (v4 ^ 0xFFFFFFFF), 0xFFFF_0000 << 32 | v4]
    assert not [str(IPv6Address(number)) for number in carriers if is_public(str(IPv6Address(number)))]


@given(st.ip_addresses().map(str))
def test_what_python_calls_private_is_never_public(address: str) -> None:
    parsed = IPv6Address(address) if ":" in address else IPv4Address(address)
    if parsed.is_private or parsed.is_multicast or parsed.is_reserved or parsed.is_loopback or parsed.is_link_local:
        # To Python all that carries an IPv4 address is "reserved"; here the address inside decides.
        carries = isinstance(parsed, IPv6Address) and (parsed.ipv4_mapped or parsed in IPv6Network("64:ff9b::/96"))
        assert carries or not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_permitted(address: str) -> None:
    assert AddressPolicy().permits(address)


@pytest.mark.parametrize(
    "text", ["", "localhost", "127.1", "0x7f.0.0.1", "2606:4700::1111%eth0", "fe80::1%1", "1.1.1.1 "]
)
def test_what_is_no_plain_address_is_never_permitted(text: str) -> None:
    everything = AddressPolicy([ip_network("0.0.0.0/0"), ip_network("::/0")])
    assert not AddressPolicy().permits(text)
    assert not everything.permits(text)


def test_an_operator_opens_a_network_and_nothing_beside_it() -> None:
    policy = AddressPolicy([ip_network("10.1.0.0/16"), ip_network("fd00:1::/32")])
    assert policy.permits("10.1.255.255")
    assert policy.permits("::ffff:10.1.0.1")
    assert policy.permits("fd00:1::5")
    assert policy.permits("1.1.1.1")
    assert not policy.permits("10.2.0.0")
    assert not policy.permits("fd00:2::5")
    assert policy.names("10.1.2.3")
    assert not policy.names("1.1.1.1")


def test_an_ipv6_machine_counts_by_its_64() -> None:
    assert machine("2a00:1450:4001:1::1") == machine("2a00:1450:4001:1:ffff::2") != machine("2a00:1450:4001:2::1")
    assert machine("::ffff:8.8.8.8") == machine("8.8.8.8") != machine("8.8.8.9")
