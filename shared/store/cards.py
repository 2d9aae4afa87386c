"""Identity cards of feeds: the evidence is counted in SQL, what is learnt steers how they are read."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, text

from shared.domain.polling.feed_card import CardEvidence, FeedCard, card_words
from shared.domain.polling.rhythm import Rhythm


@dataclass(frozen=True, slots=True)
class CardToLearn:
    """A feed whose card is due to be learnt: what was known, and the evidence since."""

    feed_id: UUID
    before: FeedCard
    evidence: CardEvidence


_DUE = text("""
    WITH due AS (
        SELECT f.* FROM core.feeds f LEFT JOIN core.feed_cards c ON c.feed_id = f.id
        WHERE f.removed_at IS NULL AND f.last_changed_at IS NOT NULL
          AND (c.learnt_at IS NULL OR c.learnt_at < now() - interval '1 day'
               OR (c.learnt_at < f.last_changed_at AND c.learnt_at < now() - interval '10 minutes'))
        ORDER BY c.learnt_at NULLS FIRST LIMIT :most FOR UPDATE OF f SKIP LOCKED)
    SELECT f.id, f.rhythm, f.conditions_off, c.guids AS known_guids, c.dates AS known_dates,
        f.etag IS NOT NULL OR f.last_modified IS NOT NULL AS validators, g.*, r.*, s.*, t.*, p.*
    FROM due f
    LEFT JOIN core.feed_cards c ON c.feed_id = f.id
    CROSS JOIN LATERAL (
        SELECT count(*) AS guids, count(*) FILTER (WHERE named > 1) AS shared_guids,
            coalesce(max(named), 0) AS most_shared
        FROM (SELECT count(*) AS named FROM core.sightings
              WHERE feed_id = f.id AND guid IS NOT NULL AND last_seen_at > now() - interval '30 days'
              GROUP BY entry_key) AS by_guid) g
    CROSS JOIN LATERAL (
        SELECT count(*) AS releases, count(*) FILTER (WHERE names > 1) AS renamed
        FROM (SELECT count(*) AS names FROM core.sightings
              WHERE feed_id = f.id AND guid IS NOT NULL AND last_seen_at > now() - interval '30 days'
              GROUP BY release_id) AS by_release) r
    CROSS JOIN LATERAL (
        SELECT count(*) FILTER (WHERE guid IS NULL) AS without_guid,
            count(*) FILTER (WHERE last_seen_at > first_seen_at) AS again,
            count(*) FILTER (WHERE redated > 0) AS redated
        FROM core.sightings
        WHERE feed_id = f.id AND last_seen_at > now() - interval '30 days') s
    CROSS JOIN LATERAL (
        SELECT count(*) FILTER (WHERE l.text_source = 'feed') AS "full",
            count(*) FILTER (WHERE l.text_source <> 'feed') AS summaries
        FROM core.sightings x JOIN core.releases l ON l.id = x.release_id
        WHERE x.feed_id = f.id AND x.is_primary AND x.last_seen_at > now() - interval '30 days') t
    CROSS JOIN LATERAL (
        SELECT count(*) FILTER (WHERE outcome = 'not_modified') AS not_modified,
            count(*) FILTER (WHERE outcome = 'unchanged') AS same_bytes
        FROM core.polls WHERE feed_id = f.id AND started_at > now() - interval '7 days') p
""")

_MARK = text("""
    INSERT INTO core.feed_cards (feed_id, guids, dates, texts, conditions, entries_a_day, words, evidence,
        learnt_at)
    VALUES (:feed_id, :guids, :dates, :texts, :conditions, :entries_a_day, :words,
        CAST(:evidence AS jsonb), now())
    ON CONFLICT (feed_id) DO UPDATE SET guids = excluded.guids, dates = excluded.dates,
        texts = excluded.texts, conditions = excluded.conditions, entries_a_day = excluded.entries_a_day,
        words = excluded.words, evidence = excluded.evidence, learnt_at = excluded.learnt_at
""")

# Items are told apart by other marks from now on: those seen before are forgotten, so that the next document
# is no gap, and a poll under way ends first. The rhythm is learnt anew, for what came again was taken for new.
# What a person has set goes before what was learnt.
_STEER = text("""
    UPDATE core.feeds f SET trusts_guids = s.trusts_guids, trusts_dates = s.trusts_dates, seen_items = '',
        body_digest = NULL, rhythm = NULL, rhythm_words = '', quiet_after = NULL, quiet_since = NULL,
        quiet_chance = NULL, quiet_words = '', quiet_judged_at = NULL
    FROM (SELECT f.id, coalesce(f.options ->> 'guids' = 'trusted', c.guids IS NULL
                OR c.guids NOT IN ('shared', 'churning')) AS trusts_guids,
            c.dates IS DISTINCT FROM 'move' AS trusts_dates
        FROM core.feeds f LEFT JOIN core.feed_cards c ON c.feed_id = f.id
        WHERE f.id = ANY(:ids)) s
    WHERE f.id = s.id AND (:at_once OR f.leased_until IS NULL OR f.leased_until < now())
      AND (f.trusts_guids, f.trusts_dates) IS DISTINCT FROM (s.trusts_guids, s.trusts_dates)
    RETURNING f.id
""")


def load_cards_to_learn(connection: Connection, most: int) -> list[CardToLearn]:
    """Load the feeds whose cards are due: a day old, or older than ten minutes and than what came since."""
    return [_to_learn(row) for row in connection.execute(_DUE, {"most": most})]


def mark_card(connection: Connection, feed_id: UUID, card: FeedCard, evidence: CardEvidence) -> None:
    """Write a feed's card down with its evidence."""
    row = asdict(card) | {
        "feed_id": feed_id,
        "words": card_words(card),
        "evidence": json.dumps(asdict(evidence)),
    }
    connection.execute(_MARK, row)


def mark_feeds_steered(
    connection: Connection, feed_ids: Sequence[UUID], *, at_once: bool = False
) -> list[UUID]:
    """Let feeds be read by their cards, or as a person has set; give those that are read otherwise now.

    A feed that is being polled is left as it is until the next time, unless it is to be `at_once`.
    """
    return list(connection.scalars(_STEER, {"ids": list(feed_ids), "at_once": at_once}))


def forget_card(connection: Connection, feed_id: UUID) -> None:
    """Forget what was learnt of a feed: it is learnt anew."""
    connection.execute(text("DELETE FROM core.feed_cards WHERE feed_id = :id"), {"id": feed_id})


def _to_learn(row: Row[Any]) -> CardToLearn:
    rhythm = Rhythm.from_bytes(row.rhythm)
    a_day = round(rhythm.a_week / 7, 3) if rhythm and rhythm.known else None
    counted = {name: getattr(row, name) for name in CardEvidence.__slots__ if name != "entries_a_day"}
    before = FeedCard(row.known_guids or "unknown", row.known_dates or "unknown")
    return CardToLearn(row.id, before, CardEvidence(**counted, entries_a_day=a_day))
