"""The files that the compose stack's services read their secrets from: made once, each for whom it concerns."""

import hashlib
import secrets
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

# A folder is a volume that only those who need it mount: inside it everyone may read, as the images of
# PostgreSQL and Redis run as users of their own.
_READABLE = 0o444
_OWN = 0o400
GIVEN_NAMES = ("database_password", "reader_password", "redis_password", "api_token", "secret_key")


def write_secrets(folder: Path, given: Path | None) -> list[str]:
    """Write what is missing below `folder`; give the names of what was made.

    A file in `given` named as in `GIVEN_NAMES` is taken instead of a generated value, on first use.
    """
    made = []
    own = folder / "tocsin"
    for name in GIVEN_NAMES:
        if not (own / name).exists():
            _write(own / name, _given(given, name) or secrets.token_urlsafe(32), _OWN)
            made.append(name)
    values = {name: (own / name).read_text(encoding="utf-8").strip() for name in GIVEN_NAMES}
    for path, text, mode in _derived(folder, values):
        _write(path, text, mode)
    return made


def write_demo_settings(folder: Path, *, allowed_networks: str, poll_min_seconds: str) -> None:
    """Write the two settings that the demo changes: whom the services may reach, and how soon they poll again."""
    _write(folder / "allowed_networks", allowed_networks, _READABLE)
    _write(folder / "poll_min_seconds", poll_min_seconds, _READABLE)


def _derived(folder: Path, values: Mapping[str, str]) -> tuple[tuple[Path, str, int], ...]:
    own = folder / "tocsin"
    database, reader, redis = (
        quote(values[name], safe="") for name in ("database_password", "reader_password", "redis_password")
    )
    return (
        (own / "database_url", f"postgresql://tocsin:{database}@db:5432/tocsin", _OWN),
        (own / "reader_database_url", f"postgresql://tocsin_reader:{reader}@db:5432/tocsin", _OWN),
        (own / "redis_url", f"redis://:{redis}@redis:6379/0", _OWN),
        (folder / "db" / "password", values["database_password"], _READABLE),
        (folder / "redis" / "users.acl", _redis_users(values["redis_password"]), _READABLE),
    )


def _redis_users(password: str) -> str:
    """Write Redis' users: ours, by the digest of its password, and one that may do nothing but PING."""
    digest = hashlib.sha256(password.encode()).hexdigest()
    return f"user default on #{digest} ~* &* +@all\nuser health on nopass resetchannels -@all +ping"


def _given(folder: Path | None, name: str) -> str:
    path = folder / name if folder else None
    return path.read_text(encoding="utf-8").strip() if path and path.exists() else ""


def _write(path: Path, text: str, mode: int) -> None:
    """Write a file whole or not at all: a service may read it at any moment."""
    draft = path.with_name(f".{path.name}")
    draft.unlink(missing_ok=True)
    draft.touch(mode=mode | 0o200)
    draft.write_text(text + "\n", encoding="utf-8")
    draft.chmod(mode)
    draft.replace(path)
