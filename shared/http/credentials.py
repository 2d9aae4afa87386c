"""The user and password that a URL may hold, which travel as a header."""

from base64 import b64encode
from urllib.parse import unquote

import httpx


def split_credentials(url: httpx.URL) -> tuple[httpx.URL, str]:
    """Return the URL without user, password and fragment, and the Authorization that they make ("" for none).

    aiohttp refuses a URL with a password beside the header that httpx makes of it.
    """
    bare = url.copy_with(userinfo=b"", fragment=None)
    if not url.userinfo:
        return bare, ""
    pair = f"{unquote(url.username)}:{unquote(url.password)}"
    return bare, "Basic " + b64encode(pair.encode()).decode("ascii")
