"""Reading a URL: whether it can be asked for at all, its host, and the password that it may hold."""

from base64 import b64encode
from urllib.parse import unquote

import httpx


def parse_url(text: str, base: httpx.URL | None = None) -> httpx.URL:
    """Read a URL, relative to `base` where there is one; raises httpx.InvalidURL for what cannot be read.

    httpx takes some internationalised names and brackets that it fails on later, in other ways.
    """
    try:
        url = base.join(text) if base else httpx.URL(text)
        host = url.host  # Decodes the name.
    except ValueError as error:
        raise httpx.InvalidURL(str(error)) from error
    if "%5b" in host or "%5d" in host:  # httpx takes a bracket without its other for a part of the name.
        raise httpx.InvalidURL(f"Invalid IPv6 address: {text[:200]!r}")
    return url


def split_credentials(url: httpx.URL) -> tuple[httpx.URL, str]:
    """Return the URL without user, password and fragment, and the Authorization that they make ("" for none).

    aiohttp refuses a URL with a password beside the header that httpx makes of it.
    """
    bare = url.copy_with(userinfo=b"", fragment=None) if url.userinfo or url.fragment else url
    if not url.userinfo:
        return bare, ""
    pair = f"{unquote(url.username)}:{unquote(url.password)}"
    return bare, "Basic " + b64encode(pair.encode()).decode("ascii")
