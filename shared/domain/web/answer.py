"""What came back from an HTTP request: an answer, or why there is none."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

UnansweredKind = Literal["guarded", "dns", "tls", "refused", "too_slow", "too_big", "redirects"]

_PERMANENT = frozenset({301, 308})


@dataclass(frozen=True, slots=True)
class Headers:
    """Answer headers in the order sent; names are lower case."""

    pairs: tuple[tuple[str, str], ...] = ()

    def get(self, name: str, default: str = "") -> str:
        """Return the first value of this header, whatever the case of `name`."""
        wanted = name.lower()
        return next((value for key, value in self.pairs if key == wanted), default)

    def tokens(self, name: str) -> tuple[str, ...]:
        """Return the comma-separated tokens of every header of this name, in lower case (RFC 9110 §5.3)."""
        wanted = name.lower()
        listed = (value.split(",") for key, value in self.pairs if key == wanted)
        return tuple(token.strip().lower() for values in listed for token in values if token.strip())


def headers_from(pairs: Iterable[tuple[str, str]]) -> Headers:
    """Make `Headers` of name and value pairs written in any case."""
    return Headers(tuple((name.lower(), value.strip()) for name, value in pairs))


@dataclass(frozen=True, slots=True)
class Hop:
    """One redirect that was followed: `url` answered `status` and named another address."""

    status: int
    url: str


@dataclass(frozen=True, slots=True)
class Answered:
    """A complete answer; `body` is unpacked, `wire_bytes` counts what travelled.

    `url` is the address that answered, after `hops`; `address` the IP address that was connected to (""
    behind a proxy); `own_network` tells that it lies in one of the operator's allowed networks. URLs may hold
    a password: mask them before they are shown.
    """

    status: int
    url: str
    headers: Headers
    body: bytes
    ms: int
    hops: tuple[Hop, ...] = ()
    own_network: bool = False
    address: str = ""
    wire_bytes: int = 0

    @property
    def moved_to(self) -> str | None:
        """The address to which every redirect led permanently (301, 308); None without such a chain."""
        permanent = bool(self.hops) and all(hop.status in _PERMANENT for hop in self.hops)
        return self.url if permanent else None


@dataclass(frozen=True, slots=True)
class Unanswered:
    """No complete answer: `kind` is the poll outcome it leads to, `detail` says it in words.

    `ours` marks a failure of our own proxy, network or machine, which must not be charged to the other side.
    """

    kind: UnansweredKind
    detail: str
    ms: int
    hops: tuple[Hop, ...] = ()
    ours: bool = False


Answer = Answered | Unanswered
