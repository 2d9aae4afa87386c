"""What a person sets for one feed: how it is asked, within which limits, how often."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from shared.errors import RefusedError

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_LINE = re.compile(r"[^\x00-\x08\x0a-\x1f\x7f]*")
# RFC 6265 §4.1.1.
_COOKIE = re.compile(
    r'[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*|"[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*"'
)
# What frames the request or what we decide by ourselves.
_OURS = frozenset({
    "host", "content-length", "transfer-encoding", "connection", "keep-alive", "upgrade", "te", "trailer",
    "expect", "proxy-authorization", "accept-encoding", "range", "if-none-match", "if-modified-since",
    "if-match", "if-unmodified-since", "if-range",
})  # fmt: skip
_SIZE = re.compile(r"(\d{1,12})\s*(|b|kb|mb)")
_SIZES = {"": 1, "b": 1, "kb": 1_000, "mb": 1_000_000}
_SPAN = re.compile(r"(\d{1,9}(?:\.\d{1,3})?)\s*(|s|m|h|d)")
_SPANS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86_400}
# A poll's lease is 90 seconds, and it may take two requests.
_LONGEST_TIMEOUT = 40
_LONGEST_PAUSE = 30 * 86_400
_SPAN_FIELDS = {
    "timeout": ("timeout_seconds", _LONGEST_TIMEOUT),
    "poll-min": ("poll_min_seconds", _LONGEST_PAUSE),
    "poll-max": ("poll_max_seconds", _LONGEST_PAUSE),
}
_SCALARS = (
    "user_agent",
    "max_bytes",
    "timeout_seconds",
    "poll_min_seconds",
    "poll_max_seconds",
    "guids",
    "proxy",
    "http",
    "trust",
)
FINGERPRINT = "sha256:"
_PROXY = re.compile(r"direct|https?://[^\s/]+/?")
_FINGERPRINT = re.compile(r"sha256:[0-9a-f]{64}")
_PEM = "-----BEGIN CERTIFICATE-----"
_MOST_PEM = 20_000
KEYS = (
    "user-agent, header.NAME, cookie.NAME, max-bytes, timeout, poll-min, poll-max, guids, proxy, http, trust, "
    "conditions"
)


@dataclass(frozen=True, slots=True)
class FeedOptions:
    """One feed's own settings; None and "" leave what all feeds have. Headers and cookies may be secrets."""

    user_agent: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    cookies: tuple[tuple[str, str], ...] = ()
    max_bytes: int | None = None
    timeout_seconds: float | None = None
    poll_min_seconds: float | None = None
    poll_max_seconds: float | None = None
    guids: str = ""
    proxy: str = ""
    http: str = ""
    trust: str = ""

    @property
    def has_secrets(self) -> bool:
        """Tell whether something here is for the feed's own host alone."""
        return bool(self.headers or self.cookies)


DEFAULT_OPTIONS = FeedOptions()


def options_from_json(stored: Mapping[str, Any]) -> FeedOptions:
    """Read options as `options_to_json` wrote them; what is unknown is left out."""
    scalars = {name: stored[name] for name in _SCALARS if name in stored}
    return FeedOptions(
        headers=tuple(stored.get("headers", {}).items()),
        cookies=tuple(stored.get("cookies", {}).items()),
        **scalars,
    )


def options_to_json(options: FeedOptions) -> dict[str, Any]:
    """Write options as a JSON object, without those that are not set."""
    pairs = {"headers": dict(options.headers), "cookies": dict(options.cookies)}
    scalars = {name: getattr(options, name) for name in _SCALARS}
    return {name: value for name, value in (scalars | pairs).items() if value}


def conditions_wanted(assignments: Sequence[str]) -> tuple[list[str], bool | None]:
    """Take `conditions=on` or `off` out of the assignments; None where it is not among them.

    Raises RefusedError for another value of it.
    """
    others: list[str] = []
    wanted: bool | None = None
    for assignment in assignments:
        key, _, value = (part.strip().lower() for part in assignment.partition("="))
        if key != "conditions":
            others.append(assignment)
        elif value not in {"on", "off"}:
            raise RefusedError(assignment, "takes on or off")
        else:
            wanted = value == "on"
    return others, wanted


def change_options(options: FeedOptions, assignments: Sequence[str]) -> FeedOptions:
    """Apply `key=value` assignments; an empty value takes a setting away.

    Raises RefusedError naming the assignment that cannot be, and what would be right.
    """
    for assignment in assignments:
        key, equals, value = assignment.partition("=")
        if not equals:
            raise RefusedError(assignment, "is no key=value")
        options = _changed(options, key.strip().lower(), value.strip(), assignment)
    return _consistent(options)


def _changed(options: FeedOptions, key: str, value: str, said: str) -> FeedOptions:
    family, dot, name = key.partition(".")
    if dot and family == "header":
        return replace(options, headers=_paired(options.headers, _header_name(name, said), value, said))
    if dot and family == "cookie":
        name = said.partition("=")[0].strip().partition(".")[2]  # Cookies' names are case-sensitive.
        return replace(
            options, cookies=_paired(options.cookies, _cookie_name(name, value, said), value, said)
        )
    if key == "user-agent":
        return replace(options, user_agent=_line(value, said))
    if key == "max-bytes":
        return replace(options, max_bytes=_size(value, said))
    if key in _CHOICES:
        choice: dict[str, Any] = {key: _CHOICES[key](value, said) if value else ""}
        return replace(options, **choice)
    if key in _SPAN_FIELDS:
        field, most = _SPAN_FIELDS[key]
        change: dict[str, Any] = {field: _span(value, said, 1, most)}
        return replace(options, **change)
    raise RefusedError(key, f"is no setting of a feed; there are {KEYS}")


def _guids(value: str, said: str) -> str:
    if value not in {"trusted", "untrusted"}:
        raise RefusedError(said, "takes trusted or untrusted, or nothing: as is learnt")
    return value


def _proxy(value: str, said: str) -> str:
    if not _PROXY.fullmatch(value):
        raise RefusedError(said, "takes the address of an HTTP proxy, such as http://proxy:3128, or direct")
    return value


def _http(value: str, said: str) -> str:
    if value not in {"1.1", "2"}:
        raise RefusedError(said, "takes 1.1 or 2")
    return value


def _trust(value: str, said: str) -> str:
    plain = value.lower().replace(":", "").replace("sha256", FINGERPRINT, 1)
    if _FINGERPRINT.fullmatch(plain):
        return plain
    if _PEM not in value or len(value) > _MOST_PEM:
        raise RefusedError(
            said[:80], "takes sha256: and 64 hexadecimal digits, or a file of PEM certificates"
        )
    return value


_CHOICES = {"guids": _guids, "proxy": _proxy, "http": _http, "trust": _trust}


def _consistent(options: FeedOptions) -> FeedOptions:
    if options.http == "2" and options.trust.startswith(FINGERPRINT):
        raise RefusedError("http=2", "does not go with a fingerprint; trust a file of certificates instead")
    least, most = options.poll_min_seconds, options.poll_max_seconds
    if least and most and least > most:
        raise RefusedError("poll-min", f"is longer than poll-max ({least:g} s and {most:g} s)")
    return options


def _paired(
    pairs: tuple[tuple[str, str], ...], name: str, value: str, said: str
) -> tuple[tuple[str, str], ...]:
    others = tuple(pair for pair in pairs if pair[0] != name)
    return (*others, (name, _line(value, said))) if value else others


def _header_name(name: str, said: str) -> str:
    if not _TOKEN.fullmatch(name):
        raise RefusedError(said, f"{name!r} is no header's name")
    if name == "cookie":
        raise RefusedError(said, "cookies are set one by one with cookie.NAME=VALUE")
    if name in _OURS:
        raise RefusedError(said, f"{name} is set by Tocsin itself")
    return name


def _cookie_name(name: str, value: str, said: str) -> str:
    if not _TOKEN.fullmatch(name) or not _COOKIE.fullmatch(value):
        raise RefusedError(said, "is no cookie: no spaces, quotes, commas, semicolons or backslashes")
    return name


def _line(value: str, said: str) -> str:
    if not _LINE.fullmatch(value) or len(value) > 4000:
        raise RefusedError(said, "a value is one line of at most 4000 characters")
    return value


def _size(value: str, said: str) -> int | None:
    if not value:
        return None
    found = _SIZE.fullmatch(value.lower())
    size = int(found[1]) * _SIZES[found[2]] if found else 0
    if not 1_000 <= size <= 50_000_000:
        raise RefusedError(said, "takes 1kB to 50MB, such as 26MB")
    return size


def _span(value: str, said: str, least: int, most: int) -> float | None:
    if not value:
        return None
    found = _SPAN.fullmatch(value.lower())
    seconds = float(found[1]) * _SPANS[found[2]] if found else 0
    if not least <= seconds <= most:
        raise RefusedError(said, f"takes {least} s to {most} s, such as 15s, 5m or 2h")
    return seconds
