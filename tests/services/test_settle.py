"""Summaries that wait for their pages, on a real database and pages on loopback."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID
from xml.sax.saxutils import escape

from aiohttp import web

from services.worker.settle import settle_releases
from shared.domain.web.address import parse_networks
from shared.http import open_client
from tests.services.line import Item, Line
from tests.services.loopback import site

LOOPBACK = parse_networks("127.0.0.0/8")
SUMMARY = "Four men stand trial for terrorism in the harbour city, the prosecutor said on Monday."
MORE = (
    "The court heard the first of thirty witnesses in the morning. The defence asked for more time to read "
    "the files, which fill two rooms of the old court house near the river."
)
Answer = Callable[[], str]


@dataclass(frozen=True, slots=True)
class Teaser:
    """An item that only announces its release: its page has the rest."""

    guid: str
    url: str
    title: str = "Trial opens in the harbour city"
    summary: str = SUMMARY


def publish(line: Line, feed: UUID, *teasers: Teaser, backlog: bool = False) -> None:
    items = "".join(
        f"<item><title>{escape(t.title)}</title><guid isPermaLink='false'>{t.guid}</guid>"
        f"<link>{t.url}</link><description>{escape(t.summary)}</description></item>"
        for t in teasers
    )
    document = f"<rss version='2.0'><channel><title>Court</title>{items}</channel></rss>".encode()
    fetch = line.poll(feed, *(Item(t.guid) for t in teasers), backlog=backlog)
    line.do("UPDATE core.fetches SET document = :document WHERE id = :id", document=document, id=fetch)
    line.process(fetch)
    line.do("UPDATE core.hosts SET own_network = true")


def page(*paragraphs: str, title: str = "Trial opens in the harbour city") -> str:
    body = "".join(f"<p>{escape(p)}</p>" for p in paragraphs)
    article = f"<article><h1>{title}</h1>{body}</article>"
    return f"<html lang='en'><head><title>{title}</title></head><body>{article}</body></html>"


def serving(answer: Answer) -> Callable[[web.Request], object]:
    async def handle(_: web.Request) -> web.Response:
        return web.Response(text=await asyncio.to_thread(answer), content_type="text/html")

    return handle


async def settle(line: Line) -> None:
    ids = [row[0] for row in line.ask("SELECT id FROM core.releases WHERE state = 'settling' ORDER BY id")]
    async with open_client(LOOPBACK) as client:
        await settle_releases(line.database, line.presence, client, line.topics, ids)  # type: ignore[arg-type]


def run(line: Line, answer: Answer, steps: Callable[[str], list[Callable[[], object]]]) -> None:
    """Serve one page at two addresses, take each step, and settle what waits after it."""

    async def go() -> None:
        handler = serving(answer)
        async with site(page=handler, page2=handler) as base:  # type: ignore[arg-type]
            for step in steps(f"{base}/page"):
                await asyncio.to_thread(step)
                await settle(line)

    asyncio.run(go())


def test_a_summary_is_told_once_its_page_is_read(line: Line) -> None:
    line.subscribe("witnesses")
    feed = line.feed()

    run(line, lambda: page(SUMMARY, MORE), lambda url: [lambda: publish(line, feed, Teaser("a", url))])

    assert line.ask("SELECT revision, text_source FROM releases") == [(1, "page")]
    assert line.ask("SELECT matched, pending, missing FROM ledger") == [(1, 1, 0)]
    assert line.ask("SELECT new, settling FROM fetches") == [(1, 0)]


def test_words_that_change_while_the_page_is_fetched_are_not_lost(line: Line) -> None:
    line.subscribe("terrorism")
    feed = line.feed()
    changed = Teaser("a", "", title="Trial opens in the harbour city, with a new judge")

    def steps(url: str) -> list[Callable[[], object]]:
        return [lambda: publish(line, feed, Teaser("a", url))]

    def answer() -> str:
        url = str(line.one("SELECT settle_url FROM core.releases"))
        publish(line, feed, Teaser("a", url, title=changed.title))
        return page(SUMMARY, MORE)

    run(line, answer, steps)

    assert line.ask("SELECT title, text_source FROM releases") == [(changed.title, "page")]
    assert line.ask("SELECT new, copies, settling FROM fetches ORDER BY id") == [(1, 0, 0), (0, 1, 0)]


def test_a_release_that_is_told_while_its_page_is_fetched_is_then_revised(line: Line) -> None:
    line.subscribe("terrorism")
    feed = line.feed()

    def answer() -> str:
        url = str(line.one("SELECT settle_url FROM core.releases"))
        whole = Item("a", title="Trial opens in the harbour city, says the court", body=SUMMARY, url=url)
        line.publish(feed, whole)
        return page(SUMMARY, MORE)

    run(line, answer, lambda url: [lambda: publish(line, feed, Teaser("a", url))])

    assert line.one("SELECT count(*) FROM releases") == 1
    assert line.ask("SELECT type FROM core.messages ORDER BY id") == [
        ("release.published",),
        ("release.revised",),
    ]
    assert line.ask("SELECT matched, pending, missing FROM ledger") == [(2, 2, 0)]


def test_releases_that_share_one_page_stay_apart(line: Line) -> None:
    line.subscribe("terrorism OR storm")
    feed = line.feed()
    storm = "A storm tore the roof off the old customs house; the square stays closed until Friday."

    def steps(url: str) -> list[Callable[[], object]]:
        return [
            lambda: publish(line, feed, Teaser("a", url)),
            lambda: publish(line, feed, Teaser("b", url, title="Customs house closed", summary=storm)),
        ]

    run(line, lambda: page("All news of the port at a glance."), steps)

    assert line.ask("SELECT title FROM releases ORDER BY first_seen_at") == [
        ("Trial opens in the harbour city",),
        ("Customs house closed",),
    ]
    assert line.ask("SELECT matched, pending, missing FROM ledger") == [(2, 2, 0)]


def test_a_page_that_turns_out_to_be_a_known_text_is_a_copy(line: Line) -> None:
    line.subscribe("terrorism")
    wire, court = line.feed("https://wire.example/feed.xml"), line.feed()

    def steps(url: str) -> list[Callable[[], object]]:
        def follow() -> None:
            publish(line, court, Teaser("b", f"{url}2", summary="Four men stand trial for terrorism."))
            line.do(
                "INSERT INTO core.sightings (release_id, feed_id, entry_key, carried, is_primary, reason, "
                "first_seen_at, last_seen_at) SELECT (SELECT id FROM core.releases WHERE state = 'settled'), "
                "feed_id, entry_key, carried, false, 'same guid', now(), now() FROM core.sightings "
                "WHERE feed_id = :feed",
                feed=court,
            )

        return [lambda: publish(line, wire, Teaser("a", url)), follow]

    run(line, lambda: page(SUMMARY, MORE), steps)

    assert line.ask("SELECT state, feed_count FROM releases JOIN core.releases c USING (id)") == [
        ("settled", 2)
    ]
    assert line.ask("SELECT new, copies, settling FROM fetches ORDER BY id") == [(1, 0, 0), (0, 1, 0)]
    assert line.ask("SELECT matched, pending, missing FROM ledger") == [(1, 1, 0)]


def test_a_release_of_the_backlog_rings_once_its_words_change(line: Line) -> None:
    line.subscribe("terrorism")
    feed = line.feed(quiet=True)

    def steps(url: str) -> list[Callable[[], object]]:
        return [
            lambda: publish(line, feed, Teaser("a", url), backlog=True),
            lambda: publish(line, feed, Teaser("a", url, title="Trial opens with a new judge")),
        ]

    run(line, lambda: page(SUMMARY, MORE), steps)

    assert line.ask("SELECT revision, state, reason FROM alerts ORDER BY revision") == [
        (1, "cancelled", "backlog"),
        (2, "pending", ""),
    ]
