"""Merging and splitting by hand: sightings move, the decision is kept, and nothing rings for it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.sql import bindparam

from shared.domain.releases.identity import url_digest
from shared.errors import RefusedError
from shared.store.folding import unfold_held
from shared.store.ids import new_ids
from shared.store.known import lock_identity


@dataclass(frozen=True, slots=True)
class Moved:
    """The release that sightings moved to, how many did, and how many alerts that were due are cancelled."""

    release_id: UUID
    sightings: int
    cancelled: int = 0


def merge_releases(connection: Connection, kept: UUID, gone: UUID) -> Moved:
    """Make one release of two: `gone` gives its sightings and digests to `kept`, which keeps its text.

    What `gone` still had to tell to those who are told of `kept` is cancelled, reason `merged`. Raises
    RefusedError where the two are one, or one is merged, erased or waiting for its page.
    """
    lock_identity(connection)
    if kept == gone:
        raise RefusedError(str(gone), "is one release already; name two")
    for release_id in (kept, gone):
        _check_open(connection, release_id)
    ids = {"kept": kept, "gone": gone}
    digests = connection.execute(
        text("UPDATE core.identities SET release_id = :kept WHERE release_id = :gone RETURNING kind, digest"),
        ids,
    ).all()
    moved = connection.execute(
        text(
            "UPDATE core.sightings s SET release_id = :kept, is_primary = false, by_hand = true, "
            "merged_from = :gone, reason = 'merged by hand: ' || s.reason WHERE s.release_id = :gone "
            "AND NOT EXISTS (SELECT FROM core.sightings o WHERE o.release_id = :kept "
            "                AND o.feed_id = s.feed_id AND o.entry_key = s.entry_key)"
        ),
        ids,
    ).rowcount
    connection.execute(
        text(
            "UPDATE core.releases SET merged_into = :kept, late_until = NULL WHERE id = :gone OR merged_into = :gone"
        ),
        ids,
    )
    connection.execute(text("DELETE FROM core.read_texts WHERE release_id = :gone"), ids)
    _record(
        connection, "merge", kept, gone, {"digests": [[row.kind, bytes(row.digest).hex()] for row in digests]}
    )
    return Moved(kept, moved, _cancel_told_twice(connection, kept, gone))


def _cancel_told_twice(connection: Connection, kept: UUID, gone: UUID) -> int:
    # What tells of others too goes out as it is; and where nobody was told of the one, the other still tells.
    unfold_held(connection, [gone])
    messages = connection.execute(
        text(
            "WITH twice AS MATERIALIZED (SELECT m.id FROM core.alerts a JOIN core.messages m ON m.id = a.message_id "
            "  WHERE a.release_id = :gone AND m.state = 'pending' AND NOT EXISTS ("
            "    SELECT FROM core.alerts o WHERE o.message_id = m.id AND o.release_id <> :gone) AND EXISTS ("
            "    SELECT FROM public.alerts b WHERE b.release_id = :kept AND b.subscription_id = a.subscription_id "
            "    AND b.state NOT IN ('cancelled', 'dead')) "
            "  ORDER BY m.id FOR UPDATE OF m) "
            "UPDATE core.messages m SET state = 'cancelled', reason = 'merged', next_attempt_at = NULL "
            "FROM twice WHERE m.id = twice.id"
        ),
        {"kept": kept, "gone": gone},
    ).rowcount
    held = connection.execute(
        text(
            "UPDATE core.alerts a SET state = 'cancelled', reason = 'merged', telling = NULL "
            "WHERE a.release_id = :gone AND a.state = 'held' AND EXISTS ("
            "  SELECT FROM public.alerts b WHERE b.release_id = :kept AND b.subscription_id = a.subscription_id "
            "  AND b.state NOT IN ('cancelled', 'dead'))"
        ),
        {"kept": kept, "gone": gone},
    ).rowcount
    return messages + held


def split_release(connection: Connection, release_id: UUID, feed_ids: Sequence[UUID]) -> list[Moved]:
    """Make two releases of one: the sightings of these feeds leave it for one of their own.

    Without feeds, what was merged into it by hand comes back; where nothing was, its one other carrier leaves.
    Raises RefusedError where it is not plain what should leave.
    """
    lock_identity(connection)
    _check_open(connection, release_id)
    merged = connection.scalars(
        text("SELECT id FROM core.releases WHERE merged_into = :id ORDER BY id"), {"id": release_id}
    ).all()
    if not feed_ids and merged:
        return [_unmerge(connection, release_id, gone) for gone in merged]
    return [_split_off(connection, release_id, feed_ids or _one_other_carrier(connection, release_id))]


def _one_other_carrier(connection: Connection, release_id: UUID) -> list[UUID]:
    feeds = connection.execute(
        text(
            "SELECT s.feed_id, bool_or(s.is_primary) AS owns, core.masked_url(f.url) AS url FROM core.sightings s "
            "JOIN core.feeds f ON f.id = s.feed_id WHERE s.release_id = :id GROUP BY 1, 3 ORDER BY 3"
        ),
        {"id": release_id},
    ).all()
    others = [row.feed_id for row in feeds if not row.owns]
    if len(others) != 1:
        shown = ", ".join(row.url for row in feeds if not row.owns) or "only one feed carries it"
        raise RefusedError(str(release_id), f"name the feeds whose sightings leave it ({shown})")
    return others


def _unmerge(connection: Connection, kept: UUID, gone: UUID) -> Moved:
    ids = {"kept": kept, "gone": gone}
    connection.execute(text("UPDATE core.releases SET merged_into = NULL WHERE id = :gone"), ids)
    moved = connection.execute(
        text(
            "UPDATE core.sightings SET release_id = :gone, merged_from = NULL, "
            "reason = replace(reason, 'merged by hand: ', '') WHERE release_id = :kept AND merged_from = :gone"
        ),
        ids,
    ).rowcount
    connection.execute(
        text(
            "UPDATE core.identities i SET release_id = :gone FROM ("
            "  SELECT d ->> 0 AS kind, decode(d ->> 1, 'hex') AS digest FROM core.decisions c, "
            "    jsonb_array_elements(c.detail -> 'digests') AS d "
            "  WHERE c.kind = 'merge' AND c.release_id = :kept AND c.other_id = :gone) k "
            "WHERE i.kind = k.kind AND i.digest = k.digest AND i.release_id = :kept"
        ),
        ids,
    )
    _own(connection, gone)
    _record(connection, "split", kept, gone, {})
    return Moved(gone, moved)


def _split_off(connection: Connection, release_id: UUID, feed_ids: Collection[UUID]) -> Moved:
    sightings = connection.execute(
        text("SELECT feed_id, entry_key, url FROM core.sightings WHERE release_id = :id"), {"id": release_id}
    ).all()
    leaving = [row for row in sightings if row.feed_id in feed_ids]
    if not leaving or len(leaving) == len(sightings):
        raise RefusedError(
            str(release_id), "some of its sightings must leave and some must stay; name other feeds"
        )
    (made,) = new_ids(connection, 1)
    _copy_release(connection, release_id, made)
    connection.execute(
        text(
            "UPDATE core.sightings SET release_id = :made, by_hand = true, is_primary = false, carried = '', "
            "reason = 'split by hand' WHERE release_id = :id AND feed_id = ANY(:feeds)"
        ),
        {"made": made, "id": release_id, "feeds": list(feed_ids)},
    )
    stay = {url_digest(row.url) for row in sightings if row.feed_id not in feed_ids}
    urls = {digest for row in leaving if (digest := url_digest(row.url)) and digest not in stay}
    connection.execute(
        text(
            "UPDATE core.identities SET release_id = :made WHERE release_id = :id AND kind = 'url' "
            "AND digest = ANY(:urls)"
        ),
        {"made": made, "id": release_id, "urls": list(urls)},
    )
    for one in (made, release_id):
        _own(connection, one)
    _record(connection, "split", release_id, made, {"feeds": [str(feed) for feed in feed_ids]})
    return Moved(made, len(leaving))


def _copy_release(connection: Connection, release_id: UUID, made: UUID) -> None:
    """Give the new release the text of the old: its own words come when its feed carries them again."""
    ids = {"made": made, "id": release_id}
    connection.execute(
        text(
            "INSERT INTO core.releases (id, state, backlog, publisher, url, published_claim, published_at, "
            "  published_doubt, first_seen_at, updated_at, tags, media, text_source, text_detail, embargo_until, "
            "  matched_version, site, fetch_id) "
            "SELECT :made, 'settled', backlog, publisher, url, published_claim, published_at, published_doubt, "
            "  first_seen_at, now(), tags, media, text_source, 'split by hand: the text is that of the release "
            "it was split from, until its feed carries it again', embargo_until, matched_version, site, fetch_id "
            "FROM core.releases WHERE id = :id"
        ),
        ids,
    )
    connection.execute(
        text(
            "INSERT INTO core.revisions (release_id, revision, title, summary, body, dateline, language, zones, "
            "  words, made_at) "
            "SELECT :made, 1, v.title, v.summary, v.body, v.dateline, v.language, v.zones, v.words, now() "
            "FROM core.revisions v JOIN core.releases r ON r.id = v.release_id AND r.revision = v.revision "
            "WHERE r.id = :id"
        ),
        ids,
    )


def _own(connection: Connection, release_id: UUID) -> None:
    """Let the first sighting own a release that has none of its primary source any more."""
    connection.execute(
        text(
            "UPDATE core.sightings s SET is_primary = true FROM ("
            "  SELECT feed_id, entry_key FROM core.sightings WHERE release_id = :id "
            "  ORDER BY first_seen_at, feed_id LIMIT 1) f "
            "WHERE s.release_id = :id AND s.feed_id = f.feed_id AND s.entry_key = f.entry_key "
            "AND NOT EXISTS (SELECT FROM core.sightings o WHERE o.release_id = :id AND o.is_primary)"
        ),
        {"id": release_id},
    )


def _check_open(connection: Connection, release_id: UUID) -> None:
    row = connection.execute(
        text("SELECT state, merged_into, erased_at FROM core.releases WHERE id = :id FOR UPDATE"),
        {"id": release_id},
    ).one()
    if row.merged_into is not None:
        raise RefusedError(str(release_id), f"was merged into {row.merged_into}; name that one")
    if row.erased_at is not None:
        raise RefusedError(str(release_id), "was erased; nothing of it is left to move")
    if row.state == "settling":
        raise RefusedError(str(release_id), "waits for its page; try again in two minutes")


_DECIDED = text(
    "INSERT INTO core.decisions (kind, release_id, other_id, detail) VALUES (:kind, :id, :other, :detail)"
).bindparams(bindparam("detail", type_=JSONB))


def _record(
    connection: Connection, kind: str, release_id: UUID, other: UUID | None, detail: dict[str, object]
) -> None:
    connection.execute(_DECIDED, {"kind": kind, "id": release_id, "other": other, "detail": detail})
