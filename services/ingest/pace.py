"""What a poll teaches of its feed: its rhythm, a gap, and when to come back."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shared.domain.feeds.claimed_instants import claimed_instants, entry_instants
from shared.domain.polling.freshness import FeedHints
from shared.domain.polling.gap import may_have_missed
from shared.domain.polling.novelty import Novelty, SeenItems
from shared.domain.polling.rhythm import Rhythm, in_words, instant_of
from shared.domain.polling.silence import quiet_after
from shared.store.feeds import FeedToPoll
from shared.store.polls import LearntRhythm, NewGap

CHANGES_REMEMBERED = 30


@dataclass(frozen=True, slots=True)
class PollBounds:
    """Between which distances feeds are polled, and how long one poll may take."""

    poll_min: timedelta
    poll_max: timedelta
    timeout_seconds: float = 30.0


@dataclass(frozen=True, slots=True)
class Pace:
    """What is known of a feed's pace after a poll; `learnt` is None where nothing new came."""

    rhythm: Rhythm | None
    hints: FeedHints
    changes: tuple[datetime, ...]
    learnt: LearntRhythm | None = None
    gap: NewGap | None = None
    entries: int = 0
    new: int = 0


def pace_before(feed: FeedToPoll) -> Pace:
    """Give what the feed's row knows of its pace."""
    hints = FeedHints(feed.every_minutes, feed.skip_hours, feed.skip_days)
    return Pace(Rhythm.from_bytes(feed.rhythm), hints, feed.recent_changes)


def learn_pace(feed: FeedToPoll, before: Pace, novelty: Novelty, hints: FeedHints, at: datetime) -> Pace:
    """Learn from a document that was read; without anything new, only what it asks of its pollers."""
    rhythm = before.rhythm
    gap = _gap(feed, rhythm, novelty, at)
    pace = replace(before, hints=hints, gap=gap, entries=len(novelty.items), new=len(novelty.new))
    if rhythm is not None and not novelty.new:
        return pace
    claims = _claims(novelty)
    if rhythm is None:
        rhythm = Rhythm.begin(at, [claim for claim in claims if claim])
    else:
        rhythm = rhythm.observe(entry_instants(claims, feed.last_polled_at or at, at), at)
    learnt = LearntRhythm(rhythm.to_bytes(), in_words(rhythm), instant_of(rhythm.last), quiet_after(rhythm))
    changes = (*before.changes, at)[-CHANGES_REMEMBERED:] if novelty.new else before.changes
    return replace(pace, rhythm=rhythm, learnt=learnt, changes=changes)


def _claims(novelty: Novelty) -> tuple[datetime | None, ...]:
    if novelty.parsed is not None:
        return tuple(novelty.parsed.entries[position].published_at for position in novelty.new)
    return claimed_instants(novelty.document)


def _gap(feed: FeedToPoll, rhythm: Rhythm | None, novelty: Novelty, at: datetime) -> NewGap | None:
    since, items = feed.last_polled_at, len(novelty.items)
    if since is None:
        return None
    last_items = SeenItems.from_bytes(feed.seen_items).last_items
    if not may_have_missed(last_items, items, novelty.overlap, rhythm, since.timestamp(), at.timestamp()):
        return None
    none_known = f"none of the {items} items was" if items > 1 else "its one item was not"
    return NewGap(since, at, f"{none_known} known: others may have come and gone between")
