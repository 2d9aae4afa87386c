"""Releases that tell one story, linked as they are stored, on a real database and pages on loopback."""

import asyncio
import json
from typing import Any
from uuid import UUID

import pytest
from aiohttp import web

from shared.store.erasing import erase_release
from shared.store.stories import load_stories
from tests.evaluate.release_pairs import load_texts
from tests.services.command_line import CommandLine, command_line
from tests.services.line import Item, Line
from tests.services.loopback import site
from tests.services.test_settle import Teaser, publish, settle

ENGLISH = (
    "Four men stand trial for terrorism in the harbour city, the prosecutor said on Monday.",
    "The court heard the first of thirty witnesses in the morning, and the defence asked for more time.",
)
FRENCH = (
    "Quatre hommes sont jugés pour terrorisme dans la ville portuaire, a annoncé le procureur lundi.",
    "Le tribunal a entendu le premier des trente témoins dans la matinée, et la défense a demandé un délai.",
)


def page(language: str, paragraphs: tuple[str, ...], translations: dict[str, str]) -> str:
    links = "".join(
        f"<link rel='alternate' hreflang='{code}' href='{url}'>" for code, url in translations.items()
    )
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return f"<html lang='{language}'><head><title>T</title>{links}</head><body><article>{body}</article></body></html>"


def published_in_two_languages(line: Line, *, each_names_the_other: bool = True) -> None:
    """Publish an English release, and then its French translation; at least the French page names the English."""

    async def english(request: web.Request) -> web.Response:
        named = {"fr": str(request.url.with_path("/fr"))} if each_names_the_other else {}
        return web.Response(text=page("en", ENGLISH, named), content_type="text/html")

    async def french(request: web.Request) -> web.Response:
        named = {"en": str(request.url.with_path("/en"))}
        return web.Response(text=page("fr", FRENCH, named), content_type="text/html")

    async def go() -> None:
        async with site(en=english, fr=french) as base:
            for code, title, summary in (
                ("en", "Trial opens", ENGLISH[0]),
                ("fr", "Le procès s’ouvre", FRENCH[0]),
            ):
                teaser = Teaser(code, f"{base}/{code}", title=title, summary=summary)
                feed = await asyncio.to_thread(line.feed, f"https://court.example/{code}")
                await asyncio.to_thread(publish, line, feed, teaser)
                await settle(line)

    asyncio.run(go())


@pytest.fixture
def tocsin(
    database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> CommandLine:
    return command_line(database_url, monkeypatch, capsys)


def ids(line: Line) -> dict[str, UUID]:
    return {str(language): id_ for language, id_ in line.ask("SELECT language, id FROM releases")}  # type: ignore[misc]


@pytest.mark.parametrize("each", [True, False], ids=["each names the other", "one names the other"])
def test_translations_that_a_page_names_are_one_story(line: Line, each: bool) -> None:
    published_in_two_languages(line, each_names_the_other=each)

    release = ids(line)
    assert line.ask("SELECT DISTINCT story_id FROM releases") == [(release["en"],)]
    ((later, earlier, kind, reason),) = line.ask(
        "SELECT release_id, sibling_id, kind, reason FROM core.story_links"
    )
    assert (later, earlier, kind) == (release["fr"], release["en"], "translation")
    assert str(reason).startswith("hreflang: ")


def test_a_translation_that_was_named_before_it_came_is_linked_when_it_comes(line: Line) -> None:
    async def english(request: web.Request) -> web.Response:
        named = {"fr": str(request.url.with_path("/fr"))}
        return web.Response(text=page("en", ENGLISH, named), content_type="text/html")

    async def french(_: web.Request) -> web.Response:
        return web.Response(text=page("fr", FRENCH, {}), content_type="text/html")

    async def go() -> None:
        async with site(en=english, fr=french) as base:
            feed = await asyncio.to_thread(line.feed)
            for code, summary in (("en", ENGLISH[0]), ("fr", FRENCH[0])):
                await asyncio.to_thread(publish, line, feed, Teaser(code, f"{base}/{code}", code, summary))
                await settle(line)

    asyncio.run(go())

    assert line.one("SELECT count(DISTINCT story_id) FROM releases") == 1


def test_the_alert_of_the_later_one_tells_the_story_and_its_translations(line: Line) -> None:
    line.subscribe("~terrorism")
    published_in_two_languages(line)

    first, second = (payload(row[0]) for row in line.ask("SELECT payload FROM core.messages ORDER BY id"))
    assert first["story"]["translations"] == []
    assert second["story"]["id"] == first["story"]["id"] == str(ids(line)["en"])
    assert [(t["language"], t["title"]) for t in second["story"]["translations"]] == [("en", "Trial opens")]


@pytest.mark.parametrize("sent", [False, True], ids=["due", "sent"])
def test_an_erased_release_is_no_longer_named_as_a_translation(line: Line, sent: bool) -> None:
    line.subscribe("~terrorism")
    published_in_two_languages(line)
    if sent:
        line.do("UPDATE core.messages SET state = 'delivered', next_attempt_at = NULL, told_at = now()")

    erase(line, ids(line)["en"])

    ((kept,),) = line.ask("SELECT payload FROM core.messages WHERE octet_length(payload) > 0")
    assert payload(kept)["release"]["title"] == "Le procès s’ouvre"
    assert payload(kept)["story"]["translations"] == []


def test_what_is_held_no_longer_names_an_erased_translation(line: Line) -> None:
    line.subscribe("~terrorism")
    line.do("UPDATE core.subscriptions SET gather = interval '1 hour'")
    published_in_two_languages(line)

    erase(line, ids(line)["en"])

    ((told,),) = line.ask("SELECT telling FROM core.alerts WHERE telling IS NOT NULL")
    assert told["data"]["release"]["title"] == "Le procès s’ouvre"  # type: ignore[index]
    assert told["data"]["story"]["translations"] == []  # type: ignore[index]


def erase(line: Line, release_id: UUID) -> None:
    with line.database.begin() as transaction:
        erase_release(transaction, release_id)


def payload(body: object) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(bytes(body))["data"]  # type: ignore[arg-type]
    return data


def test_a_release_of_its_own_is_its_own_story(line: Line) -> None:
    published_in_two_languages(line)
    line.do("DELETE FROM core.story_links; UPDATE core.releases SET story_id = NULL")

    with line.database.begin() as transaction:
        stories = load_stories(transaction, ids(line).values())
    assert {str(release): story.id for release, story in stories.items()} == {
        str(release): str(release) for release in ids(line).values()
    }


def test_release_show_lists_the_siblings_with_the_reason(line: Line, tocsin: CommandLine) -> None:
    published_in_two_languages(line)
    tocsin.capsys.readouterr()

    row = tocsin("release", "show", str(ids(line)["en"]), "--json").json
    (sibling,) = row["siblings"]
    assert (sibling["language"], sibling["kind"]) == ("fr", "translation")
    assert sibling["reason"].startswith("hreflang")
    shown = tocsin("release", "show", str(ids(line)["en"])).out
    assert "translation" in shown
    assert max(map(len, shown.splitlines())) <= 80


def publish_text(line: Line, name: str) -> None:
    """Publish one of the texts that were written to be told apart, from a feed of its publisher."""
    text = load_texts()[name]
    item = Item(text.id, text.draft.title, text.draft.body, str(text.draft.url))
    line.publish(line.feed(f"https://{text.site}/{name}"), item, publisher=text.draft.publisher)


def test_a_translation_that_no_page_names_is_found_by_its_numbers_and_names(line: Line) -> None:
    for name in ("report-en", "report-ar", "report-glaciers"):
        publish_text(line, name)

    ((kind, reason),) = line.ask("SELECT kind, reason FROM core.story_links")
    assert kind == "translation"
    assert "412" in str(reason)
    assert line.one("SELECT count(DISTINCT story_id) FROM releases") == 2


def test_another_publishers_rewrite_is_of_the_same_story(line: Line) -> None:
    for name in ("quay-en", "quay-bergen", "quay-rw2"):
        publish_text(line, name)

    ((kind, reason),) = line.ask("SELECT kind, reason FROM core.story_links")
    assert kind == "rewrite"
    assert "larvik" in str(reason)
    assert line.one("SELECT count(*) FROM releases") == 3
    assert line.one("SELECT count(DISTINCT story_id) FROM releases") == 2
