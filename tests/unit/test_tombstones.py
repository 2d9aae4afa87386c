"""Atom tombstones: entries that a feed takes back are entries too."""

from datetime import UTC, datetime

from shared.domain.feeds.entry import Entry, Withdrawal
from shared.domain.feeds.parse_feed import parse_feed
from shared.domain.polling.novelty import SeenItems, judge_novelty, remember

URL = "https://presse.example.org/atom.xml"
NAMESPACES = 'xmlns="http://www.w3.org/2005/Atom" xmlns:at="http://purl.org/atompub/tombstones/1.0"'
ENTRY = "<entry><id>urn:r:1</id><title>Un plan</title><updated>{}</updated></entry>"
DELETED = '<at:deleted-entry ref="{}" when="2026-05-06T10:00:00+02:00">{}</at:deleted-entry>'


def atom(*parts: str) -> bytes:
    return f"<feed {NAMESPACES}><id>urn:f</id><title>Presse</title>{''.join(parts)}</feed>".encode()


def test_a_tombstone_is_an_entry_that_is_withdrawn() -> None:
    link = '<link href="/r/2"/><at:by><name>Press office</name></at:by>'
    document = atom(
        DELETED.format("urn:r:2", f"<at:comment>Published &lt;b&gt;too early&lt;/b&gt;</at:comment>{link}")
    )
    eight = datetime(2026, 5, 6, 8, tzinfo=UTC)
    assert parse_feed(document, URL).entries == (
        Entry(
            guid="urn:r:2",
            url="https://presse.example.org/r/2",
            withdrawn=Withdrawal(eight, "Published too early"),
        ),
    )


def test_tombstones_come_after_the_entries() -> None:
    document = atom(DELETED.format("urn:r:2", ""), ENTRY.format("2026-05-01T00:00:00Z"))
    entries = parse_feed(document, URL).entries
    assert [(entry.guid, entry.withdrawn is not None) for entry in entries] == [
        ("urn:r:1", False),
        ("urn:r:2", True),
    ]


def test_an_entry_that_was_published_again_is_not_withdrawn() -> None:
    again = atom(DELETED.format("urn:r:1", ""), ENTRY.format("2026-05-07T00:00:00Z"))
    before = atom(DELETED.format("urn:r:1", ""), ENTRY.format("2026-05-01T00:00:00Z"))
    assert [entry.withdrawn for entry in parse_feed(again, URL).entries] == [None]
    assert len(parse_feed(before, URL).entries) == 2


def test_a_tombstone_without_a_date_or_with_a_broken_one_still_holds() -> None:
    document = atom('<at:deleted-entry ref="a"/><at:deleted-entry ref="b" when="soon"/><at:deleted-entry/>')
    assert [(entry.guid, entry.withdrawn) for entry in parse_feed(document, URL).entries] == [
        ("a", Withdrawal()),
        ("b", Withdrawal()),
    ]


def test_novelty_sees_a_tombstone_once() -> None:
    published = atom(ENTRY.format("2026-05-01T00:00:00Z"))
    withdrawn = atom(DELETED.format("urn:r:1", ""))
    seen = remember(SeenItems(), judge_novelty(published, URL, None, SeenItems()))
    novelty = judge_novelty(withdrawn, URL, None, seen)
    assert (novelty.new, novelty.overlap) == ((0,), 1)
    assert judge_novelty(withdrawn, URL, None, remember(seen, novelty)).new == ()
