"""Signing webhooks as Standard Webhooks 1.0 says: HMAC-SHA256 over id, timestamp and body."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Sequence

_PREFIX = "whsec_"


def new_secret(random_bytes: bytes) -> str:
    """Write a secret as receivers' libraries take it; the specification asks for 24 to 64 random bytes."""
    if not 24 <= len(random_bytes) <= 64:
        raise ValueError(f"a secret takes 24 to 64 random bytes, not {len(random_bytes)}")
    return _PREFIX + base64.b64encode(random_bytes).decode("ascii")


def is_secret(text: str) -> bool:
    """Tell whether a text is a `whsec_` secret that `sign` can use."""
    try:
        return text.startswith(_PREFIX) and bool(_key(text))
    except binascii.Error:
        return False


def sign(secret: str, webhook_id: str, timestamp: int, body: bytes) -> str:
    """Return the signature `v1,…` of this body; `timestamp` in whole seconds since 1970, as it is sent."""
    signed = f"{webhook_id}.{timestamp}.".encode() + body
    digest = hmac.new(_key(secret), signed, hashlib.sha256).digest()
    return "v1," + base64.b64encode(digest).decode("ascii")


def signature_header(secrets: Sequence[str], webhook_id: str, timestamp: int, body: bytes) -> str:
    """Return the value of `webhook-signature`: a signature for each secret, two while one rotates."""
    return " ".join(sign(secret, webhook_id, timestamp, body) for secret in secrets)


def signed_headers(
    secrets: Sequence[str], webhook_id: str, timestamp: int, body: bytes
) -> tuple[tuple[str, str], ...]:
    """Return the three headers of one attempt; every attempt is signed anew, a repeat with the same id."""
    return (
        ("webhook-id", webhook_id),
        ("webhook-timestamp", str(timestamp)),
        ("webhook-signature", signature_header(secrets, webhook_id, timestamp, body)),
    )


def _key(secret: str) -> bytes:
    encoded = secret.removeprefix(_PREFIX)
    return base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)
