"""How a person names a row: by its id, or by its unique name or address."""

from uuid import UUID

from shared.errors import RefusedError

_LONGEST_NAME = 200


def looks_like_id(name: str) -> bool:
    """Tell whether a name is written as an id."""
    try:
        UUID(name)
    except ValueError:
        return False
    return True


def checked_name(name: str) -> str:
    """Give a name for a new row, its spaces made single; raises RefusedError for what is none."""
    plain = " ".join(name.split())
    if not plain or len(plain) > _LONGEST_NAME or not plain.isprintable():
        raise RefusedError(name[:80], f"is no name; give 1 to {_LONGEST_NAME} printable characters")
    if looks_like_id(plain):
        raise RefusedError(plain, "looks like an id, which names another thing; give a name in words")
    return plain
