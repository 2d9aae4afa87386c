"""Which addresses a connection may go to: names are judged once looked up, sockets as they are made."""

import asyncio
import socket
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_address

import httpx
from aiohttp.abc import AbstractResolver, ResolveResult

from shared.domain.web.address import Address, Network, forbidden_reason, lies_in, literal_address

_LOOKUP_SECONDS = 10.0
# The loop's own pool has six threads on two cores: a few dead name servers would hold all of them.
_LOOKUP_THREADS = 32
# Behind a proxy the name server may be unreachable: a look-up that only tells whose host it is may not wait.
_HOME_SECONDS = 2.0
_HOME_KEPT_SECONDS = 60.0
# What `localhost` means is not asked of a name server (RFC 6761 §6.3).
_LOOPBACKS = ("127.0.0.1", "::1")


class GuardedError(OSError):
    """The request would reach an address that it may not; the text says which and why."""


class Guard:
    """Judges addresses against the operator's allowed networks and looks names up."""

    def __init__(
        self, allowed: Sequence[Network], look_up: Callable[[str], tuple[str, ...]] | None = None
    ) -> None:
        self._allowed = tuple(allowed)
        self._getaddrinfo = look_up or _getaddrinfo
        self._homes: dict[str, tuple[float, bool]] = {}
        self._threads = ThreadPoolExecutor(_LOOKUP_THREADS, thread_name_prefix="lookup")

    def own(self, address: str) -> bool:
        """Tell whether this IP address lies in one of the operator's allowed networks."""
        return bool(address) and lies_in(_address(address), self._allowed)

    def check(self, address: Address) -> None:
        """Raise GuardedError where this address may not be reached."""
        if reason := forbidden_reason(address, self._allowed):
            raise GuardedError(f"not reached: {reason}")

    def checked_url(self, url: httpx.URL) -> httpx.URL:
        """Return the URL with a literal host in its plain spelling; raise GuardedError where it is forbidden.

        The connector never asks its resolver for a literal address, so this is asked for every request.
        """
        host = url.host
        if url.scheme not in {"http", "https"} or not host:
            raise GuardedError(f"not reached: {url.scheme or 'no'} address, only http and https are")
        literal = literal_address(host)
        if literal is None or _is_localhost(host):
            return url
        self.check(literal)
        return url.copy_with(host=str(literal))

    def open_socket(self, info: tuple[int, int, int, str, tuple[object, ...]]) -> socket.socket:
        """Make the socket of one connection: the last place where its address can be refused."""
        family, kind, protocol, _, target = info
        self.check(_address(str(target[0])))
        return socket.socket(family, kind, protocol)

    async def addresses(self, host: str) -> tuple[str, ...]:
        """Look a name up and return the addresses that may be connected to.

        A name with any forbidden address is refused whole, for its owner may be pointing it at us; only where
        some lie in an allowed network are those used alone. Raises GuardedError, and socket.gaierror.
        """
        found = await self._look_up(host)
        own = tuple(address for address in found if self.own(address))
        if own:
            return own
        for address in found:
            self._check_answer(host, _address(address))
        return found

    async def leads_home(self, host: str) -> bool:
        """Tell whether a host lies in the operator's own networks, which no proxy is asked for.

        Raises GuardedError for a host with a forbidden address. A name that cannot be looked up here is left
        to the proxy: behind one, names are often the proxy's to resolve.
        """
        known = self._homes.get(host)
        now = asyncio.get_running_loop().time()
        if known is None or known[0] < now:
            known = (now + _HOME_KEPT_SECONDS, await self._find_home(host))
            self._homes[host] = known
        return known[1]

    async def _find_home(self, host: str) -> bool:
        literal = literal_address(host)
        if literal is not None and not _is_localhost(host):
            self.check(literal)
            return self.own(str(literal))
        try:
            async with asyncio.timeout(_HOME_SECONDS):
                return self.own((await self.addresses(host))[0])
        except (socket.gaierror, TimeoutError):
            return False

    async def close(self) -> None:
        """Let go of the look-up threads without waiting for name servers."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _check_answer(self, host: str, address: Address) -> None:
        if reason := forbidden_reason(address, self._allowed):
            raise GuardedError(f"not reached: {reason}, and {host} leads there")

    async def _look_up(self, host: str) -> tuple[str, ...]:
        if _is_localhost(host):
            return _LOOPBACKS
        asking = asyncio.get_running_loop().run_in_executor(self._threads, self._getaddrinfo, host)
        try:
            return await asyncio.wait_for(asking, _LOOKUP_SECONDS)
        except TimeoutError:
            silent = f"no answer from the name server in {_LOOKUP_SECONDS:.0f} s"
            raise socket.gaierror(socket.EAI_AGAIN, silent) from None
        except UnicodeError as error:  # A label over 63 characters or an empty one.
            raise socket.gaierror(socket.EAI_NONAME, f"not a name: {error}") from None


class GuardedResolver(AbstractResolver):
    """Gives the connector checked addresses only; it connects to these very ones."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Resolve as `Guard.addresses` does."""
        addresses = await self._guard.addresses(host)
        return [_result(host, address, port) for address in addresses if _fits(address, family)]

    async def close(self) -> None:
        """Do nothing: the guard outlives the resolver."""


def _is_localhost(host: str) -> bool:
    return "localhost" in host.lower() and literal_address(host) is not None


def _getaddrinfo(host: str) -> tuple[str, ...]:
    answers = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(answer[4][0]) for answer in answers))


def _address(text: str) -> Address:
    return ip_address(text.partition("%")[0])


def _family(address: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def _fits(address: str, family: socket.AddressFamily) -> bool:
    return family in {socket.AF_UNSPEC, _family(address)}


def _result(host: str, address: str, port: int) -> ResolveResult:
    return {
        "hostname": host,
        "host": address,
        "port": port,
        "family": _family(address),
        "proto": 0,
        "flags": socket.AI_NUMERICHOST,
    }
