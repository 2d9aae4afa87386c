"""Which elements and namespaces feedparser gives a meaning to: what the novelty scan must know of it.

Taken from feedparser 6.0's handlers and namespace table; `tests/unit/test_novelty_law.py` holds the two
together.
"""

from typing import Literal

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
XHTML = "http://www.w3.org/1999/xhtml"
IN_IMAGE = frozenset({"url", "title", "link", "width", "height"})
_RSS_1 = "http://purl.org/rss/1.0/"
_NETSCAPE = "http://my.netscape.com/rdf/simple/0.9/"
# The declarations from which an RDF document has its version.
RDF_VERSIONS = frozenset({(None, _RSS_1), ("rss", _RSS_1), (None, _NETSCAPE)})

# Namespaces whose elements feedparser reads as if they had none.
_PLAIN = frozenset(
    {
        "",
        _RSS_1,
        _NETSCAPE,
        "http://backend.userland.com/rss",
        "http://backend.userland.com/rss2",
        "http://blogs.law.harvard.edu/tech/rss",
        "http://purl.org/rss/1.0/modules/rss091#",
        "http://purl.org/atom/ns#",
        "http://www.w3.org/2005/atom",
    }
)
_MEDIA = frozenset({"http://search.yahoo.com/mrss", "http://search.yahoo.com/mrss/"})
# A chapter of these without its start stops feedparser: it reads the whole document again, more loosely.
_CHAPTERS = "http://podlove.org/simple-chapters"
# feedparser goes by these prefixes, whatever they are bound to: only what they are meant for is safe.
_MEANINGS: dict[str, frozenset[str]] = {
    "content": frozenset({"http://purl.org/rss/1.0/modules/content/"}),
    "dc": frozenset({"http://purl.org/dc/elements/1.1/"}),
    "dcterms": frozenset({"http://purl.org/dc/terms/"}),
    "feedburner": frozenset({"http://rssnamespace.org/feedburner/ext/1.0"}),
    "itunes": frozenset({"http://www.itunes.com/dtds/podcast-1.0.dtd"}),
    "media": _MEDIA,
    "psc": frozenset({_CHAPTERS}),
    "rdf": frozenset({RDF}),
    "xhtml": frozenset({XHTML}),
}
_KNOWN = frozenset().union(_PLAIN, *_MEANINGS.values())
# These carry no text: a wrong binding at the root does no harm, one in an item would reach the next.
_UNSAFE_LATE = frozenset({"cc", "creativecommons", "geo", "georss", "gml", "psc", "xlink", "xml"})
_MOST_LATE_PREFIXES = 50

_Declarations = set[tuple[str | None, str]]


# What an element is to the scan. Plain words: an Enum's hash would cost a third of the pass.
Role = Literal[
    "other",
    "root",
    "item",
    "guid",
    "link",
    "title",
    "image",
    "text",
    "summary",
    "content",
    "not_in_item",
    "doubtful",
]

_ROLES: dict[str, Role] = {
    **dict.fromkeys(("rss", "feed", "rdf", "channel"), "root"),
    **dict.fromkeys(("item", "entry"), "item"),
    **dict.fromkeys(("guid", "id"), "guid"),
    **dict.fromkeys(("subtitle", "tagline", "rights", "copyright", "info", "browserfriendly"), "text"),
    **dict.fromkeys(("description", "abstract", "summary"), "summary"),
    **dict.fromkeys(("content", "encoded", "fullitem", "body"), "content"),
    "link": "link",
    "title": "title",
    "image": "image",
    "textinput": "not_in_item",
}


def role_of(name: str) -> Role:
    """Tell the role of an element; `name` is expat's: the namespace, a space, the local name."""
    uri, _, local = name.rpartition(" ")
    uri, role = uri.lower(), _ROLES.get(local.lower(), "other")
    if uri == _CHAPTERS:
        return "doubtful"
    if uri in _PLAIN or (role == "root" and uri == RDF):
        return role
    if role in ("root", "item"):
        return "doubtful"
    if role in ("guid", "link", "image") or (local == "content" and uri in _MEDIA):
        return "other"
    return "text" if role == "title" else role


def late_prefixes_are_safe(first: _Declarations, late: _Declarations) -> bool:
    """Tell whether declarations below the root (`late`) change nothing for elements outside their own item.

    feedparser never forgets a prefix: each must have one namespace in the whole document; and it names the
    elements of a namespace that it does not know by the first prefix that it met: such a namespace must have
    one prefix.
    """
    everywhere = first | late
    if any(not _is_meant(prefix, uri) for prefix, uri in everywhere):
        return False
    added = {(prefix, uri) for prefix, uri in late - first if prefix}
    return len(added) <= _MOST_LATE_PREFIXES and all(
        prefix not in _UNSAFE_LATE
        and sum(prefix == other for other, _ in everywhere) == 1
        and (uri.lower() in _KNOWN or sum(uri == other for _, other in everywhere) == 1)
        for prefix, uri in added
    )


def _is_meant(prefix: str | None, uri: str) -> bool:
    return prefix not in _MEANINGS or uri.lower() in _MEANINGS[prefix]
