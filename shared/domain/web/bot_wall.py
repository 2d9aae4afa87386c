"""Recognising the page that a bot wall serves in place of a feed or a page."""

import re

from shared.domain.web.answer import Headers

_READ = 100_000
_TITLE = re.compile(rb"<title[^>]*>([^<]{0,200})", re.IGNORECASE)
_FEED_START = re.compile(rb"^(?:<\?xml|<rss|<feed|<rdf:rdf|<!--)", re.IGNORECASE)

# A wall that says so.
_HEADERS = (
    ("cf-mitigated", "challenge", "Cloudflare"),
    ("x-amzn-waf-action", "challenge", "AWS WAF"),
    ("x-amzn-waf-action", "captcha", "AWS WAF"),
    ("x-vercel-mitigated", "challenge", "Vercel"),
)
# Whole titles, lower case: a release may well be about a moment.
_TITLES = (
    (re.compile(r"^just a moment ?\.\.\.$"), "Cloudflare"),
    (re.compile(r"^attention required! \| cloudflare$"), "Cloudflare"),
    (re.compile(r"^ddos-guard$"), "DDoS-Guard"),
    (re.compile(r"^pardon our interruption"), "Imperva"),
    (re.compile(r"^sucuri website firewall"), "Sucuri"),
    (re.compile(r"^vercel security checkpoint$"), "Vercel"),
    (re.compile(r"^making sure you('|&#39;|’)re not a bot!?$"), "Anubis"),
    (
        re.compile(r"^(human verification|verify(ing)? (that )?you are (a )?human|are you a robot\?)"),
        "unnamed",
    ),
)
# Marks of the challenge itself: the walls' scripts stand in ordinary pages too. All of a row must be there.
_MARKS: tuple[tuple[tuple[bytes, ...], str], ...] = (
    ((b"_cf_chl_opt",), "Cloudflare"),
    ((b'id="cf-error-details"', b"you have been blocked"), "Cloudflare"),
    ((b"errors.edgesuite.net", b"access denied"), "Akamai"),
    ((b"sec-if-cpt-container",), "Akamai"),
    ((b"bm-verify=", b"triggerinterstitialchallenge"), "Akamai"),
    ((b"captcha-delivery.com",), "DataDome"),
    ((b"incapsula incident id",), "Imperva"),
    ((b'id="main-iframe"', b"_incapsula_resource"), "Imperva"),
    ((b'id="px-captcha"',), "PerimeterX"),
    ((b"_pxappid", b"captcha.px-c"), "PerimeterX"),
    ((b"awswafintegration", b"challenge-container"), "AWS WAF"),
    ((b"sucuri_cloudproxy_js",), "Sucuri"),
    ((b'id="anubis_challenge"',), "Anubis"),
)


def bot_wall(headers: Headers, body: bytes) -> str | None:
    """Name the wall whose challenge or refusal this answer is, whatever its status; None for anything else.

    Walls answer 200 as readily as 403. A document that begins as a feed is never one, whatever it tells of.
    """
    for name, value, wall in _HEADERS:
        if headers.get(name).lower() == value:
            return wall
    start = body[:_READ].lstrip(b"\xef\xbb\xbf \t\r\n")
    if _FEED_START.match(start) and b"<html" not in start[:1000].lower():
        return None
    return _by_title(start) or _by_marks(start.lower())


def _by_title(start: bytes) -> str | None:
    found = _TITLE.search(start)
    title = " ".join(found[1].decode("utf-8", "replace").split()).lower() if found else ""
    return next((wall for pattern, wall in _TITLES if pattern.search(title)), None)


def _by_marks(start: bytes) -> str | None:
    return next((wall for marks, wall in _MARKS if all(mark in start for mark in marks)), None)
