"""Skim a query: the clues that it cannot do without, read off its text in a fraction of the time of parsing it.

A hundred thousand topics are loaded so; most of them are never parsed, for nothing that they ask for ever comes.
Where anything is out of the ordinary the skimmer gives up, and the parser decides.
"""

import re

from shared.domain.language.stemming import primary_language
from shared.domain.topics.clues import Clues, any_of, at_least, rarest, text_clue
from shared.domain.topics.concepts import Concepts
from shared.domain.topics.query import Exact, Leaf, Phrase, Prefix, Word
from shared.domain.topics.query_grammar import QUOTES

_NOT_WORD = rf"\s()（）,，{QUOTES}"
_PIECES = re.compile(rf"[{QUOTES}][^{QUOTES}]*[{QUOTES}]|[()（）,，]|[^{_NOT_WORD}]+|[{QUOTES}]")
_PLAIN = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
_FIELD = re.compile(r"(title|lead|body|all|lang|feed|place|tag):(.*)")
_NEAR = re.compile(r"O?NEAR/\d{1,3}")
_ENDS = frozenset({"OR", ")", "）", ",", "，", ""})
_OPENS, _CLOSES = frozenset("(（"), frozenset(")）")
_NOT_PLAIN = frozenset({"AND", "OR", "NOT", "AT", "LEAST", "and", "or", "not"})
_MOST_PIECES = 2_000


class NotSkimmedError(Exception):
    """The text is out of the ordinary: only the parser knows."""


def skim_clues(text: str, concepts: Concepts) -> Clues:
    """Return what `clues_of` does for the tree of `text`, a query that the parser takes.

    Raises NotSkimmedError where it cannot tell.
    """
    pieces = _PIECES.findall(text)
    if len(pieces) > _MOST_PIECES:
        raise NotSkimmedError
    reader = _Skimmer(pieces, concepts)
    clues = reader.either(None)
    if reader.piece():
        raise NotSkimmedError
    return clues


class _Skimmer:
    """Goes once over the pieces of a query; every method leaves off behind what it has read."""

    def __init__(self, pieces: list[str], concepts: Concepts) -> None:
        self.pieces = pieces
        self.concepts = concepts
        self.at = 0

    def piece(self) -> str:
        return self.pieces[self.at] if self.at < len(self.pieces) else ""

    def either(self, scope: str | None) -> Clues:
        sides = [self.every(scope)]
        while self.piece() == "OR":
            self.at += 1
            sides.append(self.every(scope))
        return sides[0] if len(sides) == 1 else any_of(sides)

    def every(self, scope: str | None) -> Clues:
        """Read clauses side by side; both sides of a NEAR are needed, as of an AND."""
        sides: list[Clues] = []
        while (piece := self.piece()) not in _ENDS:
            if piece == "AND" or ("NEAR/" in piece and _NEAR.fullmatch(piece)):
                self.at += 1
            else:
                sides.append(self.one(scope))
        if not sides:
            raise NotSkimmedError
        return sides[0] if len(sides) == 1 else rarest(sides)

    def one(self, scope: str | None) -> Clues:  # noqa: PLR0911 - one return for each kind of clause
        piece = self.piece()
        self.at += 1
        if piece == "NOT":
            return self.negated(scope)
        if piece in _OPENS:
            return self.closed(self.either(scope))
        if piece == "AT":
            return self.at_least(scope)
        if piece[0] in QUOTES and len(piece) > 1:
            return self.leaf("s", " ".join(piece.strip(QUOTES).split()), scope)
        if piece[0] == "-":
            return self.without(piece[1:], scope)
        if piece[0] == "~":
            return self.concept(piece[1:], scope)
        if ":" in piece and (found := _FIELD.fullmatch(piece)):
            return self.within(found.group(1), found.group(2))
        return self.word(piece, scope)

    def closed(self, clues: Clues) -> Clues:
        if self.piece() not in _CLOSES:
            raise NotSkimmedError
        self.at += 1
        return clues

    def without(self, rest: str, scope: str | None) -> Clues:
        self.back(rest)
        return self.negated(scope)

    def negated(self, scope: str | None) -> Clues:
        """Read what is not wanted: a clause, and what is near it."""
        self.one(scope)
        while _NEAR.fullmatch(self.piece()):
            self.at += 1
            self.one(scope)
        return None

    def within(self, scope: str, rest: str) -> Clues:
        self.back(rest)
        return self.one(scope)

    def back(self, rest: str) -> None:
        """Put what stands behind a dash or a field back, to be read as a clause."""
        if rest:
            self.at -= 1
            self.pieces[self.at] = rest
        if self.piece() in _ENDS:
            raise NotSkimmedError

    def at_least(self, scope: str | None) -> Clues:
        least, count, of, opening = self.pieces[self.at : self.at + 4] + [""] * max(
            0, self.at + 4 - len(self.pieces)
        )
        if (
            least != "LEAST"
            or not count.isascii()
            or not count.isdigit()
            or of != "OF"
            or opening not in _OPENS
        ):
            raise NotSkimmedError
        self.at += 4
        sides = [self.either(scope)]
        while self.piece() in {",", "，"}:
            self.at += 1
            sides.append(self.either(scope))
        return self.closed(at_least(int(count), sides))

    def concept(self, name: str, scope: str | None) -> Clues:
        if not name:
            name = self.piece().strip(QUOTES).strip()
            self.at += 1
        found = self.concepts.find(name)
        if found is None or scope in {"lang", "feed"}:
            raise NotSkimmedError
        return frozenset({f"~{found}"})

    def word(self, piece: str, scope: str | None) -> Clues:
        kind = "w"
        if piece[0] == "=":
            kind, piece = "=", piece[1:]
        elif piece[-1] == "*":
            kind, piece = "*", piece[:-1]
        if piece in _NOT_PLAIN or not _PLAIN.fullmatch(piece):
            raise NotSkimmedError
        return self.leaf(kind, piece, scope)

    def leaf(self, kind: str, text: str, scope: str | None) -> Clues:
        if scope == "lang":
            return frozenset({f"@{primary_language(text)}"})
        if scope == "feed":
            return None
        return frozenset({text_clue(_KINDS[kind], text, _WRITTEN[kind].format(text))})


_KINDS: dict[str, type[Leaf]] = {"w": Word, "=": Exact, "s": Phrase, "*": Prefix}
_WRITTEN = {"w": "{}", "=": "={}", "s": '"{}"', "*": "{}*"}
