"""What a document teaches of its feed's pace: its rhythm, and gaps."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from uuid import UUID

from services.ingest.pace import Pace, learn_pace, pace_before
from shared.domain.polling.freshness import NO_HINTS, FeedHints
from shared.domain.polling.novelty import SeenItems, judge_novelty, remember
from shared.domain.polling.rhythm import Rhythm
from shared.store.feeds import FeedToPoll

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
URL = "https://presse.example/feed"


def document(*published: datetime) -> bytes:
    items = "".join(
        f"<item><guid>{at.timestamp()}</guid><title>Communiqué du {at:%d.%m. %H:%M}</title>"
        f"<pubDate>{format_datetime(at)}</pubDate></item>"
        for at in published
    )
    return f"<rss version='2.0'><channel><title>Presse</title>{items}</channel></rss>".encode()


def never_polled() -> FeedToPoll:
    return FeedToPoll(
        id=UUID(int=1), lease=UUID(int=2), url=URL, host="presse.example", title="", language=None, etag=None,
        last_modified=None, body_digest=None, seen_items=b"", item_count=0, trusts_guids=True,
        starts_quiet=False, moved_to=None, moved_times=0, failures=0, recent_changes=(), last_polled_at=None,
        full_fetch_at=None, created_at=NOW, last_changed_at=None,
    )  # fmt: skip


def poll(feed: FeedToPoll, at: datetime, *published: datetime) -> tuple[FeedToPoll, Pace]:
    """Poll the feed while it shows these entries; give its row and its pace afterwards."""
    seen = SeenItems.from_bytes(feed.seen_items)
    novelty = judge_novelty(document(*published), URL, None, seen)
    pace = learn_pace(feed, pace_before(feed), novelty, NO_HINTS, at)
    after = replace(
        feed,
        last_polled_at=at,
        seen_items=remember(seen, novelty).to_bytes(),
        rhythm=pace.learnt.rhythm if pace.learnt else feed.rhythm,
        recent_changes=pace.changes,
    )
    return after, pace


def test_the_first_document_teaches_the_rhythm() -> None:
    daily = [NOW - DAY * age for age in range(1, 21)]
    _, pace = poll(never_polled(), NOW, *daily)
    assert pace.learnt is not None
    assert pace.learnt.rhythm_words == "about 1 a day"
    assert (pace.learnt.spoke_at, pace.gap) == (NOW - DAY, None)


def test_a_new_entry_is_learnt_and_nothing_new_teaches_nothing() -> None:
    feed, _ = poll(never_polled(), NOW, NOW - DAY)
    feed, again = poll(feed, NOW + 10 * MINUTE, NOW - DAY)
    feed, later = poll(feed, NOW + 20 * MINUTE, NOW + 15 * MINUTE, NOW - DAY)
    assert again.learnt is None
    assert later.learnt is not None
    assert later.learnt.spoke_at == NOW + 15 * MINUTE
    assert later.changes[-1] == NOW + 20 * MINUTE
    assert Rhythm.from_bytes(feed.rhythm) is not None


def test_a_document_of_which_nothing_was_known_leaves_a_gap_with_both_instants() -> None:
    feed, _ = poll(never_polled(), NOW, *(NOW - DAY * age for age in (1, 2, 3)))
    _, pace = poll(feed, NOW + DAY, *(NOW + MINUTE * age for age in (1, 2, 3)))
    assert pace.gap is not None
    assert (pace.gap.from_at, pace.gap.to_at) == (NOW, NOW + DAY)
    assert "none of the 3 items was known" in pace.gap.reason


def test_what_a_feed_asks_is_kept_while_its_documents_are_not_sent() -> None:
    feed = replace(never_polled(), every_minutes=60, skip_hours=1, skip_days=2)
    assert pace_before(feed).hints == FeedHints(60, 1, 2)
