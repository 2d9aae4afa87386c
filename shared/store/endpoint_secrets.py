"""The secrets of endpoints as a whole: sealing them with a new key, counting those that no key opens, public keys."""

import re
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, text

from shared.domain.alerts.signing import SEALED, public_key
from shared.store.vault import vault_of

_HELD = text("SELECT id, secret, previous_secret FROM core.endpoints ORDER BY id FOR UPDATE")
_KEEP = text("UPDATE core.endpoints SET secret = :secret, previous_secret = :previous WHERE id = :id")


@dataclass(frozen=True, slots=True)
class PublicKey:
    """What a receiver checks ed25519 signatures with: `whpk_…`, `until` set for one that is being rotated out."""

    endpoint_id: UUID
    key: str
    until: datetime | None


def seal_secrets(connection: Connection) -> int:
    """Seal every secret with the first key of the vault; give how many endpoints that concerned.

    What no key opens stays as it is, and without a key all does.
    """
    vault = vault_of(connection)
    if vault.fernet is None:
        return 0
    changed = []
    for row in connection.execute(_HELD).all():
        secrets = [vault.open(one) if one else None for one in (row.secret, row.previous_secret)]
        if any(one and one.startswith(SEALED) for one in secrets):
            continue
        secret, previous = (vault.seal(one) if one else None for one in secrets)
        changed.append({"id": row.id, "secret": secret, "previous": previous})
    if changed:
        connection.execute(_KEEP, changed)
    return len(changed)


def count_unopened_secrets(connection: Connection) -> int:
    """Count the endpoints whose secret no key of the vault opens; nothing can be signed for them."""
    vault = vault_of(connection)
    sealed = connection.scalars(
        text("SELECT secret FROM core.endpoints WHERE state <> 'disabled' AND secret LIKE :sealed"),
        {"sealed": f"{SEALED}%"},
    )
    return sum(vault.open(secret).startswith(SEALED) for secret in sealed)


def count_sealed_secrets(connection: Connection) -> int:
    """Count the endpoints whose secret is sealed: without the key, a copy of the database cannot sign for them."""
    sealed = text("SELECT count(*) FROM core.endpoints WHERE secret LIKE :sealed")
    return int(connection.execute(sealed, {"sealed": f"{SEALED}%"}).scalar_one())


def count_foreign_secrets(connection: Connection, copied: str) -> int:
    """Count the secrets in a dump that no key of the vault opens; `copied` is its `core.endpoints`, as COPY writes."""
    vault = vault_of(connection)
    sealed = set(re.findall(rf"(?<=\t){SEALED}[\w=-]+(?=\t)", copied))
    return sum(vault.open(one).startswith(SEALED) for one in sealed)


def list_public_keys(connection: Connection) -> list[PublicKey]:
    """List the public keys of every endpoint that is signed for with ed25519, those that rotate out included."""
    vault = vault_of(connection)
    rows = connection.execute(
        text(
            "SELECT id, secret, previous_secret, previous_secret_until FROM core.endpoints "
            "WHERE state <> 'disabled' ORDER BY id"
        )
    ).all()
    held = [(row.id, row.secret, None) for row in rows]
    held += [
        (row.id, row.previous_secret, row.previous_secret_until)
        for row in rows
        if row.previous_secret and row.previous_secret_until
    ]
    keys = [(endpoint, public_key(vault.open(secret)), until) for endpoint, secret, until in held]
    return [PublicKey(endpoint, key, until) for endpoint, key, until in keys if key]
