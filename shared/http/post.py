"""Posting a webhook: one attempt, no redirect, a bounded answer."""

import asyncio
from dataclasses import dataclass
from time import perf_counter

import aiohttp
import httpx

from shared.domain.web.answer import Answer, Answered, Unanswered
from shared.http.collect import collect_start, headers_of
from shared.http.egress import GuardedClient, Route, track_route
from shared.http.failures import CLIENT_ERRORS, Failure, explain_failure
from shared.http.urls import parse_url, split_credentials

_MOST_KEPT = 64_000


@dataclass(frozen=True, slots=True)
class PostRequest:
    """One attempt: the body is sent as it stands; `headers` hold its signature and its content type.

    `connect_timeout` and `timeout` are seconds; the second covers the whole attempt.
    """

    url: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    connect_timeout: float = 5.0
    timeout: float = 15.0


async def post(client: GuardedClient, request: PostRequest) -> Answer:
    """POST once and return what was answered; a redirect is an answer, and of a body 64 kB are kept.

    Sends a second time only where a kept-alive connection turns out to have been closed before any answer:
    the receiver most likely never read the first, and knows a repeat by its `webhook-id`.
    """
    started = perf_counter()
    route = track_route()
    outcome = await _bounded(client, request, route)
    ms = round((perf_counter() - started) * 1000)
    if isinstance(outcome, Failure):
        return Unanswered(outcome.kind, outcome.detail, ms, ours=outcome.ours)
    response, body = outcome
    own = client.guard.own(route.address)
    headers = headers_of(response)
    return Answered(response.status_code, request.url, headers, body, ms, (), own, route.address, len(body))


async def _bounded(
    client: GuardedClient, request: PostRequest, route: Route
) -> tuple[httpx.Response, bytes] | Failure:
    try:
        async with asyncio.timeout(request.timeout):
            return await _send(client, request, route)
    except TimeoutError:
        return Failure("too_slow", f"no answer in {request.timeout:g} s")
    except CLIENT_ERRORS as error:
        return explain_failure(error)


async def _send(client: GuardedClient, request: PostRequest, route: Route) -> tuple[httpx.Response, bytes]:
    try:
        return await _attempt(client, request)
    except CLIENT_ERRORS as error:
        if not (route.reused and _closed_before_answer(error)):
            raise
    return await _attempt(client, request)


async def _attempt(client: GuardedClient, request: PostRequest) -> tuple[httpx.Response, bytes]:
    url, authorization = split_credentials(parse_url(request.url))
    lines = {"user-agent": client.user_agent, "accept-encoding": "identity"}
    if authorization:
        lines["authorization"] = authorization
    lines |= {name.lower(): value for name, value in request.headers}
    seconds = httpx.Timeout(request.timeout, connect=request.connect_timeout)
    built = client.http.build_request("POST", url, content=request.body, headers=lines, timeout=seconds)
    response = await client.http.send(built, stream=True)
    try:
        return response, await collect_start(response, _MOST_KEPT)
    finally:
        await response.aclose()


def _closed_before_answer(error: BaseException) -> bool:
    cause = error.__cause__
    if isinstance(cause, aiohttp.ServerDisconnectedError):
        return isinstance(cause.message, str)  # Otherwise it holds the part of an answer that came.
    return isinstance(cause, aiohttp.ClientOSError) and not isinstance(cause, aiohttp.ClientConnectorError)
