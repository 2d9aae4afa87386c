"""Read a topic's query: from text to tree, or the column and the sentence that say why not."""

import difflib
import re
from collections.abc import Callable
from dataclasses import replace
from typing import cast

from lark import Lark, Token, Transformer, v_args
from lark.exceptions import UnexpectedInput

from shared.domain.language.words import split_words
from shared.domain.topics.concepts import NO_CONCEPTS, Concepts
from shared.domain.topics.query import (
    SCOPES,
    AllOf,
    AnyOf,
    AtLeast,
    Concept,
    Exact,
    Near,
    Not,
    Phrase,
    Prefix,
    Query,
    Scoped,
    ScopeName,
    Word,
)
from shared.domain.topics.query_checks import Refused, check_meaning
from shared.domain.topics.query_faults import find_text_fault, syntax_fault
from shared.domain.topics.query_grammar import GRAMMAR, QUOTES
from shared.errors import QueryError

_LARGEST_NUMBER = 100
_SHORTEST_PREFIX = 2


def parse_query(text: str, concepts: Concepts = NO_CONCEPTS) -> Query:
    """Return the tree of `text`, a topic's query, its concepts resolved in `concepts`.

    Raise QueryError, with the column and a sentence of advice, for what does not parse, names an unknown
    concept or field, can only match everything or nothing, or searches for stop words alone.
    """
    try:
        find_text_fault(text)
        query = _tree(text, concepts)
        check_meaning(query)
    except Refused as refused:
        raise QueryError(text, refused.at + 1, refused.reason) from None
    return query


def _tree(text: str, concepts: Concepts) -> Query:
    try:
        # Lark's types know trees only: with a transformer it returns what that makes.
        query = cast("Query", _PARSER.parse(text))
        return _resolved(query, concepts) if "~" in text else query
    except UnexpectedInput as fault:
        raise syntax_fault(text, fault) from None


def _resolved(query: Query, concepts: Concepts) -> Query:
    """Return `query` with the id and the phrases of every concept that it names."""
    match query:
        case Concept(name):
            return _concept(query, name, concepts)
        case AllOf(parts) | AnyOf(parts) | AtLeast(_, parts):
            return replace(query, parts=tuple(_resolved(part, concepts) for part in parts))
        case Not(part) | Scoped(_, part):
            return replace(query, part=_resolved(part, concepts))
        case Near(left, right):
            return replace(query, left=_resolved(left, concepts), right=_resolved(right, concepts))
        case _:
            return query


def _concept(named: Concept, name: str, concepts: Concepts) -> Concept:
    found = concepts.find(name)
    if found is None:
        raise Refused(named.at, _unknown_concept(name, concepts.nearest(name)))
    return Concept(found, concepts.phrases(found), named.written, named.at)


@v_args(inline=True)
class _Builder(Transformer[Token, Query]):
    """Makes each node of the grammar a node of the tree, refusing what the grammar cannot know."""

    def start(self, query: Query) -> Query:
        return query

    def any_of(self, *parts: Query) -> Query:
        return AnyOf(parts)

    def all_of(self, *parts: Query) -> Query:
        return AllOf(parts)

    def negated(self, sign: Token, part: Query) -> Query:
        return Not(part, _at(sign))

    def near(self, left: Query, operator: Token, right: Query) -> Query:
        name, number = operator.split("/")
        return Near(left, right, _number(number, operator), name == "ONEAR", _at(operator))

    def at_least(self, operator: Token, *parts: Query) -> Query:
        return AtLeast(_number(operator.split()[2], operator), parts, _at(operator))

    def scoped(self, field: Token, part: Query) -> Query:
        return Scoped(cast("ScopeName", field.rstrip().rstrip(":：")), part, _at(field))

    def word(self, token: Token) -> Query:
        _refuse_lookalike(token)
        return Word(_searchable(token, token), _at(token))

    def exact(self, token: Token) -> Query:
        if "*" in token:
            raise Refused(_at(token), "= takes a word as written and cannot have a star")
        return Exact(_searchable(token[1:], token), _at(token))

    def phrase(self, token: Token) -> Query:
        if "*" in token:
            raise Refused(_at(token), 'a star does nothing inside quotes; write "a b*" as a ONEAR/0 b*')
        return Phrase(_searchable(" ".join(token.strip(QUOTES).split()), token), _at(token))

    def prefix(self, token: Token) -> Query:
        words = split_words(_searchable(token[:-1], token), None)
        if len(words[-1].form.folded) < _SHORTEST_PREFIX and not words[-1].form.unspaced:
            raise Refused(
                _at(token), f"{token} is too short; give at least {_SHORTEST_PREFIX} letters before the star"
            )
        return Prefix(token[:-1], _at(token))

    def concept(self, token: Token) -> Query:
        return Concept(token[1:].strip(QUOTES).strip(), (), str(token), _at(token))


# A basic lexer: an operator is one wherever it stands, so `a OR AND b` is a fault and not a word "AND".
# The nodes are made while parsing: half the time of making lark's trees first.
_PARSER = Lark(GRAMMAR, parser="lalr", lexer="basic", maybe_placeholders=False, transformer=_Builder())


def _at(token: Token) -> int:
    return token.start_pos or 0


def _number(digits: str, token: Token) -> int:
    if len(digits) > 3 or int(digits) > _LARGEST_NUMBER:
        raise Refused(_at(token), f"{digits} is too large; a number here is 0 to {_LARGEST_NUMBER}")
    return int(digits)


def _searchable(text: str, token: Token) -> str:
    if not split_words(text, None):
        raise Refused(_at(token), f"{token} has no letter or digit to search for; leave it out")
    return str(text)


def _unknown_concept(name: str, nearest: str | None) -> str:
    advice = f"; did you mean ~{nearest}?" if nearest else "; write the words themselves instead"
    return f"there is no concept {name}{advice}"


def _refuse_lookalike(token: Token) -> None:
    for looks_like, reason in _LOOKALIKES:
        found = re.match(looks_like, token)
        if found:
            raise Refused(_at(token) + found.start(1), reason(found.group(1)))


def _unknown_field(name: str) -> str:
    close = difflib.get_close_matches(name.lower(), SCOPES, n=1, cutoff=0.5)
    advice = (
        f"did you mean {close[0]}:?" if close else f"the fields are {', '.join(f'{s}:' for s in SCOPES)}."
    )
    return f"{name}: is not a field; {advice} Put the text in quotes if the colon belongs to it"


def _small_operator(word: str) -> str:
    return f'operators are in capitals: write {word.upper()}, or "{word}" in quotes for the word'


def _near_without_number(word: str) -> str:
    name = word.upper()
    return f"{name} is written with a number, 0 to {_LARGEST_NUMBER}, between two words: a {name}/5 b"


_LOOKALIKES: tuple[tuple[str, Callable[[str], str]], ...] = (
    (r"(and|or|not)$", _small_operator),
    (r"(?i)(o?near)(?:/.*)?$", _near_without_number),
    (r"([|&!]+)$", lambda sign: f"{sign} is not an operator; write AND, OR or NOT"),
    (r"([-−–—]).", lambda _: "a dash means NOT only before a whole clause, after a space or a bracket"),
    (r"[^*]*(\*)", lambda _: "a star ends a word (traffick*); it cannot stand before or inside one"),
    (r"([^\W\d_]+)[:：]", _unknown_field),
)
