"""`/.well-known/webhook-keys`: the public halves of what messages are signed with, for anyone."""

import base64
import hashlib
import json
from typing import Any

from fastapi import APIRouter, Response

from shared.domain.alerts.payload import instant
from shared.domain.alerts.signing import public_bytes
from shared.store.database import Database
from shared.store.endpoint_secrets import PublicKey, list_public_keys

_FRESH_SECONDS = 300


def well_known_routes(database: Database) -> APIRouter:
    """Make the routes that a receiver reads without a token."""
    router = APIRouter(prefix="/.well-known", tags=["receivers"])

    @router.get("/webhook-keys", summary="The ed25519 keys of endpoints signed for by v1a, as a JWK set")
    def keys(response: Response) -> dict[str, Any]:
        response.headers["cache-control"] = f"public, max-age={_FRESH_SECONDS}"
        with database.begin() as transaction:
            return {"keys": [_key(one) for one in list_public_keys(transaction)]}

    return router


def _key(one: PublicKey) -> dict[str, Any]:
    """Write a key as RFC 8037 has it; its `kid` is its thumbprint (RFC 7638)."""
    x = base64.urlsafe_b64encode(public_bytes(one.key)).rstrip(b"=").decode()
    required = {"crv": "Ed25519", "kty": "OKP", "x": x}
    digest = hashlib.sha256(json.dumps(required, separators=(",", ":"), sort_keys=True).encode()).digest()
    return required | {
        "kid": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
        "use": "sig",
        "alg": "EdDSA",
        "endpoint_id": str(one.endpoint_id),
        "whpk": one.key,
        "until": instant(one.until) if one.until else None,
    }
