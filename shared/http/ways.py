"""How one source alone is reached: by a proxy of its own, in HTTP/2, trusting a certificate of its own."""

import ssl
from collections.abc import Callable
from dataclasses import dataclass

import aiohttp
import httpx

from shared.domain.polling.feed_options import FINGERPRINT
from shared.domain.web.address import literal_address
from shared.http.guard import Guard

DIRECT = "direct"


@dataclass(frozen=True, slots=True)
class Way:
    """`proxy` is an address, "direct" for none, "" for that of all; `trust` PEM certificates or a fingerprint."""

    proxy: str = ""
    http2: bool = False
    trust: str = ""


class Ways:
    """The clients of sources that are reached in a way of their own, each opened when first asked for."""

    def __init__(self, open_way: Callable[[Way], httpx.AsyncClient]) -> None:
        self._open = open_way
        self._opened: dict[Way, httpx.AsyncClient] = {}

    def client(self, way: Way) -> httpx.AsyncClient:
        """Give the client of a way."""
        if way not in self._opened:
            self._opened[way] = self._open(way)
        return self._opened[way]

    async def close(self) -> None:
        """Close every connection."""
        for client in self._opened.values():
            await client.aclose()


def trust_of(way: Way, usual: ssl.SSLContext, own: Callable[[], ssl.SSLContext]) -> ssl.SSLContext:
    """Give the certificates that a way trusts: the usual, or its own beside those that `own` makes."""
    if not way.trust or way.trust.startswith(FINGERPRINT):
        return usual
    context = own()
    context.load_verify_locations(cadata=way.trust)
    return context


def pinned(way: Way) -> aiohttp.Fingerprint | None:
    """Give the one certificate that a way trusts by its fingerprint, whoever signed it."""
    if not way.trust.startswith(FINGERPRINT):
        return None
    return aiohttp.Fingerprint(bytes.fromhex(way.trust.removeprefix(FINGERPRINT)))


class Http2Transport(httpx.AsyncBaseTransport):
    """Speaks HTTP/2 where the server does, over httpx's own pool, to addresses that were checked.

    A connection is of one host: in HTTP/2 two names of one address would share it, whatever its certificate.
    """

    def __init__(
        self, guard: Guard, proxy: str | None, tls: ssl.SSLContext, note: Callable[[str], None]
    ) -> None:
        self._guard, self._proxy, self._tls, self._note = guard, proxy, tls, note
        self._pools: dict[tuple[str, bool], httpx.AsyncHTTPTransport] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request; raises GuardedError where its address is forbidden."""
        host = request.url.host
        request.url = self._guard.checked_url(request.url)
        if self._proxy and not await self._guard.leads_home(host):
            self._note("")
            return await self._pool(host, proxied=True).handle_async_request(request)
        is_name = literal_address(host) is None or "localhost" in host.lower()
        addresses = await self._guard.addresses(host) if is_name else (request.url.host,)
        request.extensions = {**request.extensions, "sni_hostname": host}
        return await self._send(request, host, addresses)

    async def _send(self, request: httpx.Request, host: str, addresses: tuple[str, ...]) -> httpx.Response:
        *others, last = addresses
        for address in others:
            try:
                return await self._send_to(request, host, address)
            except httpx.ConnectError:
                continue
        return await self._send_to(request, host, last)

    async def _send_to(self, request: httpx.Request, host: str, address: str) -> httpx.Response:
        request.url = request.url.copy_with(host=address)
        response = await self._pool(host, proxied=False).handle_async_request(request)
        self._note(address)
        return response

    def _pool(self, host: str, *, proxied: bool) -> httpx.AsyncHTTPTransport:
        if (host, proxied) not in self._pools:
            proxy = self._proxy if proxied else None
            self._pools[host, proxied] = httpx.AsyncHTTPTransport(
                verify=self._tls, http2=True, trust_env=False, proxy=proxy
            )
        return self._pools[host, proxied]

    async def aclose(self) -> None:
        """Close every connection."""
        for pool in self._pools.values():
            await pool.aclose()
