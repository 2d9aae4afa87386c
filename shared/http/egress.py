"""The guarded client: one keep-alive pool that connects to checked addresses only, direct or by a proxy."""

import asyncio
import ssl
import weakref
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial
from http.cookiejar import CookieJar, DefaultCookiePolicy

import aiohttp
import httpx
from aiohttp.client_proto import ResponseHandler
from aiohttp.connector import Connection
from httpx_aiohttp import AiohttpTransport

from shared.domain.web.address import Network
from shared.http.framing import frame_answers
from shared.http.guard import Guard, GuardedError, GuardedResolver
from shared.http.urls import parse_url
from shared.http.ways import DIRECT, Http2Transport, Way, Ways, pinned, trust_of

_IDLE_SECONDS = 75.0
# A receiver that moves to another address is followed after this long, however busy its connection is.
_LIFE_SECONDS = 600.0
_NAMES_KEPT_SECONDS = 30


@dataclass(slots=True)
class Route:
    """How the request in hand travels: the address connected to and whether the connection is an old one."""

    address: str = ""
    reused: bool = False


@dataclass(frozen=True, slots=True)
class GuardedClient:
    """What `fetch` and `post` send with; made by `open_client` and good inside its event loop only."""

    http: httpx.AsyncClient
    guard: Guard
    ways: Ways
    user_agent: str

    def by(self, way: Way | None) -> httpx.AsyncClient:
        """Give what requests of this way are sent with; None is the way of all."""
        return self.http if way is None or way == Way() else self.ways.client(way)


async def leads_home(client: GuardedClient, url: str) -> bool:
    """Tell before a fetch whether a URL's host lies in the operator's own networks; asks the name server.

    False where the host is forbidden or not to be found: the fetch will say which.
    """
    try:
        return await client.guard.leads_home(parse_url(url).host)
    except (GuardedError, httpx.InvalidURL):
        return False


_route: ContextVar[Route] = ContextVar("route")


def track_route() -> Route:
    """Return the record that the requests of this task fill in from now on."""
    route = Route()
    _route.set(route)
    return route


@asynccontextmanager
async def open_client(
    allowed_networks: Sequence[Network] = (),
    *,
    max_connections: int = 200,
    proxy: str | None = None,
    tls: ssl.SSLContext | None = None,
    look_up: Callable[[str], tuple[str, ...]] | None = None,
    contact: str = "",
) -> AsyncIterator[GuardedClient]:
    """Open the guarded client in the running loop and close its connections at the end.

    `allowed_networks` are the operator's own and are reached although private, never by the `proxy`. Requests
    beyond `max_connections` wait, within their own seconds. `tls` replaces the certificates trusted: those of
    certifi with the machine's. `look_up` replaces the name server: it gives the addresses of a name. `contact`
    is told to servers in the user agent.
    """
    guard = Guard(allowed_networks, look_up)
    context = tls or trusted_certificates()

    def open_way(way: Way) -> httpx.AsyncClient:
        own_proxy = None if way.proxy == DIRECT else way.proxy or proxy
        own_context = trust_of(way, context, trusted_certificates)
        if way.http2:
            return _client(Http2Transport(guard, own_proxy, own_context, partial(_note_route, reused=False)))
        return _client(GuardedTransport(guard, max_connections, own_proxy, own_context, pinned(way)))

    ways = Ways(open_way)
    try:
        async with _client(GuardedTransport(guard, max_connections, proxy, context)) as client:
            yield GuardedClient(client, guard, ways, user_agent(contact))
    finally:
        await ways.close()
        await guard.close()


def user_agent(contact: str) -> str:
    """Give the honest name that is told to servers, with an address to write to where there is one."""
    return f"Tocsin/0.1 (press-release feed reader{f'; {contact}' if contact else ''})"


def _client(transport: httpx.AsyncBaseTransport) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        transport=transport,
        trust_env=False,
        # Cookies of one fetch must not reach another: the shared jar takes none.
        cookies=CookieJar(policy=DefaultCookiePolicy(allowed_domains=())),
        event_hooks={"response": [_set_location_aside]},
    )


def trusted_certificates() -> ssl.SSLContext:
    """Trust certifi's authorities, which a bare image needs, and the machine's, which an operator adds to."""
    context = httpx.create_ssl_context(trust_env=False)
    context.load_default_certs()
    return context


class GuardedTransport(httpx.AsyncBaseTransport):
    """Judges each request, so each redirect too, before it is sent direct or by the proxy."""

    def __init__(
        self,
        guard: Guard,
        max_connections: int,
        proxy: str | None,
        tls: ssl.SSLContext,
        pinned_to: aiohttp.Fingerprint | None = None,
    ) -> None:
        self._guard = guard
        trusted = pinned_to or tls
        self._direct = AiohttpTransport(
            client=_session(_guarded_connector(guard, max_connections, trusted)), verify=tls
        )
        # The proxy is the operator's choice: it may have a private address.
        self._proxied = proxy and AiohttpTransport(
            client=_session(aiohttp.TCPConnector(limit=max_connections, ssl=trusted)),
            verify=tls,
            proxy=httpx.Proxy(proxy),
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request; raises GuardedError where its address is forbidden."""
        self._spell_plainly(request)
        if self._proxied and not await self._guard.leads_home(request.url.host):
            response = await self._proxied.handle_async_request(request)
            _note_route("", reused=False)
            return response
        return await self._direct.handle_async_request(request)

    def _spell_plainly(self, request: httpx.Request) -> None:
        url = self._guard.checked_url(request.url)
        if url != request.url:
            request.url = url
            request.headers["Host"] = url.netloc.decode("ascii")

    async def aclose(self) -> None:
        """Close every connection."""
        await self._direct.aclose()
        if self._proxied:
            await self._proxied.aclose()


_born: "weakref.WeakKeyDictionary[ResponseHandler, float]" = weakref.WeakKeyDictionary()


class TracedResponse(aiohttp.ClientResponse):
    """Notes on the task's `Route` how the request travelled, and ends the life of an old connection."""

    async def start(self, connection: Connection) -> aiohttp.ClientResponse:
        """Note the route before the answer is read, so that a lost connection is known as old or new."""
        handler, transport = connection.protocol, connection.transport
        if handler is not None and transport is not None:
            self._note(handler, str((transport.get_extra_info("peername") or ("",))[0]))
        started = await super().start(connection)
        # The transport cannot take a reason phrase outside ASCII.
        self.reason = (self.reason or "").encode("ascii", "replace").decode()
        return started

    def _note(self, handler: ResponseHandler, address: str) -> None:
        now = self._loop.time()
        reused = handler in _born
        if now - _born.setdefault(handler, now) > _LIFE_SECONDS:
            handler.force_close()
        _note_route(address, reused=reused)


def _note_route(address: str, *, reused: bool) -> None:
    if (route := _route.get(None)) is not None:
        route.address, route.reused = address, reused


async def _set_location_aside(response: httpx.Response) -> None:
    # The client reads a Location even when it does not follow it, and raises on one that it cannot read.
    if "location" in response.headers:
        response.extensions["location"] = response.headers.pop("location")


def _guarded_connector(
    guard: Guard, max_connections: int, tls: ssl.SSLContext | aiohttp.Fingerprint
) -> aiohttp.TCPConnector:
    connector = aiohttp.TCPConnector(
        resolver=GuardedResolver(guard),
        socket_factory=guard.open_socket,
        ttl_dns_cache=_NAMES_KEPT_SECONDS,
        keepalive_timeout=_IDLE_SECONDS,
        limit=max_connections,
        ssl=tls,
    )
    return frame_answers(connector, asyncio.get_running_loop())


def _session(connector: aiohttp.TCPConnector) -> aiohttp.ClientSession:
    return aiohttp.ClientSession(
        connector=connector,
        response_class=TracedResponse,
        cookie_jar=aiohttp.DummyCookieJar(),
        trust_env=False,
        # What httpx writes is what is sent.
        skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding", "Content-Type"),
    )
