"""Says a topic's query in words, so that its writer sees what was understood."""

from collections.abc import Sequence

from shared.domain.language.common_words import needs_capitals
from shared.domain.language.words import split_words
from shared.domain.topics.query import (
    AllOf,
    AnyOf,
    AtLeast,
    Concept,
    Exact,
    Leaf,
    Near,
    Not,
    Phrase,
    Prefix,
    Query,
    Scoped,
    ScopeName,
    Word,
    leaf_text,
)

_PLACES: dict[ScopeName, str] = {
    "title": "{} in the title",
    "lead": "{} in the first paragraph",
    "body": "{} in the body",
    "all": "{} anywhere, boilerplate and captions too",
    "tag": "{} among the tags",
}
_FACTS: dict[ScopeName, str] = {
    "lang": "the text is in {}",
    "feed": "it came from the feed {}",
    "place": "it is datelined {}",
}


def describe_query(query: Query) -> str:  # noqa: PLR0911 - one return for each kind of node
    """Return one sentence's worth of words that mean what `query` means."""
    match query:
        case AllOf(parts):
            return ", and ".join(map(_part, parts))
        case AnyOf(parts):
            return ", or ".join(map(_part, parts))
        case Not(part):
            return f"not {_part(part)}"
        case AtLeast(count, parts):
            return f"at least {count} of: {'; '.join(map(describe_query, parts))}"
        case Near(left, right, words, ordered):
            distance = f"at most {words} words between" if words else "no word between"
            order = "in this order" if ordered else "in either order"
            return f"{_part(left)} near {_part(right)} ({distance}, {order})"
        case Scoped(scope, part):
            return _scoped(scope, part)
        case _:
            return _leaf(query)


def _part(query: Query) -> str:
    told = describe_query(query)
    return f"({told})" if isinstance(query, AllOf | AnyOf | AtLeast) else told


def _scoped(scope: ScopeName, part: Query) -> str:
    if scope in _FACTS:
        return _FACTS[scope].format(" or ".join(_names(part)))
    return _PLACES[scope].format(_part(part))


def _names(part: Query) -> Sequence[str]:
    """List the bare names that `lang:`, `feed:` and `place:` bind; a query inside them is told in full."""
    if isinstance(part, AnyOf):
        return [name for one in part.parts for name in _names(one)]
    return [leaf_text(part)] if isinstance(part, Word | Exact | Phrase | Prefix) else [_part(part)]


def _leaf(leaf: Leaf) -> str:
    match leaf:
        case Word(text):
            words = split_words(text, None)
            in_capitals = len(words) == 1 and needs_capitals(words[0].form)
            return f"{text} in capitals" if in_capitals else f"{text} in any form"
        case Exact(text):
            return f"{text} exactly as written"
        case Phrase(text):
            return f'the words "{text}" in this order'
        case Prefix(text):
            return f"a word that begins with {text}"
        case Concept():
            return _concept(leaf)


def _concept(leaf: Concept) -> str:
    languages = sorted({phrase.language for phrase in leaf.phrases})
    return f"the concept {leaf.id} ({len(leaf.phrases)} phrases in {', '.join(languages)})"
