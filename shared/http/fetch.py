"""Fetching a feed or a page: conditional, bounded in bytes and seconds, following redirects."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from time import perf_counter

import httpx

from shared.domain.web.answer import Answer, Answered, Headers, Hop, Unanswered
from shared.domain.web.url import masked_url
from shared.http.collect import Body, collect_body, headers_of
from shared.http.egress import GuardedClient, Route, track_route
from shared.http.failures import CLIENT_ERRORS, Failure, explain_failure
from shared.http.urls import parse_url, split_credentials
from shared.http.ways import Way

# The least time between two requests to a host that is not the operator's own, whoever of us asks.
HOST_GAP_SECONDS = 1.0
FEED_ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml, "
    "application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, text/html;q=0.5, */*;q=0.1"
)
PAGE_ACCEPT = "text/html, application/xhtml+xml, application/xml;q=0.8, */*;q=0.1"

_MEGABYTE = 1_000_000
FEED_BYTES = 10 * _MEGABYTE
_CONNECT_SECONDS = 10.0
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
# Of a feed's own headers only these go along to another host: the rest may be secrets.
_HARMLESS = frozenset({"accept", "accept-language", "user-agent"})


@dataclass(frozen=True, slots=True)
class FetchRequest:
    """What to fetch, and within which bounds.

    `url` may hold a user and password, which are sent to its host alone; `etag` and `last_modified` are the
    validators as they were received ("" for none); `max_bytes` holds before and after unpacking;
    `user_agent` is the client's own where it is ""; `timeout_seconds` covers everything, redirects included; `way`
    is how the source is reached, None as all are; `headers` replace the usual ones; `headers` and `cookies` go to
    the URL's own host only. `why_not` says of each address that a redirect leads to why it may not be asked for;
    where it does, the answer is `guarded`.
    """

    url: str
    etag: str = ""
    last_modified: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    cookies: tuple[tuple[str, str], ...] = ()
    accept: str = FEED_ACCEPT
    user_agent: str = ""
    max_bytes: int = FEED_BYTES
    timeout_seconds: float = 30.0
    max_redirects: int = 10
    why_not: Callable[[str], Awaitable[str | None]] | None = None
    way: Way | None = None


@dataclass(slots=True)
class _Journey:
    """How far the fetch has come; with a cookie jar for each host, for some loops end only with a cookie."""

    home: httpx.URL
    url: httpx.URL
    route: Route
    hops: list[Hop] = field(default_factory=list)
    jars: dict[str, httpx.Cookies] = field(default_factory=dict)
    received: bytearray = field(default_factory=bytearray)

    @property
    def jar(self) -> httpx.Cookies:
        return self.jars.setdefault(self.url.host, httpx.Cookies())


@dataclass(frozen=True, slots=True)
class _Arrival:
    status: int
    headers: Headers
    body: Body


async def fetch(client: GuardedClient, request: FetchRequest) -> Answer:
    """Get the document behind a URL; whatever goes wrong out there comes back as `Unanswered`.

    A feed's own headers and its password go to the URL's own host only; no cookie outlives the fetch.
    """
    started = perf_counter()
    try:
        home = parse_url(request.url)
    except httpx.InvalidURL as error:
        return _unanswered(explain_failure(error), started)
    journey = _Journey(home, home, track_route())
    outcome = await _bounded(client, request, journey)
    if isinstance(outcome, Failure):
        return _unanswered(outcome, started, tuple(journey.hops))
    return Answered(
        status=outcome.status,
        url=str(journey.url),
        headers=outcome.headers,
        body=outcome.body.content,
        ms=_ms_since(started),
        hops=tuple(journey.hops),
        own_network=client.guard.own(journey.route.address),
        address=journey.route.address,
        wire_bytes=outcome.body.wire_bytes,
    )


async def _bounded(client: GuardedClient, request: FetchRequest, journey: _Journey) -> _Arrival | Failure:
    try:
        async with asyncio.timeout(request.timeout_seconds):
            return await _travel(client, request, journey)
    except TimeoutError:
        got = f"{len(journey.received)} bytes and no end" if journey.received else "no answer"
        return Failure("too_slow", f"{got} in {request.timeout_seconds:g} s")
    except CLIENT_ERRORS as error:
        return explain_failure(error)


async def _travel(client: GuardedClient, request: FetchRequest, journey: _Journey) -> _Arrival | Failure:
    while True:
        response = await client.by(request.way).send(_build(client, request, journey), stream=True)
        try:
            headers = headers_of(response)
            if headers.get("set-cookie"):
                journey.jar.extract_cookies(response)
            target = headers.get("location")
            if response.status_code not in _REDIRECTS or not target:
                body = await collect_body(response, headers, request.max_bytes, journey.received)
                return body if isinstance(body, Failure) else _Arrival(response.status_code, headers, body)
        finally:
            await response.aclose()
        failure = _follow(journey, response.status_code, target, request) or await _forbidden(
            journey, request
        )
        if failure:
            return failure


async def _forbidden(journey: _Journey, request: FetchRequest) -> Failure | None:
    reason = await request.why_not(str(journey.url)) if request.why_not else None
    return Failure("guarded", f"redirected to {masked_url(str(journey.url))}: {reason}") if reason else None


def _follow(journey: _Journey, status: int, target: str, request: FetchRequest) -> Failure | None:
    journey.hops.append(Hop(status, str(journey.url)))
    if len(journey.hops) > request.max_redirects:
        chain = " → ".join(masked_url(hop.url) for hop in journey.hops)
        return Failure("redirects", f"more than {request.max_redirects} redirects: {chain} → …")
    try:
        url = parse_url(target, journey.url).copy_with(userinfo=b"")
    except httpx.InvalidURL:
        return Failure("redirects", f"redirected to {masked_url(target[:200])!r}, which is no address")
    home = journey.home
    # A user and password that the redirect itself names are not ours to send.
    journey.url = url.copy_with(userinfo=home.userinfo) if _same_site(home, url) else url
    return None


def _build(client: GuardedClient, request: FetchRequest, journey: _Journey) -> httpx.Request:
    trusted = _same_site(journey.home, journey.url)
    lines = {
        "user-agent": request.user_agent or client.user_agent,
        "accept": request.accept,
        "accept-encoding": "gzip, deflate, br, zstd",
        "if-none-match": request.etag if request.etag.isascii() else "",
        "if-modified-since": request.last_modified if request.last_modified.isascii() else "",
        "authorization": split_credentials(journey.home)[1] if trusted else "",
    }
    own = ((name.lower(), value) for name, value in request.headers)
    lines |= {name: value for name, value in own if trusted or name in _HARMLESS}
    headers = [(name.encode(), value.encode()) for name, value in lines.items() if value]
    seconds = httpx.Timeout(request.timeout_seconds, connect=min(request.timeout_seconds, _CONNECT_SECONDS))
    url = split_credentials(journey.url)[0]
    built = client.http.build_request("GET", url, headers=headers, timeout=seconds)
    if len(journey.jar):
        journey.jar.set_cookie_header(built)
    if trusted and request.cookies:
        _add_cookies(built, request.cookies)
    return built


def _add_cookies(request: httpx.Request, cookies: Sequence[tuple[str, str]]) -> None:
    given = "; ".join(f"{name}={value}" for name, value in cookies)
    set_on_the_way = request.headers.get("cookie")
    request.headers["cookie"] = f"{set_on_the_way}; {given}" if set_on_the_way else given


def _same_site(home: httpx.URL, url: httpx.URL) -> bool:
    if url.host != home.host:
        return False
    upgraded = (home.scheme, url.scheme, home.port, url.port) == ("http", "https", None, None)
    return upgraded or (url.scheme, url.port) == (home.scheme, home.port)


def _unanswered(failure: Failure, started: float, hops: tuple[Hop, ...] = ()) -> Unanswered:
    return Unanswered(failure.kind, failure.detail, _ms_since(started), hops, failure.ours)


def _ms_since(started: float) -> int:
    return round((perf_counter() - started) * 1000)
