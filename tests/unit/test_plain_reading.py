"""The evaluator agrees with a second one, slow and plain, that compares every word with every word."""

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.language.words import Token, split_words
from shared.domain.topics.evidence import MatchText
from shared.domain.topics.match import match_query
from shared.domain.topics.query import (
    AllOf,
    AnyOf,
    AtLeast,
    Leaf,
    Near,
    Not,
    Phrase,
    Prefix,
    Query,
    Scoped,
    Word,
    print_query,
)

pytestmark = pytest.mark.thorough

VOCABULARY = [
    "sanction", "sanctions", "sanctioned", "Sanción", "sanciones", "traite", "traités", "traitement",
    "WHO", "who", "US", "us", "the", "le", "l’ONU", "O.N.U.", "onu", "COVID-19", "organised", "crime", "crimes",
    "criminalité", "organisées", "contrebande", "恐怖主义", "恐", "怖", "犯罪", "الإرهاب", "والإرهاب", "للإرهاب",
    "Bürger", "buerger", "port", "Ports", "Tor", "director",
]  # fmt: skip
WORDS = st.sampled_from(VOCABULARY)
LANGUAGES = st.sampled_from(["en", "fr", "es", "de", "ar", "zh", None])


def plainly_holds(query: Query, lines: list[tuple[Token, ...]], language: str | None) -> bool:
    match query:
        case AllOf(parts):
            return all(plainly_holds(part, lines, language) for part in parts)
        case AnyOf(parts):
            return any(plainly_holds(part, lines, language) for part in parts)
        case AtLeast(count, parts):
            return sum(plainly_holds(part, lines, language) for part in parts) >= count
        case Not(part):
            return not plainly_holds(part, lines, language)
        case Near(left, right, words, ordered):
            return any(near_in_line(left, right, words, line, language) for line in lines) or (
                not ordered and any(near_in_line(right, left, words, line, language) for line in lines)
            )
        case Word() | Phrase() | Prefix():
            return any(True for line in lines for _ in stretches(query, line, language))
    raise AssertionError(query)


def near_in_line(
    left: Query, right: Query, words: int, line: tuple[Token, ...], language: str | None
) -> bool:
    return any(
        0 <= first - last - 1 <= words
        for _, last in side_stretches(left, line, language)
        for first, _ in side_stretches(right, line, language)
    )


def side_stretches(side: Query, line: tuple[Token, ...], language: str | None) -> Iterator[tuple[int, int]]:
    for leaf in side.parts if isinstance(side, AnyOf) else (side,):
        yield from stretches(leaf, line, language)  # type: ignore[arg-type]


def stretches(leaf: Leaf, line: tuple[Token, ...], language: str | None) -> Iterator[tuple[int, int]]:
    wanted = split_words(leaf.text, language)  # type: ignore[union-attr]
    for at in range(len(line) - len(wanted) + 1):
        if all(is_same(leaf, step, token, line[at + step], wanted) for step, token in enumerate(wanted)):
            yield at, at + len(wanted) - 1


def is_same(leaf: Leaf, step: int, wanted: Token, token: Token, phrase: tuple[Token, ...]) -> bool:
    if isinstance(leaf, Prefix) and step == len(phrase) - 1:
        return any(key.startswith(wanted.form.folded) for key in token.form.found)
    keys = wanted.form.keys if isinstance(leaf, Word) else wanted.form.spellings
    return bool(set(keys) & set(token.form.found))


plain_leaves = st.one_of(
    st.builds(
        Word, st.sampled_from(["sanctions", "traite", "port", "crime", "الإرهاب", "恐怖", "Bürger", "onu"])
    ),
    st.builds(Phrase, st.sampled_from(["organised crime", "la traite", "恐怖", "port"])),
    st.builds(Prefix, st.sampled_from(["sanc", "trait", "cr", "恐怖"])),
)
plain_sides = st.one_of(plain_leaves, st.lists(plain_leaves, min_size=2, max_size=2).map(tuple).map(AnyOf))
plain_queries = st.recursive(
    st.one_of(plain_leaves, st.builds(Near, plain_sides, plain_sides, st.integers(0, 3), st.booleans())),
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=3).map(tuple).map(AllOf),
        st.lists(inner, min_size=2, max_size=3).map(tuple).map(AnyOf),
        st.lists(inner, min_size=3, max_size=3).map(tuple).map(lambda parts: AtLeast(2, parts)),
        st.builds(Not, inner),
    ),
    max_leaves=4,
)


@settings(max_examples=200)
@given(plain_queries, st.lists(st.lists(WORDS, max_size=8).map(" ".join), min_size=1, max_size=3), LANGUAGES)
def test_the_evaluator_agrees_with_a_reading_word_by_word(
    query: Query, lines: list[str], language: str | None
) -> None:
    text = MatchText(title=lines[0], body="\n".join(lines[1:]), language=language)
    plain = plainly_holds(query, [split_words(line, language) for line in lines], language)
    assert (match_query(query, text) is not None) == plain, print_query(query)


@settings(max_examples=60)
@given(plain_queries, st.lists(WORDS, max_size=12).map(" ".join), LANGUAGES)
def test_a_field_sees_no_more_than_the_whole_text(query: Query, body: str, language: str | None) -> None:
    text = MatchText(title="", body=body, language=language)
    assert (match_query(Scoped("body", query), text) is None) == (match_query(query, text) is None)
