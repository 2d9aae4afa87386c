"""Secrets at rest: sealed with the operator's key where one is set, and opened with it alone."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import Connection

from shared.domain.alerts.signing import SEALED

VAULT = "tocsin_vault"


@dataclass(frozen=True, slots=True)
class Vault:
    """Seals and opens texts; without a key it gives them back as they are."""

    fernet: MultiFernet | None = None

    def seal(self, secret: str) -> str:
        """Give a secret as it is stored: with this vault's first key, plain where it has none."""
        return SEALED + self.fernet.encrypt(secret.encode()).decode("ascii") if self.fernet else secret

    def open(self, stored: str) -> str:
        """Give a secret as it was; one that no key of ours opens comes sealed, and cannot be signed with."""
        if not stored.startswith(SEALED) or self.fernet is None:
            return stored
        try:
            return self.fernet.decrypt(stored.removeprefix(SEALED)).decode()
        except InvalidToken:
            return stored


def make_vault(keys: Sequence[str]) -> Vault:
    """Make a vault of long random texts: the first seals, each opens, so that keys can be changed.

    A Fernet key is derived from each by HKDF (RFC 5869), which asks for no format and adds no strength.
    """
    return Vault(MultiFernet([Fernet(_derived(key)) for key in keys]) if keys else None)


def vault_of(connection: Connection) -> Vault:
    """Give the vault that the database was opened with."""
    vault: Vault = connection.get_execution_options()[VAULT]
    return vault


def _derived(key: str) -> bytes:
    made = HKDF(hashes.SHA256(), length=32, salt=None, info=b"tocsin endpoint secrets").derive(key.encode())
    return base64.urlsafe_b64encode(made)
