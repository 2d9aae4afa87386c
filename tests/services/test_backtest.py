"""A topic tried on the archive: exactly what would have rung, found without reading the rest."""

import json
import random
from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.backtest import Backtest, backtest
from shared.domain.topics.lexicon import load_lexicon
from shared.domain.topics.needed_terms import holds_for_terms, needed_terms
from shared.domain.topics.reading import ReadText
from shared.store.archive import list_by_terms
from shared.store.read_texts import StoredReading, record_read_texts
from tests.random_topics import a_query, a_text
from tests.services.line import Item, Line
from tests.store.archive import store_release

SENTENCES = (
    "Harbour police seized weapons on a ferry and arrested three suspected smugglers of migrants.",
    "The customs office of the port published its figures; nobody was hurt in the storm.",
    "La police du port a saisi des armes lors d'une opération contre la traite d'êtres humains.",
    "Le préfet annonce une grève des douanes, et une résolution de l’ONU sur les sanctions.",
    "La policía detuvo a cinco personas por trata de personas en el puerto de Valencia.",
    "El ministerio publicó nuevas sanciones contra una empresa de transporte marítimo.",
    "ضبطت الشرطة أسلحة في الميناء واعتقلت ثلاثة أشخاص بتهمة الاتجار بالبشر.",
    "Die Polizei stellte im Hafen Waffen sicher und nahm drei Verdächtige fest.",
)
QUERIES = (
    "police AND (weapons OR armes OR Waffen)",
    "sanction OR sanciones -maritime",
    "~human-trafficking",
    "~human-trafficking AND (puerto OR port OR الميناء)",
    "~sanctions AND lang:fr AND ~strike",
    "AT LEAST 2 OF (~human-trafficking, ~sanctions, ~arms-trafficking, police, port)",
    "lang:es AND puerto",
    "feed:harbour AND storm",
    "AT LEAST 2 OF (police, port, customs, أسلحة)",
    "smuggl*",
    "police NEAR/4 port",
    'title:freighter "arrested three"',
    "=ONU OR UN",
    "reference -police",
)


def a_day(line: Line) -> None:
    """Let thirty releases through the line, every fifth of them revised."""
    rng = random.Random(5)
    items = [
        Item(f"r{number}", rng.choice(SENTENCES)[:40], " ".join(rng.sample(SENTENCES, rng.randint(1, 2))))
        for number in range(30)
    ]
    feed = line.feed()
    line.publish(feed, *items)
    revised = [Item(i.guid, i.title, f"{rng.choice(SENTENCES)} {i.body}") for i in items[::5]]
    line.do("UPDATE core.feeds SET next_poll_at = now()")
    line.publish(feed, *revised)


def tried(line: Line, query: str, *, days: int = 1, most: int | None = None) -> Backtest:
    now = datetime.now(UTC)
    since = now - timedelta(days=days)
    return backtest(line.database, query, load_lexicon(), since=since, now=now, most=most)


def rung(found: Backtest) -> set[tuple[object, ...]]:
    return {
        (h.release_id, h.revision, written(map(asdict, h.match.evidence)), h.match.snippet)
        for h in found.hits
    }


def written(evidence: Iterable[object]) -> str:
    return json.dumps(list(evidence), sort_keys=True)


def test_a_trial_finds_what_rang_live_one_for_one_with_its_evidence(line: Line) -> None:
    for query in QUERIES:
        line.subscribe(query)
    a_day(line)

    assert line.one("SELECT count(*) FROM core.read_texts") == 36
    told = 0
    for query in QUERIES:
        rows: list[Any] = line.ask(
            "SELECT m.release_id, m.revision, m.evidence, m.snippet FROM core.matches m "
            "JOIN core.topics t ON t.id = m.topic_id WHERE t.query = :query AND m.evidence IS NOT NULL",
            query=query,
        )
        live = {
            (release, revision, written(evidence), snippet) for release, revision, evidence, snippet in rows
        }
        told += len(live)
        assert rung(tried(line, query)) == live
    assert told > 40


def test_texts_without_terms_are_read_in_full_and_have_terms_after(line: Line) -> None:
    release = store_release(line.database, "Crue de la Loire", "Le préfet évacue.")
    assert [hit.release_id for hit in tried(line, "crue").hits] == [release]
    assert line.one("SELECT terms IS NOT NULL FROM core.read_texts") is True
    assert [hit.release_id for hit in tried(line, "crue").hits] == [release]


def test_terms_of_another_version_are_not_believed(line: Line) -> None:
    a_day(line)
    before = rung(tried(line, "police"))
    line.do("UPDATE core.read_texts SET terms_version = 1, terms = array_to_tsvector('{nothing}')")
    assert rung(tried(line, "police")) == before != set()


def test_what_a_text_was_matched_with_stays_when_its_feed_is_renamed(line: Line) -> None:
    a_day(line)
    line.do("UPDATE core.feeds SET title = 'Another name'")
    assert tried(line, "feed:harbour AND police").hits
    assert not tried(line, "feed:another AND police").hits


def test_a_trial_of_so_many_at_most_takes_the_newest_and_says_how_far_that_goes(line: Line) -> None:
    now = datetime.now(UTC)
    for day in range(10):
        store_release(line.database, "Crue", "Le préfet.", seen_at=now - timedelta(days=day, hours=1))
    found = tried(line, "crue", days=30, most=4)
    assert (found.read, len(found.hits), found.since) == (4, 4, found.hits[-1].read_at)


@pytest.mark.parametrize("seed", range(2))
def test_the_database_takes_the_terms_as_the_matcher_does(line: Line, seed: int) -> None:
    """Quotes, stars and backslashes of words, and scripts of every kind, in PostgreSQL's own notation."""
    rng = random.Random(seed)
    now = datetime.now(UTC)
    texts = [ReadText(a_text(rng)) for _ in range(30)]
    with line.database.begin() as transaction:
        ids = [store_release(line.database, str(n), "") for n in range(len(texts))]
        record_read_texts(
            transaction,
            [
                StoredReading(key, 1, read.language, (), (), read.terms, now)
                for key, read in zip(ids, texts, strict=True)
            ],
        )
        found_some = False
        for _ in range(80):
            query = a_query(rng)
            if query is None:
                continue
            for language in {read.language for read in texts}:
                needed = needed_terms(query, language)
                found = {
                    key.release_id
                    for key in list_by_terms(transaction, now - timedelta(1), {language: needed})
                }
                expected = {
                    key
                    for key, read in zip(ids, texts, strict=True)
                    if read.language == language and holds_for_terms(needed, read.terms)
                }
                assert found == expected, (needed, language)
                found_some = found_some or bool(found)
    assert found_some


@pytest.mark.parametrize("word", ["o'neil", "back\\slash", "a:b", "x" * 3_000, "naïve&"])
def test_words_of_every_shape_are_found_by_their_terms(line: Line, word: str) -> None:
    store_release(line.database, "Title", f"Before {word} after")
    phrase = f'"{word} after"'
    tried(line, phrase)
    assert len(tried(line, phrase).hits) == 1


def test_a_text_of_more_words_than_the_database_takes_is_still_read(line: Line) -> None:
    body = " ".join(f"word{number}{'z' * 60}" for number in range(20_000))
    store_release(line.database, "Title", f"{body} ending")
    tried(line, "ending")
    assert line.one("SELECT terms IS NULL FROM core.read_texts") is True
    assert len(tried(line, "ending").hits) == 1
