"""`search()`: every stored text is found, in its own language, from the moment it is stored."""

from collections.abc import Iterator
from uuid import UUID

import pytest

from shared.store.searching import index_texts, search_releases
from shared.sweep import index_texts_now
from tests.services.line import Item, Line


@pytest.fixture
def line(database_url: str) -> Iterator[Line]:
    opened = Line(database_url)
    yield opened
    opened.close()


@pytest.fixture
def french_and_english(line: Line) -> Line:
    line.publish(
        line.feed(),
        Item(
            "1", "Police seize weapons", "Officers seized forty weapons in the harbour of Antwerp on Monday."
        ),
        Item(
            "2",
            "La police saisit des armes",
            "Les policiers ont saisi quarante armes dans le port d'Anvers lundi matin.",
        ),
    )
    return line


def index(line: Line) -> int:
    with line.database.begin() as transaction:
        return index_texts(transaction, 100)


def found(line: Line, query: str, language: str | None = None) -> list[str]:
    with line.database.begin() as transaction:
        rows = search_releases(transaction, query, language=language, most=10)
    return sorted(str(row["title"])[:-2] for row in rows)


@pytest.mark.parametrize("indexed", [False, True])
def test_a_text_is_found_before_and_after_it_is_indexed(french_and_english: Line, indexed: bool) -> None:
    if indexed:
        assert index(french_and_english) == 2
    assert found(french_and_english, "antwerp harbours") == ["Police seize weapons"]
    assert found(french_and_english, "policier anvers") == ["La police saisit des armes"]


def test_a_language_narrows_the_search(french_and_english: Line) -> None:
    assert found(french_and_english, "police") == ["La police saisit des armes", "Police seize weapons"]
    assert found(french_and_english, "police", "fr") == ["La police saisit des armes"]


def test_an_excluded_word_is_excluded_as_the_texts_own_language_has_it(french_and_english: Line) -> None:
    index(french_and_english)
    assert found(french_and_english, "police -arme") == ["Police seize weapons"]
    assert found(french_and_english, "police -weapon") == ["La police saisit des armes"]


def test_a_revised_text_is_found_by_its_new_words_alone(line: Line) -> None:
    feed = line.feed()
    line.publish(feed, Item("1", "Police seize weapons", "Officers seized forty weapons on Monday at noon."))
    index(line)
    line.publish(feed, Item("1", "Police seize weapons", "Officers seized forty grenades on Monday at noon."))
    for _ in range(2):
        assert found(line, "grenade") == ["Police seize weapons"]
        assert found(line, "weapon -grenade") == []
        index(line)


def test_the_title_weighs_more_than_the_body(line: Line) -> None:
    line.publish(
        line.feed(),
        Item(
            "1",
            "Weekly summary of the office",
            "The minister met the delegation, and sanctions were discussed.",
        ),
        Item(
            "2", "Sanctions against an airline", "The airline carried weapons, the council found on Tuesday."
        ),
    )
    with line.database.begin() as transaction:
        rows = search_releases(transaction, "sanctions", language=None, most=1)
    assert rows[0]["title"] == "Sanctions against an airline 2"


def test_few_texts_are_indexed_while_fetches_wait(line: Line) -> None:
    feed = line.feed()
    line.publish(feed, *(Item(f"{n}") for n in range(25)))
    waiting = line.poll(feed, Item("another"))
    assert indexed_by_the_sweep(line) == 20
    line.process(waiting)
    assert indexed_by_the_sweep(line) == 26


def indexed_by_the_sweep(line: Line) -> object:
    index_texts_now(line.database, line.bell)  # type: ignore[arg-type]
    return line.one("SELECT count(words) FROM core.search_texts")


def test_a_topic_says_how_many_releases_it_has_read_since_it_was_made(line: Line) -> None:
    topic = line.subscribe("submarine").topic_id
    line.do("UPDATE core.topics SET created_at = now() - interval '3 hours'")
    line.publish(line.feed(), *(Item(f"{n}") for n in range(4)))
    assert read_since(line, topic) == 4
    line.do("DELETE FROM core.releases WHERE id = (SELECT id FROM core.releases LIMIT 1)")
    assert read_since(line, topic) == 3


def read_since(line: Line, topic: UUID) -> object:
    return line.one("SELECT releases_read_since FROM topics WHERE id = :id", id=topic)
