"""The name by which a feed knows an entry: its guid, else its link, else its title."""

from hashlib import blake2b

from shared.domain.feeds.entry import Entry


def entry_key(entry: Entry) -> bytes:
    """Give a 16-byte digest of the first that the entry has; entries with none share the empty title's."""
    if entry.guid:
        name = f"guid {entry.guid}"
    elif entry.url:
        name = f"link {entry.url}"
    else:
        name = f"title {entry.title}"
    return blake2b(name.encode("utf-8", "surrogatepass"), digest_size=16).digest()
