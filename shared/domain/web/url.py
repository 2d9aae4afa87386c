"""Addresses: the one form by which a page is known, and the masked form that may be shown."""

import re
from urllib.parse import SplitResult, quote, urlsplit, urlunsplit

MASK = "***"
_DEFAULT_PORTS = {"http": 80, "https": 443}
_TRACKING_PREFIXES = ("utm_", "mtm_", "pk_", "piwik_", "matomo_", "hsa_", "at_custom", "mc_")
_TRACKING = frozenset({
    "fbclid", "gclid", "gclsrc", "dclid", "gbraid", "wbraid", "msclkid", "yclid", "ysclid", "twclid",
    "ttclid", "igshid", "igsh", "mkt_tok", "_hsenc", "_hsmi", "__hstc", "__hssc", "__hsfp", "vero_id",
    "oly_anon_id", "oly_enc_id", "_openstat", "s_cid", "ito", "cmpid", "xtor", "at_medium", "at_campaign",
    "wt_mc", "sc_cid", "ncid", "srsltid", "rss_source", "feedtype",
})  # fmt: skip
_CHAT_HOOKS = re.compile(
    r"^/(?:services|workflows|triggers)/"  # Slack
    r"|^/api/(?:v\d+/)?webhooks/"  # Discord
    r"|/IncomingWebhook/|^/webhookb2/|^/workflows/|/triggers/manual/"  # Teams and its workflows
)
_CHAT_HOSTS = (
    "slack.com", "slack-gov.com",
    "discord.com", "discordapp.com", "office.com", "logic.azure.com", "powerautomate.com",
    "api.powerplatform.com",
)  # fmt: skip
_HOST = re.compile(r"[a-z0-9_.-]+")
# Second levels under which countries register names: example.co.uk is a site, co.uk is none.
_REGISTRIES = frozenset({
    "ac", "co", "com", "edu", "go", "gob", "gouv", "gov", "govt", "gub", "gv", "int", "ltd", "mil", "ne", "net",
    "nic", "nom", "or", "org", "plc", "sch",
})  # fmt: skip
# Route fragments name a page of their own in a site that is one script; others only a place in the page.
_ROUTE = re.compile(r"^!?/|^!")


def canonical_url(url: str) -> str | None:
    """Give the one form of an http(s) address, or None for anything else.

    Host in lower case and ASCII, no default port, no userinfo, no tracking parameters, no fragment unless
    it is a route ("#!/news/1"); path, and the order and values of the other parameters, are kept.
    """
    parts = _split(url.strip())
    if parts is None or parts.scheme not in _DEFAULT_PORTS:
        return None
    host = _ascii_host(parts.hostname or "")
    if not host:
        return None
    port = _port(parts)
    place = host if port in {None, _DEFAULT_PORTS[parts.scheme]} else f"{host}:{port}"
    fragment = _quoted(parts.fragment) if _ROUTE.match(parts.fragment) else ""
    return urlunsplit((parts.scheme, place, _path(parts.path), _own_query(parts.query), fragment))


def host_of(url: str) -> str:
    """Give the host of an address in lower case and ASCII, without port; "" where there is none."""
    parts = _split(url.strip())
    return _ascii_host(parts.hostname or "") if parts else ""


def site_of(url: str) -> str:
    """Give the site of an address, whatever its subdomain: two addresses of one site are one publisher's.

    An address in digits and a name without a dot are sites of their own with their port. "" where there is none.
    """
    host = host_of(url)
    labels = host.split(".")
    if len(labels) == 1 or labels[-1].isdigit() or ":" in host:
        parts = _split(url.strip())
        port = _port(parts) if parts and host else None
        return f"{host}:{port}" if port else host
    two_letters, registry = len(labels[-1]) == 2, labels[-2] in _REGISTRIES
    return ".".join(labels[-3:] if two_letters and registry else labels[-2:])


def masked_url(url: str) -> str:
    """Give an address that may be logged: userinfo, query values, fragment and a chat hook's path masked."""
    parts = _split(url.strip())
    if parts is None:
        return MASK
    if not parts.netloc:
        return urlunsplit((parts.scheme, "", parts.path, _masked_query(parts.query), ""))
    userinfo, at, place = parts.netloc.rpartition("@")
    place = f"{MASK}@{place}" if at and userinfo else place
    path = _masked_hook(parts.hostname or "", parts.path)
    return urlunsplit((parts.scheme, place, path, _masked_query(parts.query), ""))


def _split(url: str) -> SplitResult | None:
    try:
        return urlsplit(url)
    except ValueError:  # a broken IPv6 address
        return None


def _port(parts: SplitResult) -> int | None:
    try:
        return parts.port
    except ValueError:  # no number, or beyond 65535
        return None


def _ascii_host(host: str) -> str:
    host = host.rstrip(".").lower()
    if ":" in host:
        return f"[{host}]"
    try:
        host = host if host.isascii() else host.encode("idna").decode("ascii")
    except UnicodeError:  # a label that is too long, empty or no text
        return ""
    return host if _HOST.fullmatch(host) else ""


def _path(path: str) -> str:
    return _quoted(path, safe="") or "/"


def _quoted(text: str, safe: str = "?") -> str:
    # What is quoted already stays as it is; what cannot be written in UTF-8 becomes a question mark.
    return quote(text, safe=f"/%:@!$&'()*+,;=~-._{safe}", errors="replace")


def _own_query(query: str) -> str:
    own = [pair for pair in query.split("&") if pair and not _is_tracking(pair)]
    return _quoted("&".join(own))


def _is_tracking(pair: str) -> bool:
    name = pair.split("=", 1)[0].lower()
    return name in _TRACKING or name.startswith(_TRACKING_PREFIXES)


def _masked_query(query: str) -> str:
    pairs = [pair.partition("=") for pair in query.split("&") if pair]
    # A pair without "=" is all value: `?SECRET` is how some hooks carry their key.
    return "&".join(f"{name}={MASK}" if equals else MASK for name, equals, _ in pairs)


def _masked_hook(host: str, path: str) -> str:
    host = host.lower()
    known = any(host == one or host.endswith("." + one) for one in _CHAT_HOSTS)
    if not (known and _CHAT_HOOKS.search(path)):
        return path
    first = path.lstrip("/").split("/", 1)[0]
    return f"/{first}/{MASK}"
