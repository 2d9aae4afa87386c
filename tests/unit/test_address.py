"""Which addresses may be reached, however they are spelled."""

from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.web.address import forbidden_reason, lies_in, literal_address, parse_networks, unmapped

FORBIDDEN = (
    ("0.0.0.0", "unspecified"),
    ("10.1.2.3", "private"),
    ("100.64.0.1", "CGNAT"),
    ("100.127.255.255", "CGNAT"),
    ("127.0.0.1", "loopback"),
    ("127.255.255.255", "loopback"),
    ("169.254.169.254", "link-local"),
    ("172.16.0.1", "private"),
    ("172.31.255.255", "private"),
    ("192.0.0.8", "reserved"),
    ("192.0.2.1", "documentation"),
    ("192.88.99.1", "6to4"),
    ("192.168.1.1", "private"),
    ("198.18.0.1", "benchmarks"),
    ("198.51.100.1", "documentation"),
    ("203.0.113.1", "documentation"),
    ("224.0.0.1", "multicast"),
    ("240.0.0.1", "reserved"),
    ("255.255.255.255", "reserved"),
    ("::", "unspecified"),
    ("::1", "loopback"),
    ("::127.0.0.1", "IPv4-compatible"),
    ("::ffff:127.0.0.1", "loopback"),
    ("::ffff:10.0.0.1", "private"),
    ("64:ff9b::7f00:1", "NAT64 for 127.0.0.1"),
    ("64:ff9b::a9fe:a9fe", "NAT64 for 169.254.169.254"),
    ("64:ff9b:1::1", "local NAT64"),
    ("100::1", "reserved"),
    ("2001::1", "Teredo"),
    ("2001:10::1", "reserved"),
    ("2001:db8::1", "documentation"),
    ("2002:7f00:1::", "6to4"),
    ("3fff::1", "documentation"),
    ("4000::1", "reserved"),
    ("5f00::1", "reserved"),
    ("fc00::1", "private"),
    ("fd12:3456::1", "private"),
    ("fe80::1", "link-local"),
    ("fec0::1", "site-local"),
    ("ff02::1", "multicast"),
)
PUBLIC = (
    "1.1.1.1",
    "9.255.255.255",
    "100.63.255.255",
    "100.128.0.0",
    "172.15.255.255",
    "172.32.0.0",
    "192.0.1.1",
    "223.255.255.255",
    "2606:4700::1111",
    "2a00:1450:4001::1",
    "::ffff:1.1.1.1",
    "64:ff9b::101:101",
)


@pytest.mark.parametrize(("text", "reason"), FORBIDDEN)
def test_an_address_that_is_not_public_is_refused_with_a_reason(text: str, reason: str) -> None:
    assert reason in (forbidden_reason(ip_address(text)) or "")


@pytest.mark.parametrize("text", PUBLIC)
def test_a_public_address_may_be_reached(text: str) -> None:
    assert forbidden_reason(ip_address(text)) is None


@settings(max_examples=200)
@given(st.ip_addresses())
def test_what_python_calls_private_or_multicast_is_refused(address: IPv4Address | IPv6Address) -> None:
    address = unmapped(address)
    leads_to_ipv4 = lies_in(address, parse_networks("64:ff9b::/96"))
    if not leads_to_ipv4 and (address.is_private or address.is_multicast or address.is_reserved):
        assert forbidden_reason(address)


def test_an_allowed_network_opens_exactly_what_it_names() -> None:
    allowed = parse_networks("10.1.0.0/16, 127.0.0.1, fd00:1::/32")
    opened = ("10.1.255.255", "127.0.0.1", "::ffff:127.0.0.1", "fd00:1::9")
    closed = ("10.2.0.0", "127.0.0.2", "::1", "::127.0.0.1", "64:ff9b::7f00:1", "fd00:2::9", "192.168.0.1")
    assert [text for text in opened if forbidden_reason(ip_address(text), allowed)] == []
    assert [text for text in closed if not forbidden_reason(ip_address(text), allowed)] == []


def test_own_networks_are_told_from_public_addresses() -> None:
    own = parse_networks("127.0.0.0/8")
    assert lies_in(ip_address("127.0.0.9"), own)
    assert not lies_in(ip_address("1.1.1.1"), own)
    assert not lies_in(ip_address("::1"), own)


def test_networks_are_read_from_a_comma_separated_list() -> None:
    assert [str(network) for network in parse_networks(" 10.0.0.0/8,, ::1 ")] == ["10.0.0.0/8", "::1/128"]
    for wrong in ("intranet", "10.0.0.1/8"):
        with pytest.raises(ValueError, match=wrong):
            parse_networks(f"10.0.0.0/8,{wrong}")


LITERALS = (
    ("127.0.0.1", "127.0.0.1"),
    ("127.0.0.1.", "127.0.0.1"),
    ("2130706433", "127.0.0.1"),
    ("0x7f000001", "127.0.0.1"),
    ("0X7F.1", "127.0.0.1"),
    ("0x7f.0x0.0x0.0x1", "127.0.0.1"),
    ("0177.0.0.1", "127.0.0.1"),
    ("017700000001", "127.0.0.1"),
    ("127.1", "127.0.0.1"),
    ("127.0.1", "127.0.0.1"),
    ("10.256", "10.0.1.0"),
    ("0", "0.0.0.0"),
    ("10.2.3.", "10.2.0.3"),
    ("localhost", "127.0.0.1"),
    ("LOCALHOST.", "127.0.0.1"),
    ("presse.localhost", "127.0.0.1"),
    ("[::1]", "::1"),
    ("::1", "::1"),
    ("[fe80::1%eth0]", "fe80::1"),
    ("fe80::1%25eth0", "fe80::1"),
    ("[::ffff:7f00:1]", "::ffff:127.0.0.1"),
)
NAMES = (
    "presse.example",
    "08.0.0.1",
    "256.1.1.1",
    "1.2.3.4.5",
    "127.0.0.1.nip.example",
    "4294967296",
    "127.0.0x1g",
    "xn--mnchen-3ya.example",
    "notlocalhost",
    "",
    "1..2",
    "[::1::2]",
)


@pytest.mark.parametrize(("host", "address"), LITERALS)
def test_a_literal_host_is_the_address_it_spells(host: str, address: str) -> None:
    assert literal_address(host) == ip_address(address)


@pytest.mark.parametrize("host", NAMES)
def test_a_name_is_no_literal(host: str) -> None:
    assert literal_address(host) is None


@settings(max_examples=100)
@given(st.ip_addresses(v=4), st.sampled_from(("{}", "0x{:x}", "0{:o}")))
def test_every_spelling_of_an_ipv4_address_is_recognised(address: IPv4Address, spelling: str) -> None:
    whole = int(address)
    a, b, c, d = address.packed
    shapes = ((whole,), (a, whole & 0xFFFFFF), (a, b, whole & 0xFFFF), (a, b, c, d))
    spelled = [".".join(spelling.format(part) for part in shape) for shape in shapes]
    assert {literal_address(text) for text in spelled} == {address}


@settings(max_examples=100)
@given(st.text(max_size=40))
def test_no_host_breaks_the_reader(host: str) -> None:
    literal_address(host)
    assert literal_address(host) is None or forbidden_reason(literal_address(host) or IPv4Address(0)) != ""
