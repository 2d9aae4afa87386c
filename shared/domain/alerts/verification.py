"""Whether a request that came is as it was signed, and if not, which part is wrong: header, time, secret, body."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from shared.domain.alerts.saved_request import SavedRequest
from shared.domain.alerts.signing import is_receivers_key, is_signed_by

Part = Literal["header", "time", "secret", "body", "secret or body"]

# Standard Webhooks, "verifying webhook authenticity": its libraries allow five minutes either way.
TOLERANCE = timedelta(minutes=5)
_ID, _TIMESTAMP, _SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"
_MILLISECONDS = 10**11


@dataclass(frozen=True, slots=True)
class Finding:
    """What an examination found: the `part` that is wrong, None where the request is genuine, and why in words."""

    part: Part | None
    reason: str


@dataclass(frozen=True, slots=True)
class Sent:
    """What the sender's own books say of a message: its bytes, and the secrets of its endpoint."""

    body: bytes
    secrets: tuple[str, ...]


def examine(request: SavedRequest, keys: Sequence[str], now: datetime, sent: Sent | None = None) -> Finding:
    """Say whether one of `keys` signed this request not long before `now`, and if not, what is wrong.

    From the request alone a wrong secret and a changed body look alike, unless the change is a usual one; `sent`
    tells them apart.
    """
    return (
        _wrong_header(request)
        or _wrong_key(keys)
        or _wrong_signature(request, keys, sent)
        or _wrong_time(request, now)
        or Finding(None, f"signed with this secret{_ago(request, now)}, and not changed since")
    )


def _wrong_header(request: SavedRequest) -> Finding | None:
    missing = [name for name in (_ID, _TIMESTAMP, _SIGNATURE) if not request.headers.get(name)]
    if missing:
        why = "a proxy may have dropped it" if len(missing) < 3 else "this is no webhook of Standard Webhooks"
        return Finding("header", f"{', '.join(missing)} missing: {why}")
    timestamp = request.headers[_TIMESTAMP]
    if not (timestamp.isascii() and timestamp.isdigit()):
        return Finding("header", f"{_TIMESTAMP} {timestamp[:40]!r} is no number of seconds")
    if int(timestamp) > _MILLISECONDS:
        return Finding("header", f"{_TIMESTAMP} {timestamp[:40]} counts milliseconds, not seconds")
    versions = {part.partition(",")[0] for part in request.headers[_SIGNATURE].split()}
    if not versions & {"v1", "v1a"}:
        return Finding("header", f"{_SIGNATURE} holds no signature that begins with v1, or v1a,")
    return None


def _wrong_key(keys: Sequence[str]) -> Finding | None:
    if not keys:
        return Finding("secret", "no secret was given to check with")
    for key in keys:
        if is_receivers_key(key):
            continue
        if is_receivers_key(key.strip().strip("\"'")):
            return Finding("secret", "the secret has quotes or spaces around it; give it without")
        return Finding("secret", "this is no secret: it is whsec_ and base64, or whpk_ and base64, whole")
    return None


def _wrong_signature(request: SavedRequest, keys: Sequence[str], sent: Sent | None) -> Finding | None:
    if _fits(request, keys):
        return None
    versions = {part.partition(",")[0] for part in request.headers[_SIGNATURE].split()}
    asked = {"v1" if key.startswith("whsec_") else "v1a" for key in keys}
    if not versions & asked:
        other = "whpk_" if versions == {"v1a"} else "whsec_"
        return Finding("secret", f"it is signed by {' and '.join(sorted(versions))}: give the {other}… key")
    for words, body in _usual_changes(request.body):
        if _fits(SavedRequest(request.headers, body), keys):
            return Finding("body", f"the body was changed on its way: {words}")
    if sent is not None:
        return _compare(request, sent)
    why = "another secret, or a body that was changed on its way"
    return Finding("secret or body", f"the signature does not fit: {why}; the sender's side can tell which")


def _compare(request: SavedRequest, sent: Sent) -> Finding:
    if not _fits(SavedRequest(request.headers, sent.body), sent.secrets):
        why = f"{_ID}, {_TIMESTAMP} or {_SIGNATURE} was changed, or the secret has been rotated since"
        return Finding("header", f"it does not fit even what was sent: {why}")
    if request.body == sent.body:
        return Finding("secret", "the body is as it was sent; the secret is not the one of this endpoint")
    place = next(_differences(request.body, sent.body))
    was, came = sent.body[place : place + 12], request.body[place : place + 12]
    return Finding(
        "body", f"the body was changed at byte {place + 1}: {_shown(was)} was sent, {_shown(came)} came"
    )


def _wrong_time(request: SavedRequest, now: datetime) -> Finding | None:
    age = now - _signed_at(request)
    if abs(age) <= TOLERANCE:
        return None
    if age > timedelta():
        return Finding("time", f"it was signed {_lasting(age)} ago, and libraries take five minutes")
    return Finding(
        "time", f"it was signed {_lasting(-age)} ahead of this clock: one of the two clocks is wrong"
    )


def _signed_at(request: SavedRequest) -> datetime:
    return datetime.fromtimestamp(int(request.headers[_TIMESTAMP]), UTC)


def _fits(request: SavedRequest, keys: Sequence[str]) -> bool:
    headers = request.headers
    return any(
        is_signed_by(key, headers[_SIGNATURE], headers[_ID], headers[_TIMESTAMP], request.body)
        for key in keys
    )


def _usual_changes(body: bytes) -> Iterator[tuple[str, bytes]]:
    """Undo what editors, proxies and frameworks do to a body."""
    stripped = body.rstrip(b"\r\n")
    if stripped != body:
        yield "a line break was added at its end", stripped
    yield "a line break at its end was taken away", body + b"\n"
    if b"\r\n" in body:
        yield "its line breaks were changed", body.replace(b"\r\n", b"\n")
    if body.startswith(b"\xef\xbb\xbf"):
        yield "a byte order mark was put before it", body[3:]
    try:
        value = json.loads(body)
    except ValueError:
        return
    yield (
        "it was parsed and written again",
        json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode(),
    )


def _differences(one: bytes, other: bytes) -> Iterator[int]:
    yield from (place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b)
    yield min(len(one), len(other))


def _shown(piece: bytes) -> str:
    return repr(piece.decode("utf-8", "replace")) if piece else "nothing"


def _ago(request: SavedRequest, now: datetime) -> str:
    seconds = round((now - _signed_at(request)).total_seconds())
    return f" {seconds} s ago" if seconds > 0 else ""


def _lasting(span: timedelta) -> str:
    seconds = int(span.total_seconds())
    units = ((86_400, "days"), (3_600, "h"), (60, "min"))
    size, name = next(((size, name) for size, name in units if seconds >= 2 * size), (1, "s"))
    return f"{seconds // size} {name}"
