"""What a site's robots.txt lets us fetch (RFC 9309), and for how long that is known."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Literal
from urllib.parse import urlsplit

from protego import Protego

from shared.domain.web.answer import Answer, Answered

# The product token (RFC 9309 §2.2.1) by which rules may name us.
AGENT = "Tocsin"
# RFC 9309 §2.5 asks for at least 500 KiB; what follows is not read.
MOST_BYTES = 512_000
# RFC 9309 §2.4: no rules are used for longer, unless the file cannot be reached.
KEPT = timedelta(hours=24)
# Where the file cannot be reached, it is asked for again after so long, and after 30 days held to be absent (§2.3.1.4).
_SOON, _LATEST, _GIVEN_UP = timedelta(minutes=5), timedelta(hours=6), timedelta(days=30)
LONGEST_DELAY_SECONDS = 3_600.0

RobotsState = Literal["rules", "none", "unreachable"]


@dataclass(frozen=True, slots=True)
class Robots:
    """What is known of one origin's robots.txt.

    `rules` is its text ("" for none); under "unreachable" it is the last that was read, if any.
    `unreachable_since` is the first failure of a row of them; `detail` says in words what was answered.
    """

    state: RobotsState
    rules: str
    fetched_at: datetime
    good_until: datetime
    unreachable_since: datetime | None = None
    detail: str = ""


def origin_of(url: str) -> str:
    """Give the scheme, host and port whose robots.txt governs an address."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2].lower()}"


def read_robots(answer: Answer, before: Robots | None, now: datetime) -> Robots:
    """Judge what was answered for robots.txt, after `before` (None where it was never asked for).

    2xx holds rules; 4xx and a redirect that leads nowhere mean that there are none, and all is allowed; 5xx, 429
    and no answer mean that nothing may be fetched, unless rules read earlier say otherwise.
    """
    if isinstance(answer, Answered):
        if 200 <= answer.status < 300:
            rules = answer.body[:MOST_BYTES].decode("utf-8", "replace")
            return Robots("rules", rules, now, now + KEPT)
        if 300 <= answer.status < 500 and answer.status != 429:
            return Robots("none", "", now, now + KEPT, detail=f"robots.txt answered {answer.status}")
        detail = f"robots.txt answered {answer.status}"
    elif answer.kind == "redirects":
        return Robots("none", "", now, now + KEPT, detail=answer.detail)
    elif answer.kind == "guarded":
        # Asking for the page says the same, and for good.
        return Robots("none", "", now, now + _SOON, detail=answer.detail)
    elif answer.kind == "too_big":
        return Robots("none", "", now, now + KEPT, detail="robots.txt is too long to be read")
    else:
        detail = f"robots.txt could not be fetched: {answer.detail}"
    return _unreachable(detail, before, now)


def _unreachable(detail: str, before: Robots | None, now: datetime) -> Robots:
    since = before.unreachable_since if before and before.unreachable_since else now
    if now - since >= _GIVEN_UP:
        return Robots("none", "", now, now + KEPT, since, f"{detail} for 30 days")
    wait = min(max(now - since, _SOON), _LATEST)
    return Robots("unreachable", before.rules if before else "", now, now + wait, since, detail)


def why_not(robots: Robots, url: str) -> str | None:
    """Say why an address may not be fetched, or None where it may."""
    if robots.state == "unreachable" and not robots.rules:
        return f"{robots.detail}, so the page must not be asked for yet"
    if not robots.rules or _parsed(robots.rules).can_fetch(url, AGENT):
        return None
    return "the site's robots.txt does not allow this page to be fetched"


def may_change_soon(robots: Robots) -> bool:
    """Tell whether a refusal is for want of an answer, and may be another within minutes."""
    return robots.state == "unreachable" and not robots.rules


def crawl_delay(robots: Robots) -> float:
    """Give the seconds that a site asks to be left between two requests, at most an hour; 0 where it asks nothing."""
    if not robots.rules:
        return 0.0
    rules = _parsed(robots.rules)
    rate = rules.request_rate(AGENT)
    asked = max(
        rules.crawl_delay(AGENT) or 0.0, rate.seconds / rate.requests if rate and rate.requests else 0.0
    )
    return min(asked, LONGEST_DELAY_SECONDS)


@lru_cache(maxsize=32)
def _parsed(rules: str) -> Protego:
    return Protego.parse(rules)
