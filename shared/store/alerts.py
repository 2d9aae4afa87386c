"""Matches, alerts and messages, written in the transaction that stores the text they are about (T3)."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, insert, text

from shared.domain.alerts.holding import hold_until, why_held
from shared.domain.alerts.payload import (
    Changes,
    ReleaseEvent,
    ReleaseFacts,
    Telling,
    TopicFacts,
    Withdrawn,
    build_payload,
    held_body,
)
from shared.domain.releases.story import Story
from shared.domain.topics.evidence import TopicMatch, TopicQuery
from shared.store.folding import Folded, add_folded_alerts, load_heads
from shared.store.holding import mark_holding
from shared.store.messages import NewMessage, add_messages
from shared.store.stories import load_stories
from shared.store.tables import Alert, Match, table_of
from shared.store.watch import Watcher, hold_watchers, mark_topics_rang


@dataclass(frozen=True, slots=True)
class MatchedText:
    """One revision with the topics that hold for it, to be told to whoever watches them."""

    release: ReleaseFacts
    matches: tuple[TopicMatch, ...]
    backlog: bool = False
    changes: Changes | None = None
    withdrawn: Withdrawn | None = None


@dataclass(frozen=True, slots=True)
class _Owed:
    """One match, or one correction, that one subscription has a right to."""

    text: MatchedText
    match: TopicMatch
    is_correction: bool
    watcher: Watcher
    told_before: bool
    silent: bool

    @property
    def release_id(self) -> UUID:
        return UUID(self.text.release.id)


@dataclass(frozen=True, slots=True)
class _Told:
    """What is told of one match, and until when it is held; None: at once."""

    owed: _Owed
    telling: Telling
    held_until: datetime | None


def record_matches(
    connection: Connection,
    texts: Sequence[MatchedText],
    topics: Mapping[str, TopicQuery],
    *,
    version: int,
    now: datetime,
) -> list[UUID]:
    """Record what matched and make each alert with its message; give the endpoints that have something due.

    `version` is the held version of what is watched. To be called once in a transaction: it holds all the
    subscriptions that it may tell, in the order of their ids. Sequences are taken last.
    """
    corrections = _corrections(connection, texts)
    pairs = [(t, m, False) for t in texts for m in t.matches] + [(t, m, True) for t, m in corrections]
    return _record(connection, pairs, topics, version=version, now=now)


def load_judged_topics(connection: Connection, release_id: UUID, revision: int) -> dict[str, bool]:
    """Load the topics that this revision was told of, each with whether it held (else it was a correction)."""
    rows = connection.execute(
        text(
            "SELECT topic_id, evidence IS NOT NULL AS held FROM core.matches "
            "WHERE release_id = :id AND revision = :revision"
        ),
        {"id": release_id, "revision": revision},
    )
    return {str(row.topic_id): row.held for row in rows}


def record_filled_matches(
    connection: Connection,
    matched: MatchedText,
    topics: Mapping[str, TopicQuery],
    *,
    version: int,
    now: datetime,
) -> list[UUID]:
    """Record what a text that was filled in late matches: what held before gets new evidence, and is not told again."""
    known = load_judged_topics(connection, UUID(matched.release.id), matched.release.revision)
    again = [
        {
            "release_id": matched.release.id,
            "revision": matched.release.revision,
            "topic_id": match.topic_id,
            "evidence": json.dumps([asdict(piece) for piece in match.evidence]),
            "snippet": match.snippet,
        }
        for match in matched.matches
        if match.topic_id in known
    ]
    if again:
        connection.execute(_NEW_EVIDENCE, again)
    fresh = [(matched, match, False) for match in matched.matches if match.topic_id not in known]
    return _record(connection, fresh, topics, version=version, now=now)


_NEW_EVIDENCE = text("""
    UPDATE core.matches SET evidence = CAST(:evidence AS jsonb), snippet = :snippet
    WHERE release_id = CAST(:release_id AS uuid) AND revision = :revision AND topic_id = CAST(:topic_id AS uuid)
""")


def _record(
    connection: Connection,
    pairs: list[tuple[MatchedText, TopicMatch, bool]],
    topics: Mapping[str, TopicQuery],
    *,
    version: int,
    now: datetime,
) -> list[UUID]:
    pairs = [pair for pair in pairs if pair[1].topic_id in topics]
    pairs.sort(key=lambda pair: pair[0].release.revision)
    if not pairs:
        return []
    connection.execute(insert(table_of(Match)), [_match_row(*pair, version, now) for pair in pairs])
    _note_corrected(connection, pairs)
    owed = _owed(connection, pairs)
    _add_silent_alerts(connection, [o for o in owed if o.silent], now)
    told = _tellings(connection, [o for o in owed if not o.silent], topics, now)
    mark_topics_rang(connection, sorted({one.owed.watcher.topic_id for one in told}))
    ringing, folded = _fold(connection, told, now)
    _add_held_alerts(connection, [one for one in ringing if one.held_until], now)
    due = _add_told_alerts(connection, [one for one in ringing if not one.held_until], now)
    # Were their heads told meanwhile, the next look at what these subscriptions hold finds them.
    mark_holding(connection, dict.fromkeys(add_folded_alerts(connection, folded), now))
    return due


def _corrections(
    connection: Connection, texts: Sequence[MatchedText]
) -> list[tuple[MatchedText, TopicMatch]]:
    """Find the topics that held for the revision before, stored or of this batch, and do not for this one."""
    revised = [matched for matched in texts if matched.release.revision > 1]
    held = _stored_matches(connection, revised)
    for matched in texts:
        versions = {match.topic_id: match.topic_version for match in matched.matches}
        held[matched.release.id, matched.release.revision] = versions
    found = []
    for matched in revised:
        still = {match.topic_id for match in matched.matches}
        before = held.get((matched.release.id, matched.release.revision - 1), {})
        found += [(matched, TopicMatch(t, v, (), "")) for t, v in before.items() if t not in still]
    return found


def _stored_matches(
    connection: Connection, revised: Sequence[MatchedText]
) -> dict[tuple[str, int], dict[str, int]]:
    """Load, for the revision before each of these, the version of each topic that held for it."""
    if not revised:
        return {}
    rows = connection.execute(
        text(
            "SELECT m.release_id, m.revision, m.topic_id, m.topic_version FROM core.matches m "
            "JOIN unnest(CAST(:ids AS uuid[]), CAST(:before AS integer[])) AS k (id, before) "
            "ON m.release_id = k.id AND m.revision = k.before WHERE m.evidence IS NOT NULL"
        ),
        {
            "ids": [t.release.id for t in revised],
            "before": [t.release.revision - 1 for t in revised],
        },
    )
    held: dict[tuple[str, int], dict[str, int]] = {}
    for row in rows:
        versions = held.setdefault((str(row.release_id), row.revision), {})
        versions[str(row.topic_id)] = row.topic_version
    return held


def _match_row(
    matched: MatchedText, match: TopicMatch, is_correction: bool, version: int, now: datetime
) -> dict[str, Any]:
    return {
        "release_id": matched.release.id,
        "revision": matched.release.revision,
        "topic_id": match.topic_id,
        "topic_version": match.topic_version,
        "evidence": None if is_correction else [asdict(piece) for piece in match.evidence],
        "snippet": match.snippet,
        "matched_at": now,
        "watched_version": version,
    }


# The other side of `_earlier_alerts`, in the terms of the ledger: who had a right to the last match had one to any.
_CORRECTED = text("""
    UPDATE core.matches m SET corrects_version = (
        SELECT max(told.watched_version) FROM core.releases r JOIN core.matches told ON told.release_id = r.id
        WHERE told.topic_id = m.topic_id AND told.evidence IS NOT NULL
          AND (r.id = m.release_id AND told.revision < m.revision OR r.merged_into = m.release_id))
    WHERE m.release_id = :id AND m.revision = :revision AND m.topic_id = :topic_id
""")


def _note_corrected(connection: Connection, pairs: Sequence[tuple[MatchedText, TopicMatch, bool]]) -> None:
    """Note at each correction what was watched when that which it undoes matched last."""
    rows = [
        {"id": matched.release.id, "revision": matched.release.revision, "topic_id": match.topic_id}
        for matched, match, is_correction in pairs
        if is_correction
    ]
    if rows:
        connection.execute(_CORRECTED, rows)


def _owed(connection: Connection, pairs: Sequence[tuple[MatchedText, TopicMatch, bool]]) -> list[_Owed]:
    """Say what is owed to whom; `pairs` in the order of their revisions, each known to the next."""
    watchers: dict[str, list[Watcher]] = {}
    for watcher in hold_watchers(connection, {UUID(match.topic_id) for _, match, _ in pairs}):
        watchers.setdefault(str(watcher.topic_id), []).append(watcher)
    earlier = _earlier_alerts(connection, [t for t, _, _ in pairs])
    owed = []
    for matched, match, is_correction in pairs:
        for watcher in watchers.get(match.topic_id, []):
            told = earlier.get((watcher.subscription_id, matched.release.id))
            if is_correction and told is None:
                continue
            silent = matched.backlog or (is_correction and not told)
            earlier[watcher.subscription_id, matched.release.id] = bool(told) or not silent
            owed.append(_Owed(matched, match, is_correction, watcher, bool(told), silent))
    return owed


def _earlier_alerts(connection: Connection, texts: Sequence[MatchedText]) -> dict[tuple[UUID, str], bool]:
    """Tell of each subscription with an alert on one of these releases whether it was, or will be, told.

    A first revision that was filled in late has some too, where another release was merged into its own.
    """
    rows = connection.execute(
        text(
            # What was told of a release that was merged into this one was told of this one.
            "SELECT a.subscription_id, coalesce(r.merged_into, r.id) AS release_id, "
            "bool_or(a.message_id IS NOT NULL OR a.state = 'held') AS told "
            "FROM core.releases r JOIN core.alerts a ON a.release_id = r.id "
            "WHERE r.id = ANY(CAST(:ids AS uuid[])) OR r.merged_into = ANY(CAST(:ids AS uuid[])) GROUP BY 1, 2"
        ),
        {"ids": [matched.release.id for matched in texts]},
    )
    return {(row.subscription_id, str(row.release_id)): row.told for row in rows}


def _alert_row(owed: _Owed, now: datetime) -> dict[str, Any]:
    return {
        "subscription_id": owed.watcher.subscription_id,
        "topic_id": owed.watcher.topic_id,
        "release_id": owed.release_id,
        "revision": owed.text.release.revision,
        "created_at": now,
    }


def _add_silent_alerts(connection: Connection, owed: Sequence[_Owed], now: datetime) -> None:
    rows = [_alert_row(o, now) | {"state": "cancelled", "reason": "backlog"} for o in owed]
    if rows:
        connection.execute(insert(table_of(Alert)), rows)


def _tellings(
    connection: Connection, owed: Sequence[_Owed], topics: Mapping[str, TopicQuery], now: datetime
) -> list[_Told]:
    stories = load_stories(connection, {o.release_id for o in owed}) if owed else {}
    return [
        _Told(
            o,
            _telling(o, topics[o.match.topic_id], stories[o.release_id], now),
            hold_until(o.watcher.timing, now, o.watcher.held_until),
        )
        for o in owed
    ]


def _fold(connection: Connection, told: Sequence[_Told], now: datetime) -> tuple[list[_Told], list[Folded]]:
    """Part what rings from what a subscription per story was told by another release, stored or of this batch."""
    per_story = [one.owed for one in told if one.owed.watcher.per == "story"]
    heads = load_heads(connection, [(o.watcher.subscription_id, o.release_id) for o in per_story])
    first = {key: head.release_id for key, head in heads.alerts.items()}
    ringing, folded = [], []
    for one in told:
        owner = one.owed.watcher.subscription_id, one.owed.release_id
        key = one.owed.watcher.subscription_id, heads.stories.get(one.owed.release_id, one.owed.release_id)
        if (
            one.owed.watcher.per != "story"
            or owner in heads.own
            or first.setdefault(key, one.owed.release_id) == one.owed.release_id
        ):
            ringing.append(one)
        else:
            folded.append(Folded(_alert_row(one.owed, now), held_body(one.telling), heads.alerts.get(key)))
    return ringing, folded


def _add_held_alerts(connection: Connection, held: Sequence[_Told], now: datetime) -> None:
    """Hold what may not be told yet: each alert keeps what it will tell, its subscription when that is due."""
    rows = [
        _alert_row(one.owed, now)
        | {
            "state": "held",
            "reason": why_held(one.owed.watcher.timing, now),
            "telling": held_body(one.telling),
        }
        for one in held
    ]
    if rows:
        connection.execute(insert(table_of(Alert)), rows)
    mark_holding(
        connection, {one.owed.watcher.subscription_id: one.held_until for one in held if one.held_until}
    )


def _add_told_alerts(connection: Connection, told: Sequence[_Told], now: datetime) -> list[UUID]:
    if not told:
        return []
    ids = add_messages(connection, [_message(one) for one in told], now)
    alerts = [_alert_row(one.owed, now) | {"message_id": i} for i, one in zip(ids, told, strict=True)]
    connection.execute(insert(table_of(Alert)), alerts)
    return sorted({one.owed.watcher.endpoint_id for one in told})


def _message(one: _Told) -> NewMessage:
    watcher = one.owed.watcher
    return NewMessage(
        watcher.subscription_id,
        watcher.endpoint_id,
        one.telling.event,
        watcher.format,
        partial(build_payload, one.telling),
        watcher.ttl,
    )


def _telling(owed: _Owed, topic: TopicQuery, story: Story, now: datetime) -> Telling:
    return Telling(
        event=_event(owed),
        at=now,
        topic=TopicFacts(topic.id, topic.name, topic.query, owed.match.topic_version),
        release=owed.text.release,
        evidence=None if owed.is_correction else owed.match.evidence,
        snippet=owed.match.snippet,
        changes=owed.text.changes,
        story_id=story.id,
        translations=story.translations,
        withdrawn=owed.text.withdrawn,
    )


def _event(owed: _Owed) -> ReleaseEvent:
    if owed.text.withdrawn is not None:
        return "release.withdrawn"
    return "release.revised" if owed.told_before else "release.published"
