"""Pages are fetched as their sites allow, and a page that comes late completes the text: on a real database."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import NoReturn
from uuid import UUID

from aiohttp import web

from services.worker.settle import MOST_FAILURES, settle_releases
from services.worker.watching import Watching
from shared.http import open_client
from tests.services.line import Line
from tests.services.loopback import site
from tests.services.test_settle import LOOPBACK, MORE, SUMMARY, Teaser, page, publish

Step = Callable[[], object]


@dataclass
class Press:
    """A press office's site: what it answers, and what it was asked for."""

    robots: str | int = 404
    answer: Callable[[web.Request], web.Response] = lambda _: html(page(SUMMARY, MORE))
    asked: list[str] = field(default_factory=list)

    async def serve_robots(self, request: web.Request) -> web.Response:
        self.asked.append(request.path)
        if isinstance(self.robots, int):
            return web.Response(status=self.robots)
        return web.Response(text=self.robots)

    async def serve_page(self, request: web.Request) -> web.Response:
        self.asked.append(request.path)
        return self.answer(request)


def html(text: str, **headers: str) -> web.Response:
    return web.Response(text=text, content_type="text/html", headers=headers)


def status(code: int, **headers: str) -> Callable[[web.Request], web.Response]:
    return lambda _: web.Response(status=code, headers={k.replace("_", "-"): v for k, v in headers.items()})


def visit(line: Line, press: Press, *steps: Callable[[str], object], topics: Watching | None = None) -> None:
    """Serve the site, take each step (given the page's address), and settle what waits after it."""

    async def go() -> None:
        handlers: dict[str, Callable[[web.Request], Awaitable[web.Response]]] = {
            "robots.txt": press.serve_robots, "page": press.serve_page, "elsewhere": press.serve_page,
        }  # fmt: skip
        async with site(**handlers) as base, open_client(LOOPBACK) as client:
            for step in steps:
                await asyncio.to_thread(step, f"{base}/page")
                ids = [
                    row[0] for row in line.ask("SELECT id FROM core.releases WHERE settle_url IS NOT NULL")
                ]
                await settle_releases(line.database, line.presence, client, topics or line.topics, ids)  # type: ignore[arg-type]

    asyncio.run(go())


def teaser(line: Line, feed: UUID, **teaser: str) -> Callable[[str], object]:
    return lambda url: publish(line, feed, Teaser("a", url, **teaser))


def out_of_time(line: Line) -> Callable[[str], object]:
    return lambda _: line.do("UPDATE core.releases SET settle_by = now() WHERE state = 'settling'")


def nothing(_: str) -> None:
    """Only settle again."""


def text_of(line: Line) -> tuple[object, ...]:
    ((source, detail),) = line.ask("SELECT text_source, text_detail FROM releases")
    return source, detail


def test_a_page_that_robots_txt_denies_is_not_asked_for(line: Line) -> None:
    press = Press(robots="User-agent: tocsin\nDisallow: /page")
    visit(line, press, teaser(line, line.feed()))
    assert press.asked == ["/robots.txt"]
    assert text_of(line) == ("summary", "the site's robots.txt does not allow this page to be fetched")
    assert line.ask("SELECT new, settling FROM fetches") == [(1, 0)]


def test_robots_txt_is_asked_for_once_and_its_absence_allows(line: Line) -> None:
    press = Press(robots=404)
    feed = line.feed()
    again = lambda url: publish(line, feed, Teaser("b", f"{url}?b", title="Trial goes on"))  # noqa: E731 - one step
    visit(line, press, teaser(line, feed), again)
    assert press.asked == ["/robots.txt", "/page", "/page"]
    assert line.one("SELECT state FROM robots") == "none"


def test_a_robots_txt_that_cannot_be_had_forbids_until_it_is(line: Line) -> None:
    press = Press(robots=503)
    visit(line, press, teaser(line, line.feed()), out_of_time(line))
    assert "/page" not in press.asked
    source, detail = text_of(line)
    assert source == "summary"
    assert "robots.txt answered 503" in str(detail)
    line.do("UPDATE core.robots SET good_until = now()")
    press.robots = 404
    visit(line, press, lambda url: line.do("UPDATE core.releases SET settle_url = :url", url=url))
    assert text_of(line) == ("page", "")


def test_a_redirect_to_a_denied_address_is_not_followed(line: Line) -> None:
    press = Press(robots="User-agent: *\nDisallow: /elsewhere", answer=status(302, Location="/elsewhere"))
    visit(line, press, teaser(line, line.feed()))
    assert press.asked == ["/robots.txt", "/page"]
    assert "robots.txt does not allow" in str(text_of(line)[1])


def test_a_host_that_asked_to_be_left_alone_is_not_asked_for_pages(line: Line) -> None:
    press, feed = Press(answer=status(503, Retry_After="60")), line.feed()
    again = lambda url: publish(line, feed, Teaser("b", f"{url}?b", title="Trial goes on"))  # noqa: E731 - one step
    visit(line, press, teaser(line, feed), again)
    assert press.asked.count("/page") == 1
    assert line.one("SELECT extract(epoch FROM max(pages_from) - now()) > 50 FROM core.hosts") is True


def test_a_page_that_comes_late_rings_once_for_what_only_it_says(line: Line) -> None:
    line.subscribe("terrorism", name="summary")
    line.subscribe("witnesses", name="page", url="https://other.example/hook")
    press = Press(answer=status(503))
    visit(line, press, teaser(line, line.feed()), out_of_time(line))
    assert line.ask("SELECT topic FROM matches") == [("summary",)]
    assert "asked for again until" in str(text_of(line)[1])

    press.answer = lambda _: html(page(SUMMARY, MORE))
    visit(line, press, lambda url: line.do("UPDATE core.releases SET settle_url = :url", url=url), nothing)

    assert text_of(line) == ("page", "")
    assert line.ask("SELECT topic, revision FROM matches ORDER BY topic") == [("page", 1), ("summary", 1)]
    assert line.ask("SELECT type, count(*) FROM core.messages GROUP BY 1") == [("release.published", 2)]
    assert line.ask("SELECT matched, pending, missing FROM ledger") == [(1, 1, 0), (1, 1, 0)]
    assert line.ask("SELECT new, settling FROM fetches") == [(1, 0)]
    for evidence, body in line.ask(
        "SELECT m.evidence, v.body FROM matches m JOIN revisions v USING (release_id)"
    ):
        for piece in evidence:  # type: ignore[attr-defined]
            assert str(body)[piece["start"] : piece["end"]] == piece["text"]


def test_a_late_page_that_undoes_what_was_told_is_a_revision(line: Line) -> None:
    line.subscribe("terrorism -witnesses")
    press = Press(answer=status(503))
    visit(line, press, teaser(line, line.feed()), out_of_time(line))
    press.answer = lambda _: html(page(SUMMARY, MORE))
    visit(line, press, lambda url: line.do("UPDATE core.releases SET settle_url = :url", url=url))

    types = line.ask("SELECT type FROM core.messages ORDER BY id")
    assert types == [("release.published",), ("release.revised",)]
    assert line.ask("SELECT matched, pending, missing FROM ledger") == [(2, 2, 0)]


def test_a_page_that_is_not_there_yet_holds_nothing_back(line: Line) -> None:
    line.subscribe("terrorism")
    visit(line, Press(answer=status(404)), teaser(line, line.feed()))
    assert line.one("SELECT count(*) FROM matches") == 1
    assert str(text_of(line)[1]).startswith("the page answered 404; the page is asked for again until")


def test_a_page_that_is_forbidden_is_asked_for_once(line: Line) -> None:
    press = Press(answer=status(403))
    visit(line, press, teaser(line, line.feed()), nothing, nothing)
    assert press.asked.count("/page") == 1
    assert text_of(line) == ("summary", "the page answered 403")


def test_a_late_page_is_given_up_once_its_day_is_over(line: Line) -> None:
    press = Press(answer=status(500))
    visit(line, press, teaser(line, line.feed()), out_of_time(line))
    line.do("UPDATE core.releases SET late_until = now()")
    visit(line, press, lambda url: line.do("UPDATE core.releases SET settle_url = :url", url=url), nothing)
    assert text_of(line) == ("summary", "the page answered 500; not asked for again")
    assert line.one("SELECT late_until IS NULL AND ring_at IS NULL FROM core.releases") is True


def test_a_page_says_that_it_is_unchanged_and_its_text_stays(line: Line) -> None:
    asked_with: list[str] = []

    def conditional(request: web.Request) -> web.Response:
        asked_with.append(request.headers.get("If-None-Match", ""))
        return web.Response(status=304) if asked_with[-1] else html(page(SUMMARY, MORE), ETag='"1"')

    feed = line.feed()
    visit(
        line,
        Press(answer=conditional),
        teaser(line, feed),
        teaser(line, feed, title="Trial opens with a new judge"),
    )
    assert asked_with == ["", '"1"']
    assert line.ask("SELECT title, text_source, body LIKE '%thirty witnesses%' FROM releases") == [
        ("Trial opens with a new judge", "page", True)
    ]


def test_a_new_title_whose_page_fails_is_a_revision_with_the_text_that_is_known(line: Line) -> None:
    line.subscribe("judge")
    feed, press = line.feed(), Press()

    def retitled(url: str) -> None:
        press.answer = status(410)
        publish(line, feed, Teaser("a", url, title="Trial opens with a new judge"))

    visit(line, press, teaser(line, feed), retitled)
    assert line.ask("SELECT revision, title, body LIKE '%thirty witnesses%' FROM releases") == [
        (2, "Trial opens with a new judge", True)
    ]
    assert line.one("SELECT count(*) FROM alerts") == 1


def test_a_challenge_is_never_a_text(line: Line) -> None:
    wall = f"<html><head><title>Just a moment...</title></head><body><p>{SUMMARY}</p><p>{MORE * 9}</p></body></html>"
    visit(line, Press(answer=lambda _: html(wall)), teaser(line, line.feed()))
    assert text_of(line) == ("summary", "a challenge page (Cloudflare)")


def test_an_article_about_challenges_is_a_text(line: Line) -> None:
    told = (
        "The firm says what _cf_chl_opt and captcha-delivery.com are, and why its own pages hold them. " * 20
    )
    visit(line, Press(answer=lambda _: html(page(SUMMARY, told))), teaser(line, line.feed()))
    assert text_of(line) == ("page", "")


def test_a_late_page_is_rung_for_when_it_is_due_again(line: Line) -> None:
    visit(line, Press(answer=status(404)), teaser(line, line.feed()))
    assert line.sweep().releases == 0
    line.do("UPDATE core.releases SET ring_at = now()")
    assert line.sweep().releases == 1


def test_a_release_that_cannot_be_filed_is_given_up_and_counted(line: Line) -> None:
    class Broken(Watching):
        def at(self, *_: object) -> NoReturn:  # type: ignore[override]
            raise ValueError("no topic can be compiled")

    feed = line.feed()
    visit(line, Press(), teaser(line, feed), *[nothing] * (MOST_FAILURES + 2), topics=Broken())
    assert line.ask("SELECT state, filing_failures > 0 FROM core.releases") == [("settled", True)]
    assert "could not be filed: ValueError" in str(text_of(line)[1])
    assert line.ask("SELECT new, settling, failed FROM fetches") == [(0, 0, 1)]


def test_a_feed_whose_pages_hold_no_more_costs_no_more_pages(line: Line) -> None:
    feed, press = line.feed(), Press(answer=lambda _: html(page(SUMMARY)))
    line.do("UPDATE core.feeds SET page_votes = 'msss', page_voted_at = now()")
    visit(line, press, teaser(line, feed))
    assert line.one("SELECT page_votes FROM core.feeds") == "mssss"
    visit(
        line,
        press,
        lambda url: publish(line, feed, Teaser("b", f"{url}?b", title="Trial goes on", summary=MORE)),
    )
    assert press.asked.count("/page") == 1
    assert line.ask("SELECT text_source FROM releases ORDER BY first_seen_at") == [("page",), ("feed",)]
