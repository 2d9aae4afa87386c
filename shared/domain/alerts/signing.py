"""Signing webhooks as Standard Webhooks 1.0 says: over id, timestamp and body, by HMAC-SHA256 or ed25519.

A secret says by its prefix how it signs: `whsec_` by HMAC (`v1`), `whsk_` by ed25519 (`v1a`), whose other half
`whpk_` anyone may hold.
"""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from typing import Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from shared.errors import SettingsError

SignatureScheme = Literal["v1", "v1a"]

SECRET_BYTES = 32
# How a secret begins that is encrypted at rest and was not opened.
SEALED = "sealed:"
_SHARED, _PRIVATE, _PUBLIC = "whsec_", "whsk_", "whpk_"
_KEY_BYTES = 32


def new_secret(random_bytes: bytes) -> str:
    """Write a shared secret as receivers' libraries take it; the specification asks for 24 to 64 random bytes."""
    if not 24 <= len(random_bytes) <= 64:
        raise ValueError(f"a secret takes 24 to 64 random bytes, not {len(random_bytes)}")
    return _SHARED + _encoded(random_bytes)


def new_private_key(random_bytes: bytes) -> str:
    """Write an ed25519 key made of 32 random bytes: these and the public key, in base64, as NaCl keeps them."""
    public = Ed25519PrivateKey.from_private_bytes(random_bytes).public_key().public_bytes_raw()
    return _PRIVATE + _encoded(random_bytes + public)


def new_signing_secret(scheme: SignatureScheme, random_bytes: bytes) -> str:
    """Write a secret that signs by this scheme; `random_bytes` are `SECRET_BYTES` many."""
    return new_private_key(random_bytes) if scheme == "v1a" else new_secret(random_bytes)


def scheme_of(secret: str) -> SignatureScheme:
    """Tell by which scheme a secret signs."""
    return "v1a" if secret.startswith(_PRIVATE) else "v1"


def public_key(secret: str) -> str | None:
    """Return what a receiver checks with where that may be told to anyone: the `whpk_` of a `whsk_`."""
    if not secret.startswith(_PRIVATE):
        return None
    return _PUBLIC + _encoded(_private_key(secret).public_key().public_bytes_raw())


def public_bytes(key: str) -> bytes:
    """Return the 32 bytes of a `whpk_` key."""
    return _decoded(key.removeprefix(_PUBLIC))


def is_secret(text: str) -> bool:
    """Tell whether a text is a `whsec_` or `whsk_` secret that `sign` can use."""
    try:
        return text.startswith((_SHARED, _PRIVATE)) and bool(sign(text, "", 0, b""))
    except ValueError:
        return False


def is_receivers_key(text: str) -> bool:
    """Tell whether a text is what a receiver checks with: a `whsec_` secret or a `whpk_` key."""
    try:
        return bool(_public_key(text)) if text.startswith(_PUBLIC) else is_secret(text)
    except ValueError:
        return False


def sign(secret: str, webhook_id: str, timestamp: int, body: bytes) -> str:
    """Return the signature `v1,…` or `v1a,…` of this body; `timestamp` in seconds since 1970, as it is sent.

    Raises ValueError where the secret is none, SettingsError where it is still sealed.
    """
    if secret.startswith(SEALED):
        raise SettingsError(
            "TOCSIN_SECRET_KEY", "does not open this endpoint's secret; set the key it was sealed with"
        )
    signed = _signed(webhook_id, str(timestamp), body)
    if secret.startswith(_PRIVATE):
        return "v1a," + _encoded(_private_key(secret).sign(signed))
    if not secret.startswith(_SHARED):
        raise ValueError("this is no secret to sign with: it begins neither with whsec_ nor with whsk_")
    return "v1," + _encoded(_mac(secret, signed))


def is_signed_by(key: str, signatures: str, webhook_id: str, timestamp: str, body: bytes) -> bool:
    """Tell whether one of the signatures of a `webhook-signature` header was made with this key.

    `key` is a `whsec_`, `whsk_` or `whpk_` text; the header's parts are taken as they came. Raises ValueError
    where the key is none.
    """
    signed = _signed(webhook_id, timestamp, body)
    given = [part.partition(",") for part in signatures.split()]
    if key.startswith((_PRIVATE, _PUBLIC)):
        public = _public_key(public_key(key) or key)
        return any(_fits(public, encoded, signed) for version, _, encoded in given if version == "v1a")
    expected = _encoded(_mac(key, signed)).encode()
    return any(
        hmac.compare_digest(encoded.encode(), expected) for version, _, encoded in given if version == "v1"
    )


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


def _signed(webhook_id: str, timestamp: str, body: bytes) -> bytes:
    return f"{webhook_id}.{timestamp}.".encode() + body


def _mac(secret: str, signed: bytes) -> bytes:
    return hmac.new(_decoded(secret.removeprefix(_SHARED)), signed, hashlib.sha256).digest()


def _private_key(secret: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(_decoded(secret.removeprefix(_PRIVATE))[:_KEY_BYTES])


def _public_key(key: str) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(public_bytes(key))


def _fits(public: Ed25519PublicKey, encoded: str, signed: bytes) -> bool:
    try:
        public.verify(_decoded(encoded), signed)
    except (InvalidSignature, ValueError):
        return False
    return True


def _encoded(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")


def _decoded(encoded: str) -> bytes:
    try:
        raw = base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)
    except ValueError as error:
        raise ValueError("it is not written in base64") from error
    if not raw:
        raise ValueError("it is empty")
    return raw
