"""How a person names a row: by its id, or by its unique name or address."""

from uuid import UUID


def looks_like_id(name: str) -> bool:
    """Tell whether a name is written as an id."""
    try:
        UUID(name)
    except ValueError:
        return False
    return True
