"""Reading the files that commands are given, within a bound."""

import sys
from pathlib import Path

from shared.errors import RefusedError

MOST_BYTES = 10_000_000


def read_bounded(path: Path, *, most: int = MOST_BYTES) -> bytes:
    """Read a file, standard input for `-`; raises RefusedError where it cannot be read or is too big."""
    try:
        if str(path) == "-":
            content = sys.stdin.buffer.read(most + 1)
        else:
            with path.open("rb") as file:
                content = file.read(most + 1)
    except OSError as error:
        raise RefusedError(str(path), f"cannot be read: {error.strerror}; check the path") from error
    if len(content) > most:
        raise RefusedError(str(path), f"is larger than {most} bytes; split it")
    return content
