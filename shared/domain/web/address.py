"""Which IP addresses a request may reach, however they are spelled."""

from collections.abc import Sequence
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# IANA's special-purpose registries, written out: `ipaddress.is_private` answers differently from one Python
# release to the next.
_FORBIDDEN_V4: tuple[tuple[IPv4Network, str], ...] = tuple(
    (IPv4Network(network), reason)
    for network, reason in (
        ("0.0.0.0/8", "unspecified"),
        ("10.0.0.0/8", "private"),
        ("100.64.0.0/10", "shared by a carrier (CGNAT)"),
        ("127.0.0.0/8", "loopback"),
        ("169.254.0.0/16", "link-local"),
        ("172.16.0.0/12", "private"),
        ("192.0.0.0/24", "reserved"),
        ("192.0.2.0/24", "for documentation"),
        ("192.88.99.0/24", "a 6to4 relay"),
        ("192.168.0.0/16", "private"),
        ("198.18.0.0/15", "for benchmarks"),
        ("198.51.100.0/24", "for documentation"),
        ("203.0.113.0/24", "for documentation"),
        ("224.0.0.0/4", "multicast"),
        ("240.0.0.0/4", "reserved"),
    )
)
_FORBIDDEN_V6: tuple[tuple[IPv6Network, str], ...] = tuple(
    (IPv6Network(network), reason)
    for network, reason in (
        ("::/128", "unspecified"),
        ("::1/128", "loopback"),
        ("::/96", "an IPv4-compatible address"),
        ("64:ff9b:1::/48", "a local NAT64 address"),
        ("2001::/32", "a Teredo tunnel"),
        ("2001::/23", "reserved"),
        ("2001:db8::/32", "for documentation"),
        ("2002::/16", "a 6to4 tunnel"),
        ("3fff::/20", "for documentation"),
        ("fc00::/7", "private"),
        ("fe80::/10", "link-local"),
        ("fec0::/10", "site-local"),
        ("ff00::/8", "multicast"),
    )
)
_NAT64 = IPv6Network("64:ff9b::/96")
_GLOBAL_UNICAST = IPv6Network("2000::/3")
_LOOPBACK = IPv4Address("127.0.0.1")


def forbidden_reason(ip: Address, allowed: Sequence[Network] = ()) -> str | None:
    """Say in words why this address may not be reached; None when it may.

    `allowed` opens exactly the networks it names. An IPv4 address mapped into IPv6 is judged as the IPv4
    address it is; behind NAT64 (RFC 6052) an address is as forbidden as the IPv4 address it leads to.
    """
    plain = unmapped(ip)
    if lies_in(plain, allowed):
        return None
    reason = _reason_v4(plain) if isinstance(plain, IPv4Address) else _reason_v6(plain)
    return f"{plain} is {reason}" if reason else None


def lies_in(ip: Address, networks: Sequence[Network]) -> bool:
    """Tell whether one of these networks holds this address; an IPv4 network holds the mapped form too."""
    plain = unmapped(ip)
    return any(plain.version == network.version and plain in network for network in networks)


def unmapped(ip: Address) -> Address:
    """Return the IPv4 address that an IPv4-mapped IPv6 address stands for, any other as it is."""
    return (ip.ipv4_mapped or ip) if isinstance(ip, IPv6Address) else ip


def literal_address(host: str) -> Address | None:
    """Read a URL's host as the address that it spells; None for a name that has to be looked up.

    Takes what `inet_aton` takes (decimal, octal and hexadecimal parts, one to four of them), IPv6 with or
    without brackets and zone, one trailing dot, and `localhost` with its subdomains (RFC 6761 §6.3).
    """
    bare = host.strip().strip("[]").removesuffix(".").lower()
    if bare == "localhost" or bare.endswith(".localhost"):
        return _LOOPBACK
    if ":" in bare:
        return _ipv6(bare.partition("%")[0])
    return _inet_aton(bare)


def parse_networks(text: str) -> tuple[Network, ...]:
    """Read comma-separated CIDRs or single addresses; raises ValueError naming the one that is neither.

    A CIDR with bits beyond its length is refused: which of the two was meant cannot be known.
    """
    return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())


def _reason_v4(ip: IPv4Address) -> str | None:
    return next((reason for network, reason in _FORBIDDEN_V4 if ip in network), None)


def _reason_v6(ip: IPv6Address) -> str | None:
    if ip in _NAT64:
        behind = IPv4Address(ip.packed[-4:])
        reason = _reason_v4(behind)
        return f"NAT64 for {behind}, which is {reason}" if reason else None
    named = next((reason for network, reason in _FORBIDDEN_V6 if ip in network), None)
    return named or (None if ip in _GLOBAL_UNICAST else "reserved")


def _ipv6(text: str) -> Address | None:
    try:
        return ip_address(text)
    except ValueError:
        return None


def _inet_aton(text: str) -> IPv4Address | None:
    parts = [_number(part) for part in text.split(".")]
    numbers = [part for part in parts if part is not None]
    if len(numbers) != len(parts) or len(parts) > 4:
        return None
    *heads, tail = numbers
    if any(head > 0xFF for head in heads) or tail >= 256 ** (4 - len(heads)):
        return None
    value = sum(head << (24 - 8 * place) for place, head in enumerate(heads)) + tail
    return IPv4Address(value)


def _number(part: str) -> int | None:
    if not part.isascii() or not part.isalnum() or len(part) > 20:
        return None
    base = 16 if part.startswith("0x") else 8 if part.startswith("0") and len(part) > 1 else 10
    try:
        return int(part.removeprefix("0x") or "0", base)
    except ValueError:
        return None
