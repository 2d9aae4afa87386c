"""A webhook request that was kept: its headers, and its body byte for byte."""

import base64
import binascii
import json
import re
from dataclasses import dataclass
from typing import Any

from shared.errors import DocumentError

_HEADER = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+)[ \t]*:[ \t]*(.*?)[ \t]*")
_REQUEST_LINE = re.compile(rb"[A-Z]+ \S+ HTTP/\d(?:\.\d)?")
_GAP = re.compile(rb"\r?\n\r?\n")


@dataclass(frozen=True, slots=True)
class SavedRequest:
    """Header names are in lower case; the body is what came, before anything parsed it."""

    headers: dict[str, str]
    body: bytes


def read_saved_request(document: bytes) -> SavedRequest:
    """Read a request kept as HTTP text (headers, an empty line, the body) or as JSON (`headers` and `body`).

    In HTTP text a request line may come first. In JSON a body that is no text stands in `body_base64`. Raises
    DocumentError for what is neither.
    """
    if document.lstrip()[:1] == b"{":
        return _read_json(document)
    gap = _GAP.search(document)
    head, body = (document[: gap.start()], document[gap.end() :]) if gap else (document, b"")
    lines = [line.rstrip(b"\r") for line in head.split(b"\n")]
    if _REQUEST_LINE.fullmatch(lines[0]):
        lines = lines[1:]
    headers = {}
    for line in lines:
        match = _HEADER.fullmatch(line)
        if match is None:
            raise DocumentError("", _no_request(line))
        headers[match[1].decode().lower()] = match[2].decode("utf-8", "replace")
    return SavedRequest(headers, body)


def write_http_text(request: SavedRequest, target: str = "/") -> bytes:
    """Write a request as HTTP text, as `read_saved_request` reads it."""
    head = "".join(f"{name}: {value}\r\n" for name, value in request.headers.items())
    return f"POST {target} HTTP/1.1\r\n{head}\r\n".encode() + request.body


def as_row(request: SavedRequest) -> dict[str, Any]:
    """Give a request as a JSON object, as `read_saved_request` reads it."""
    try:
        return {"headers": request.headers, "body": request.body.decode()}
    except UnicodeDecodeError:
        return {"headers": request.headers, "body_base64": base64.b64encode(request.body).decode()}


def _read_json(document: bytes) -> SavedRequest:
    try:
        saved = json.loads(document)
        headers = {str(name).lower(): str(value) for name, value in saved["headers"].items()}
        if "body" in saved:
            return SavedRequest(headers, saved["body"].encode())
        return SavedRequest(headers, base64.b64decode(saved["body_base64"], validate=True))
    except (ValueError, LookupError, TypeError, AttributeError, binascii.Error) as error:
        raise DocumentError(
            "", 'is no saved request: as JSON it holds {"headers": {…}, "body": "…"}, the body as one text'
        ) from error


def _no_request(line: bytes) -> str:
    start = line[:40].decode("utf-8", "replace")
    return f"is no saved request: {start!r} is no header; write headers, an empty line, then the body"
