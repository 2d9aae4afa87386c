"""Addresses as a person types them, made such as can be polled or posted to."""

import re
from urllib.parse import urlsplit, urlunsplit

from shared.domain.web.url import host_of
from shared.errors import RefusedError

_FEED_SCHEME = re.compile(r"^(?:feed|rss|itpc|pcast):(?://)?", re.IGNORECASE)
# "example.org:8000/feed" has no scheme; "mailto:press@example.org" has one.
_SCHEME = re.compile(r"^([a-z][a-z0-9+.\-]*):(?!\d+(?:/|$))", re.IGNORECASE)


def web_url(text: str) -> str:
    """Give the http(s) address that a text spells, https where it names no scheme, without its fragment.

    Scheme and host come in lower case, everything else as written: servers tell paths and parameters apart.
    `feed://` stands for https. Raises RefusedError for what is no web address.
    """
    address = _with_scheme(_FEED_SCHEME.sub("", "".join(text.split())))
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError as error:
        raise RefusedError(text, f"is no web address ({error}); write https://host/path") from error
    if parts.scheme not in {"http", "https"}:
        raise RefusedError(text, f"{parts.scheme}: addresses are not polled; give an http or https address")
    if not host_of(address):
        raise RefusedError(text, "is no web address; write https://host/path")
    userinfo, at, place = parts.netloc.rpartition("@")
    return urlunsplit((parts.scheme, f"{userinfo}{at}{place.lower()}", parts.path, parts.query, ""))


def endpoint_url(text: str) -> str:
    """Give the address of an endpoint; raises RefusedError for what names neither http nor https."""
    if not text.strip().lower().startswith(("http://", "https://")):
        raise RefusedError(text, "is no endpoint; give an address that begins with https:// or http://")
    return web_url(text)


def _with_scheme(text: str) -> str:
    return text if _SCHEME.match(text) else f"https://{text.lstrip('/')}"
