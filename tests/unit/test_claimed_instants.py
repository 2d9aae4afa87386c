"""When new entries were published, read without parsing."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.domain.feeds.claimed_instants import claimed_instants, entry_instants

NINE = datetime(2026, 3, 2, 9, 15, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)

DATES: tuple[tuple[str, str, tuple[datetime | None, ...]], ...] = (
    ("RSS", ("<rss><channel><pubDate>Sun, 01 Mar 2026 07:00:00 GMT</pubDate>"
     "<item><pubDate>Mon, 02 Mar 2026 10:15:00 +0100</pubDate></item></channel></rss>"), (NINE,)),
    ("Atom: published before updated", ("<feed><updated>2026-03-09T00:10:00Z</updated><entry>"
     "<updated>2026-03-05T10:00:00Z</updated><published>2026-03-02T09:15:00Z</published></entry></feed>"), (NINE,)),
    ("Atom: only updated", "<feed><entry><updated>2026-03-02T09:15:00Z</updated></entry></feed>", (NINE,)),
    ("RSS 1.0", "<rdf:RDF><item rdf:about='a'><dc:date>2026-03-02T10:15:00+01:00</dc:date></item></rdf:RDF>", (NINE,)),
    ("in CDATA", "<rss><item><pubDate><![CDATA[Mon, 02 Mar 2026 09:15:00 GMT]]></pubDate></item></rss>", (NINE,)),
    ("one without", ("<rss><item><title>a</title></item><item><pubDate>Mon, 02 Mar 2026 09:15:00 GMT</pubDate></item>"
     "</rss>"), (None, NINE)),
    ("a day without an hour", "<rss><item><pubDate>Mon, 02 Mar 2026 00:00:00 GMT</pubDate></item></rss>", (None,)),
    ("no date", "<rss><item><pubDate>gestern abend</pubDate></item></rss>", (None,)),
    ("JSON Feed", '{"items": [{"id": "1", "date_published": "2026-03-02T09:15:00Z"}]}', (NINE,)),
    ("no items", "<rss><channel><pubDate>Mon, 02 Mar 2026 09:15:00 GMT</pubDate></channel></rss>", ()),
)  # fmt: skip


@pytest.mark.parametrize(("document", "instants"), [row[1:] for row in DATES], ids=[row[0] for row in DATES])
def test_the_date_that_each_item_claims(document: str, instants: tuple[datetime | None, ...]) -> None:
    assert claimed_instants(document.encode()) == instants


def test_at_most_two_hundred_are_read() -> None:
    assert len(claimed_instants(b"<item><title>a</title></item>" * 500)) <= 201


def test_an_entry_without_a_date_came_halfway_between_the_polls() -> None:
    assert entry_instants([None], NINE, NINE + HOUR) == (NINE + HOUR / 2,)


def test_an_entry_of_the_future_came_now_and_one_that_was_edited_not_at_all() -> None:
    now = NINE + HOUR
    assert entry_instants([NINE + 9 * DAY, NINE - 9 * DAY], NINE, now) == (now,)
