"""What is read of a text piece by piece, and placed only when asked for, is what reading it word by word gives."""

from bisect import bisect_right
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.language.words import split_words
from shared.domain.releases.draft import Zone
from shared.domain.topics.evidence import MatchText
from shared.domain.topics.reading import (
    BODY,
    BOILERPLATE,
    BREAK,
    CAPTION,
    DATELINE,
    LEAD,
    TAG,
    TITLE,
    Place,
    ReadText,
)

PIECES = st.sampled_from(
    ["port,", "U.N.", "l’ONU", "(COVID-19)", "п'ять", "والشرطة", "海关", "查获走私", "㆒", "é\u0301", "—", "the",
     "Straße", " ", " ", " ", "\n", "\r\n", "\t", "\xa0", "\u3000", "\u2028", "\u200b", ""]
)  # fmt: skip
LINES = st.lists(PIECES, max_size=14).map("".join)
KINDS = {"lead": LEAD, "body": BODY, "boilerplate": BOILERPLATE, "caption": CAPTION}


@st.composite
def texts(draw: st.DrawFn) -> MatchText:
    body = draw(LINES)
    cuts = sorted(draw(st.lists(st.integers(0, len(body) + 1), max_size=4)))
    zones = [Zone(draw(st.sampled_from(sorted(KINDS))), a, b) for a, b in pairwise(cuts)]  # type: ignore[arg-type]  # of the four
    tags = tuple(draw(st.lists(LINES, max_size=2)))
    language = draw(st.sampled_from(["en", "fr", "uk", "ar", "zh", None]))
    return MatchText(draw(LINES), body, draw(LINES), language, tags, tuple(zones))


def plain_places(text: MatchText) -> list[Place]:
    places: list[Place] = []
    rank = 0
    fields = [("title", TITLE), ("dateline", DATELINE), ("body", BODY), *[("tag", TAG)] * len(text.tags)]
    contents = (text.title, text.dateline, text.body, *text.tags)
    for nth, ((field, bit), content) in enumerate(zip(fields, contents, strict=True)):
        end = None
        for start, stop, form in split_words(content, text.language):
            rank += BREAK if end is None or "\n" in content[end:start] else 1
            zone = zone_of(start, text) if field == "body" else bit
            places.append(Place(field, max(0, nth - 3), zone, rank, start, stop, form))  # type: ignore[arg-type]
            end = stop
    return places


def zone_of(start: int, text: MatchText) -> int:
    if not text.zones:
        first_line = len(text.body) - len(text.body.lstrip())
        return LEAD if "\n" not in text.body[first_line:start] else BODY
    begun = bisect_right([zone.start for zone in text.zones], start)
    last = text.zones[begun - 1] if begun else None
    return KINDS[last.kind] if last and start < last.end else BODY


def pairs(places: list[Place]) -> set[str]:
    def is_pair(before: Place, after: Place) -> bool:
        return before.form.unspaced and after.form.unspaced and after.rank == before.rank + 1

    return {a.form.folded + b.form.folded for a, b in pairwise(places) if is_pair(a, b)}


@settings(max_examples=150, deadline=None)
@given(texts())
def test_every_word_has_its_field_zone_rank_and_place(text: MatchText) -> None:
    assert list(ReadText(text).places) == plain_places(text)


@settings(max_examples=100, deadline=None)
@given(texts())
def test_the_terms_are_the_keys_of_the_words_and_the_pairs_of_unspaced_ones(text: MatchText) -> None:
    places = plain_places(text)
    assert ReadText(text).terms == pairs(places).union(*(place.form.found for place in places))


@settings(max_examples=100, deadline=None)
@given(texts())
def test_each_key_stands_where_a_word_has_it(text: MatchText) -> None:
    read, places = ReadText(text), plain_places(text)
    for key in {*read.terms, "nowhere"}:
        assert read.standing(key) == [at for at, place in enumerate(places) if key in place.form.found]
