import json
import os
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from shared.domain.releases.page import Page, PageRefusal, read_page

URL = "https://fund.example/en/news/ports?utm_source=rss"
PARAGRAPHS = (
    "GENEVA, 3 March 2021 – The fund for safe ports has opened its first office in the region.",
    "It will help forty ports to fight the trafficking of migrants, the chair told the press.",
    "The office begins its work in autumn with a staff of twelve, and reports to the council once a year.",
)
SEED = Path(os.environ.get("TOCSIN_SEED", Path(__file__).parents[3] / "shared" / "seed"))


def page_of(
    head: str = "", body: str = "", paragraphs: tuple[str, ...] = PARAGRAPHS, lang: str = "en"
) -> bytes:
    text = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    article = f"<article><h1>A fund for safe ports</h1>{body}{text}</article>"
    return f"<html lang={lang}><head>{head}</head><body><nav>Home</nav>{article}</body></html>".encode()


def read(head: str = "", body: str = "", **page: str) -> Page:
    result = read_page(page_of(head, body, **page), URL, "text/html; charset=utf-8")  # type: ignore[arg-type]
    assert isinstance(result, Page)
    return result


def test_a_page_gives_its_body_without_title_date_and_dateline() -> None:
    page = read(body="<p>3 March 2021</p>")
    assert page.title == "A fund for safe ports"
    assert page.dateline == "GENEVA, 3 March 2021"
    assert page.lines == (PARAGRAPHS[0].partition(" – ")[2], *PARAGRAPHS[1:])
    assert (page.published_claim, page.published_at) == ("3 March 2021", datetime(2021, 3, 3, tzinfo=UTC))


@pytest.mark.parametrize(
    "head",
    [
        '<meta property="og:site_name" content="The Fund"><title>A fund for safe ports | The Fund</title>',
        "<title>A fund for safe ports - The Fund</title>",
    ],
)
def test_the_title_is_without_the_name_of_the_site(head: str) -> None:
    assert read(head).title == "A fund for safe ports"


def test_the_canonical_address_is_the_pages_own_word() -> None:
    assert read('<link rel="canonical" href="/en/ports#top">').url == "https://fund.example/en/ports"
    assert read().url == "https://fund.example/en/news/ports"


def test_a_front_page_is_no_canonical_address_of_an_article() -> None:
    assert read('<link rel="canonical" href="/">').url == "https://fund.example/en/news/ports"


@pytest.mark.parametrize(
    "head",
    [
        '<meta property="article:published_time" content="2021-03-03T09:30:00+01:00">',
        '<script type="application/ld+json">{"@graph":[{"datePublished": "2021-03-03T08:30:00Z"}]}</script>',
        '<meta name="date" content="Wed, 03 Mar 2021 08:30:00 +0000">',
    ],
)
def test_the_date_comes_from_the_metadata(head: str) -> None:
    assert read(head).published_at == datetime(2021, 3, 3, 8, 30, tzinfo=UTC)


def test_translations_are_the_alternates_in_other_languages() -> None:
    head = "".join(
        f'<link rel="alternate" hreflang="{code}" href="/{code[:2]}/ports">'
        for code in ("en", "fr-CH", "x-default")
    )
    assert read(head).translations == (("fr", "https://fund.example/fr/ports"),)


def test_captions_are_media_once_and_no_text() -> None:
    figure = (
        '<figure><img src="/1.jpg"><figcaption>The chair of the fund at the opening</figcaption></figure>'
    )
    page = read(body=figure + figure)
    assert [media.caption for media in page.media] == ["The chair of the fund at the opening"]
    assert "The chair of the fund" not in page.body


def test_the_publisher_is_the_name_of_the_site() -> None:
    assert read('<meta property="og:site_name" content="The Fund">').publisher == "The Fund"


def test_the_language_is_the_texts_whatever_the_page_claims() -> None:
    assert read(lang="de").language == "en"


def test_a_page_in_another_charset_is_decoded() -> None:
    text = (
        "Le conseil d’administration a décidé d’ouvrir un bureau régional à Genève dès l’été prochain. " * 3
    )
    html = f'<html><head><meta charset="windows-1252"></head><body><p>{text}</p></body></html>'
    page = read_page(html.encode("cp1252"), URL)
    assert isinstance(page, Page)
    assert page.body == text.strip()


def test_a_page_that_a_script_builds_gives_the_text_it_keeps_for_search_engines() -> None:
    data = json.dumps({"@type": "NewsArticle", "headline": "Ports", "articleBody": "\n\n".join(PARAGRAPHS)})
    script = f'<script type="application/ld+json">{data}</script>'
    html = f"<html><head>{script}</head><body><div id=app></div></body></html>"
    page = read_page(html.encode(), URL)
    assert isinstance(page, Page)
    assert page.lines[1:] == PARAGRAPHS[1:]


@pytest.mark.parametrize(
    ("maker", "html"),
    [
        ("Cloudflare", "<title>Just a moment...</title><script>window._cf_chl_opt={}</script>"),
        ("Akamai", "<title>Access Denied</title><p>Reference #18 https://errors.edgesuite.net/18</p>"),
        ("DataDome", "<script>var dd={'rt':'c'}</script><p>Please enable JS and disable any ad blocker</p>"),
        ("Imperva", "<iframe>Request unsuccessful. Incapsula incident ID: 0-0</iframe>"),
        ("PerimeterX", '<div id="px-captcha"></div><p>Press and hold</p>'),
        (
            "challenge",
            "<title>Verifying you are human. </title><p>This may take a few seconds, please be patient.</p>",
        ),
    ],
)
def test_a_challenge_is_refused_by_its_makers_name(maker: str, html: str) -> None:
    result = read_page(f"<html>{html}</html>".encode(), URL)
    assert isinstance(result, PageRefusal)
    assert maker in result.reason


def test_an_article_about_a_challenge_is_no_challenge() -> None:
    words = ("The firm says that _cf_chl_opt is the name of a variable, and explains what it does. " * 25,)
    assert isinstance(read_page(page_of(paragraphs=words), URL), Page)


@pytest.mark.parametrize(
    "html", [b"", b"\x00\xff", b"<html><body></body></html>", b"%PDF-1.7", b"<p>Short.</p>"]
)
def test_a_page_without_text_is_refused(html: bytes) -> None:
    assert isinstance(read_page(html, URL), PageRefusal)


@pytest.mark.parametrize("tag", ["<div>", "<b>", "<ul><li>", "<table><tr><td>", "<figure><figcaption>"])
def test_a_page_of_nested_tags_is_refused(tag: str) -> None:
    assert isinstance(read_page(b"<html><body>" + tag.encode() * 100_000, URL), PageRefusal)


@pytest.mark.skipif(not SEED.is_dir(), reason="the seed is not beside the project")
def test_the_seeds_page_gives_what_is_expected_of_it() -> None:
    expected = json.loads((SEED / "expected.json").read_text())
    page = read_page((SEED / "page.html").read_bytes(), "http://127.0.0.1:8/page.html")
    assert isinstance(page, Page)
    body = expected["body"]
    assert page.title == expected["title"]
    assert page.language == expected["language"]
    assert page.published_at is not None
    assert page.published_at.date().isoformat() == expected["published_on"]
    assert page.dateline == expected["dateline"]
    assert page.body.startswith(body["starts_with"])
    assert page.body.endswith(body["ends_with"])
    assert len(page.lines) == body["paragraphs"] + body["list_items"]
    assert len(set(page.lines)) == len(page.lines)
    assert not set(body["holds_no_line"]) & set(page.lines)
    assert not [text for text in body["holds_none_of"] if text in page.body]
    assert not [media for media in page.media if media.caption in page.lines]
    assert (
        len({media.caption for media in page.media}) == len(page.media) == body["captions_kept_once_as_media"]
    )
    assert urlsplit(page.url or "").path == expected["canonical_url_path"]
    assert {code: urlsplit(url).path for code, url in page.translations} == expected["translations"]


def test_the_extractors_own_log_says_nothing_of_a_page_that_it_discards(
    caplog: pytest.LogCaptureFixture,
) -> None:
    read_page(b"<html><body></body></html>", "https://press.example/empty", "text/html")
    assert caplog.records == []
