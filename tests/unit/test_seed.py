"""What the seed release must come out as, field by field: from its feed with its page, and from its text alone."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from shared.domain.feeds.entry import Entry
from shared.domain.feeds.parse_feed import parse_feed
from shared.domain.releases.build_draft import build_draft, complete_draft, needs_page
from shared.domain.releases.draft import Draft
from shared.domain.releases.page import Page, read_page
from shared.domain.topics.evidence import MatchText, TopicQuery
from shared.domain.topics.lexicon import load_lexicon
from shared.domain.topics.match import compile_topics

SEED = Path(os.environ.get("TOCSIN_SEED", Path(__file__).parents[3] / "shared" / "seed"))
NOW = datetime(2024, 1, 1, tzinfo=UTC)
BASE = "http://127.0.0.1:8"

pytestmark = pytest.mark.skipif(not SEED.is_dir(), reason="the seed is not beside the project")


def expected() -> dict[str, Any]:
    value: dict[str, Any] = json.loads((SEED / "expected.json").read_text(encoding="utf-8"))
    return value


def from_feed_and_page() -> tuple[Draft, Page]:
    feed = parse_feed(
        (SEED / "feed.xml").read_bytes().replace(b"{base}", BASE.encode()), f"{BASE}/feed.xml", None
    )
    (entry,) = feed.entries
    draft = build_draft(entry, feed.title, feed.language, f"{BASE}/feed.xml", NOW)
    assert isinstance(draft, Draft)
    assert needs_page(draft)
    page = read_page((SEED / "page.html").read_bytes(), f"{BASE}/page.html")
    assert isinstance(page, Page)
    return complete_draft(draft, page, NOW), page


def from_text_alone() -> Draft:
    title, _, text = (SEED / "release.txt").read_text(encoding="utf-8").partition("\n")
    draft = build_draft(Entry(title=title, content=text), "", None, BASE, NOW)
    assert isinstance(draft, Draft)
    return draft


@pytest.mark.parametrize("draft", ["feed and page", "text alone"])
def test_the_seed_comes_out_as_expected(draft: str) -> None:
    read = from_text_alone() if draft == "text alone" else from_feed_and_page()[0]
    wanted = expected()
    body, lines = wanted["body"], read.body.split("\n")
    assert read.title == wanted["title"]
    assert read.language == wanted["language"]
    assert read.published_at is not None
    assert read.published_at.date().isoformat() == wanted["published_on"]
    assert read.dateline == wanted["dateline"]
    assert read.body.startswith(body["starts_with"])
    assert read.body.endswith(body["ends_with"])
    assert len(lines) == body["paragraphs"] + body["list_items"]
    assert len(set(lines)) == len(lines)
    assert not set(body["holds_no_line"]) & set(lines)
    assert not [words for words in body["holds_none_of"] if words in read.body]
    captions = [media.caption for media in read.media if media.caption]
    assert [caption for caption in captions if caption in lines] == []
    assert len(captions) == len(set(captions)) == body["captions_kept_once_as_media"]
    assert read.embargo_until is None
    assert not [zone for zone in read.zones if zone.kind == "boilerplate"]


def test_the_seeds_address_and_translations_are_its_pages_own() -> None:
    draft, page = from_feed_and_page()
    wanted = expected()
    assert urlsplit(draft.url or "").path == wanted["canonical_url_path"]
    assert {code: urlsplit(url).path for code, url in page.translations} == wanted["translations"]
    assert draft.published_precision == "instant"
    assert from_text_alone().published_precision == "day"


@pytest.mark.parametrize(
    ("query", "holds"),
    [
        ("terrorisme", True),
        ('~"human trafficking"', True),
        ('~"migrant smuggling"', True),
        ('~"arms trafficking"', True),
        ("football", False),
        ('~"human trafficking" AND football', False),
        ("terrorisme AND NOT ONU", False),
    ],
)
@pytest.mark.parametrize("draft", ["feed and page", "text alone"])
def test_the_seeds_topics_ring_as_expected(query: str, holds: bool, draft: str) -> None:
    read = from_text_alone() if draft == "text alone" else from_feed_and_page()[0]
    text = MatchText(read.title, read.body, read.dateline, read.language, read.tags, read.zones)
    matcher = compile_topics((TopicQuery("1", "seed", query),), load_lexicon())
    assert bool(matcher.match(text)) == holds
