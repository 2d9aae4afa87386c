"""Say what is wrong with a query that does not parse, where, and what to write instead."""

import re

from lark import Token
from lark.exceptions import UnexpectedInput, UnexpectedToken

from shared.domain.topics.query_checks import Refused
from shared.domain.topics.query_grammar import QUOTES

_LONGEST_QUERY = 10_000
_DEEPEST_NESTING = 25
_QUOTED = re.compile(f"[{QUOTES}][^{QUOTES}]*[{QUOTES}]?")
_BAD_AT_LEAST = re.compile(r"(?<!\S)AT\s+LEAST\b(?!\s+\d+\s+OF\s*[(（])")
_MANY_NOTS = re.compile(r"(?:(?:NOT\s+|(?<!\S)[-−–—])){4}")
_LOWER_AT_LEAST = re.compile(r"(?i)(?<!\S)AT\s+LEAST\s+\d+\s+OF\s*[(（]")


def find_text_fault(text: str) -> None:
    """Raise Refused for what can be seen without parsing: emptiness, length, quotes, brackets, AT LEAST."""
    if not text.strip():
        raise Refused(0, "the query is empty; write a word or a phrase to watch for")
    if len(text) > _LONGEST_QUERY:
        raise Refused(
            _LONGEST_QUERY, f"the query is longer than {_LONGEST_QUERY} characters; make it several topics"
        )
    _check_quotes(text)
    bare = _QUOTED.sub(lambda found: "x" * len(found.group()), text)
    _check_brackets(bare)
    _check_at_least(bare)
    if found := _MANY_NOTS.search(bare):
        raise Refused(found.start(), "so many NOTs in a row only confuse; write one or none")


def _check_quotes(text: str) -> None:
    opened: int | None = None
    for place in (found.start() for found in re.finditer(f"[{QUOTES}]", text)):
        if opened is None:
            opened = place
        elif not text[opened + 1 : place].strip():
            raise Refused(opened, "there is nothing between these quotes")
        else:
            opened = None
    if opened is not None:
        raise Refused(opened, f"an opening quote at column {opened + 1} is never closed")


def _check_brackets(bare: str) -> None:
    opened: list[int] = []
    for place, sign in enumerate(bare):
        if sign in "(（":
            opened.append(place)
        elif sign in ")）" and not opened:
            raise Refused(place, "this closing bracket was never opened")
        elif sign in ")）":
            opening = opened.pop()
            if not bare[opening + 1 : place].strip():
                raise Refused(opening, "there is nothing between these brackets")
        if len(opened) > _DEEPEST_NESTING:
            raise Refused(place, f"brackets are nested more than {_DEEPEST_NESTING} deep")
    if opened:
        raise Refused(opened[-1], f"an opening bracket at column {opened[-1] + 1} is never closed")


def _check_at_least(bare: str) -> None:
    for found in _LOWER_AT_LEAST.finditer(bare):
        if not found.group().startswith("AT"):
            raise Refused(found.start(), "operators are in capitals: write AT LEAST 2 OF (a, b, c)")
    if wrong := _BAD_AT_LEAST.search(bare):
        raise Refused(wrong.start(), "AT LEAST needs a number, OF and a list: AT LEAST 2 OF (a, b, c)")


def syntax_fault(text: str, fault: UnexpectedInput) -> "Refused":
    """Return the refusal that says in words what lark could not go on with in `text`."""
    token = fault.token if isinstance(fault, UnexpectedToken) else None
    if token is None:
        return Refused(fault.pos_in_stream or 0, "this character cannot stand here")
    if token.type == "$END":
        return Refused(len(text), _unfinished(text))
    return Refused(token.start_pos or 0, _misplaced(token, text))


def _unfinished(text: str) -> str:
    last = text.rsplit(maxsplit=1)[-1].lstrip("(（")
    return f"the query ends after {last}, which needs something to its right"


def _misplaced(token: Token, text: str) -> str:
    kind = token.type.lstrip("_")
    if kind == "NEAR" and _follows_near(token, text):
        return "NEAR does not chain; write (a NEAR/5 b) AND (b NEAR/5 c)"
    if kind in {"NOT", "MINUS"}:
        return "NOT cannot stand here; a side of NEAR and what a field binds must be something to find"
    return _MISPLACED.get(kind, f"{token} cannot stand here")


def _follows_near(token: Token, text: str) -> bool:
    return _SIDE_OF_NEAR.search(text[: token.start_pos]) is not None


_SIDE_OF_NEAR = re.compile(rf"NEAR/\d+\s+(?:[(（][^()（）]*[)）]|[~=]?{_QUOTED.pattern}|[^\s(（]+)\s*$")


_MISPLACED = {
    "AND": "AND needs a clause on both sides",
    "OR": "OR needs a clause on both sides",
    "NEAR": "NEAR needs a word, phrase, prefix, concept or an OR-group of them on both sides",
    "COMMA": "a comma separates only the clauses of AT LEAST 2 OF (a, b, c); leave it out, or write OR",
    "CLOSE": "a clause is missing before this closing bracket",
    "FIELD": "a field binds one word, phrase or group: title:word or title:(a OR b)",
    "AT_LEAST": "AT LEAST cannot stand here; put it in brackets",
}
