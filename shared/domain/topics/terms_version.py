"""Which way of reading made the terms that are stored: others than ours may lack what a query needs."""

import unicodedata
from functools import cache
from hashlib import sha256
from importlib.resources import files

import Stemmer

# What decides the terms of a text: any change in these makes stored terms those of another version.
_SOURCES = (
    "language/clitics.py",
    "language/derivation.py",
    "language/folding.py",
    "language/stemming.py",
    "language/words.py",
    "topics/reading.py",
)


@cache
def terms_version() -> int:
    """Return a number of 31 bits that changes whenever the terms of some text may.

    Digested from the code itself, from the stemmers and from Unicode's tables, so that nobody can forget it:
    where it differs, a text is read again in full, which costs time and loses nothing.
    """
    folder = files("shared.domain")
    sources = b"".join((folder / name).read_bytes() for name in _SOURCES)
    tables = f"{Stemmer.version()} {unicodedata.unidata_version}".encode()
    return int.from_bytes(sha256(sources + tables).digest()[:4]) >> 1
