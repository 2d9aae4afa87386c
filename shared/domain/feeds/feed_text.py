"""Values of a feed as clean text: titles without mark-up, contents as HTML, addresses that can be fetched."""

import html
import re
from pathlib import PurePosixPath
from urllib.parse import urljoin, urlsplit

# What PostgreSQL (U+0000) and UTF-8 (lone surrogates) cannot hold, and controls that no text means.
_UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>|<!--.*?-->", re.DOTALL)
_MARKUP = re.compile(
    r"</(?:a|b|blockquote|div|em|figure|h[1-6]|i|li|ol|p|section|span|strong|table|ul)\s*>|<(?:br|hr|img|p)\b[^<>]*>",
    re.IGNORECASE,
)
_BLANK_LINES = re.compile(r"\n[ \t]*\n\s*")
_HTML_TYPES = frozenset({"text/html", "application/xhtml+xml", "html", "xhtml"})
_KINDS_BY_SUFFIX = {
    **dict.fromkeys((".jpg", ".jpeg", ".png", ".gif", ".webp", ".svg", ".avif", ".tif", ".tiff"), "image"),
    **dict.fromkeys((".mp3", ".m4a", ".ogg", ".wav", ".aac", ".flac"), "audio"),
    **dict.fromkeys((".mp4", ".m4v", ".mov", ".webm", ".avi"), "video"),
}


def clean(value: str) -> str:
    """Drop what no text means and the database cannot hold."""
    return _UNWANTED.sub("", value)


def plain_text(value: str, *, markup: bool) -> str:
    """Put a title or a name on one line; with `markup`, tags go and character references are read."""
    text = html.unescape(_TAG.sub(" " if "<br" in value.lower() else "", value)) if markup else value
    return " ".join(clean(text).split())


def as_html(value: str, content_type: str) -> str:
    """Give a feed's content as HTML, escaping what is declared and looks like plain text.

    Blank lines become paragraphs. What is neither HTML nor text (an inline picture) comes back empty.
    """
    kind = content_type.lower() or "text/html"
    if kind in _HTML_TYPES:
        return clean(value)
    if not kind.startswith("text"):
        return ""
    return clean(value) if is_marked_up(value) else _escaped(clean(value))


def is_marked_up(value: str) -> bool:
    """Tell whether a text is HTML, whatever it is declared to be."""
    return bool(_MARKUP.search(value))


def _escaped(value: str) -> str:
    blocks = (block.strip() for block in _BLANK_LINES.split(value.replace("\r\n", "\n")))
    paragraphs = [html.escape(block, quote=False).replace("\n", "<br>") for block in blocks if block]
    return "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)


def web_address(value: str, base: str) -> str | None:
    """Make an address absolute; None where it is no http or https address."""
    try:
        address = urljoin(base, clean(value).strip()) if value.strip() else ""
        parts = urlsplit(address)
    except ValueError:
        return None
    return address if parts.scheme in ("http", "https") and parts.netloc else None


def media_kind(address: str, declared: str) -> str:
    """Name the kind of a file: image, audio, video or file; `declared` is a media type or `medium`."""
    named = declared.lower().partition("/")[0]
    if named in ("image", "audio", "video"):
        return named
    suffix = PurePosixPath(address.partition("?")[0]).suffix.lower()
    return _KINDS_BY_SUFFIX.get(suffix, "file")
