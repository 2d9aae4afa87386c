"""Releases: what is known of them, and the writing of a plan that files a batch of entries."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import Connection, Integer, bindparam, cast, insert, text, update
from sqlalchemy.dialects.postgresql import insert as upsert

from shared.domain.alerts.payload import Changes
from shared.domain.releases.changes import describe_changes
from shared.domain.releases.draft import Draft
from shared.domain.releases.filing import DigestKey, Filing, SightingKey
from shared.domain.releases.identity import New, Revised
from shared.domain.web.url import host_of
from shared.store.tables import Identity, Release, Revision, Sighting, table_of

# Held only for the re-check and the inserts. A lock per digest would run out of shared memory (20,000 do).
_IDENTITY_LOCK = 0x746F6373_00000002

# A release and one of its revisions.
RevisionKey = tuple[UUID, int]

_DRAFT: TypeAdapter[Draft] = TypeAdapter(Draft)


def add_filings(
    connection: Connection, filings: Sequence[Filing], *, now: datetime, settle_by: datetime
) -> dict[RevisionKey, Changes]:
    """Write a plan: releases, revisions, identities and sightings; give what each revision changed."""
    if not filings:
        return {}
    _add_page_hosts(connection, [f for f in filings if f.settles])
    _add_releases(connection, [f for f in filings if isinstance(f.decision, New)], now, settle_by)
    revised = [f for f in filings if isinstance(f.decision, Revised)]
    changes = _add_revisions(connection, [f for f in revised if not f.settles], now)
    _await_pages(connection, [f for f in revised if f.settles and not f.joins_waiting], settle_by)
    _replace_waiting(connection, [f for f in revised if f.joins_waiting])
    _add_identities(connection, filings)
    # A new release was written with its bands.
    _add_bands(connection, [(f.release_id, f.bands) for f in filings if isinstance(f.decision, New)])
    add_bands(connection, [(f.release_id, f.bands) for f in revised])
    _add_sightings(connection, filings, now)
    return changes


def _add_page_hosts(connection: Connection, filings: Sequence[Filing]) -> None:
    hosts = sorted({host_of(f.candidate.draft.url or "") for f in filings})
    if hosts:
        rows = [{"host": host} for host in hosts]
        connection.execute(
            text("INSERT INTO core.hosts (host) VALUES (:host) ON CONFLICT (host) DO NOTHING"), rows
        )


def _add_releases(
    connection: Connection, filings: Sequence[Filing], now: datetime, settle_by: datetime
) -> None:
    if not filings:
        return
    connection.execute(insert(table_of(Release)), [_release_row(f, now, settle_by) for f in filings])
    connection.execute(
        insert(table_of(Revision)),
        [revision_row(f.release_id, 1, f.draft, f.words, now) for f in filings],
    )


def _release_row(filing: Filing, now: datetime, settle_by: datetime) -> dict[str, Any]:
    candidate = filing.candidate
    return release_facts(filing.draft) | {
        "id": filing.release_id,
        "state": "settling" if filing.settles else "settled",
        "settle_by": settle_by if filing.settles else None,
        "settle_url": candidate.draft.url if filing.settles else None,
        "settle_host": host_of(candidate.draft.url or "") if filing.settles else None,
        "pending_draft": draft_to_json(candidate.draft) if filing.settles else None,
        "ring_at": now if filing.settles else None,
        "fetch_id": candidate.fetch_id,
        "backlog": candidate.backlog,
        "site": candidate.site,
        "bands": list(filing.bands),
        "first_seen_at": now,
        "updated_at": now,
    }


def release_facts(draft: Draft) -> dict[str, Any]:
    """Give the columns of a release that its draft fills."""
    return {
        "publisher": draft.publisher,
        "url": draft.url,
        "published_claim": draft.published_claim,
        "published_at": draft.published_at,
        "published_doubt": draft.published_doubt,
        "published_precision": draft.published_precision,
        "tags": list(draft.tags),
        "media": [asdict(piece) for piece in draft.media],
        "text_source": draft.text_source,
        "text_detail": draft.text_detail,
        "embargo_until": draft.embargo_until,
    }


def revision_row(
    release_id: UUID, revision: int, draft: Draft, words: bytes, now: datetime
) -> dict[str, Any]:
    """Give the row of one version of a release's text."""
    return {
        "release_id": release_id,
        "revision": revision,
        "title": draft.title,
        "summary": draft.summary,
        "body": draft.body,
        "dateline": draft.dateline,
        "language": draft.language,
        "zones": [asdict(zone) for zone in draft.zones],
        "words": words,
        "made_at": now,
        "changes": None,
    }


def _add_revisions(
    connection: Connection, filings: Sequence[Filing], now: datetime
) -> dict[RevisionKey, Changes]:
    return {
        (f.release_id, f.revision): add_revision(
            connection, (f.release_id, f.revision), f.draft, f.words, now=now
        )
        for f in filings
    }


def add_revision(
    connection: Connection, key: RevisionKey, draft: Draft, words: bytes, *, now: datetime
) -> Changes:
    """Make a new version of a release's text and give what it changed, word by word."""
    release_id, revision = key
    before = connection.execute(
        text("SELECT title, body FROM core.revisions WHERE release_id = :id AND revision = :before"),
        {"id": release_id, "before": revision - 1},
    ).one()
    changes = Changes(
        title=describe_changes(before.title, draft.title), body=describe_changes(before.body, draft.body)
    )
    row = revision_row(release_id, revision, draft, words, now) | {"changes": asdict(changes)}
    connection.execute(insert(table_of(Revision)), row)
    # What is published again after it was withdrawn is withdrawn no longer.
    facts = release_facts(draft) | {"revision": revision, "updated_at": now, "withdrawn_at": None}
    connection.execute(update(table_of(Release)).where(table_of(Release).c.id == release_id), facts)
    return changes


def replace_text(
    connection: Connection, key: RevisionKey, draft: Draft, words: bytes, *, now: datetime
) -> None:
    """Put the completed text in the place of the summary: a page that comes, even late, makes no revision."""
    revision, release = table_of(Revision), table_of(Release)
    release_id, number = key
    row = revision_row(release_id, number, draft, words, now)
    del row["changes"]
    connection.execute(
        update(revision).where(revision.c.release_id == release_id, revision.c.revision == number), row
    )
    facts = release_facts(draft) | {"updated_at": now}
    connection.execute(update(release).where(release.c.id == release_id), facts)


def _await_pages(connection: Connection, filings: Sequence[Filing], settle_by: datetime) -> None:
    release = table_of(Release)
    rows = [
        {
            "wanted": f.release_id,
            "state": "settling",
            "settle_by": settle_by,
            "settle_url": f.candidate.draft.url,
            "settle_host": host_of(f.candidate.draft.url or ""),
            "pending_draft": draft_to_json(f.candidate.draft),
            "fetch_id": f.candidate.fetch_id,
            "backlog": f.candidate.backlog,
            "settle_attempts": 0,
            "late_until": None,
        }
        for f in filings
    ]
    if rows:
        connection.execute(update(release).where(release.c.id == bindparam("wanted")), rows)
        connection.execute(
            text("UPDATE core.releases SET ring_at = now() WHERE id = ANY(:ids)"),
            {"ids": [f.release_id for f in filings]},
        )


def _replace_waiting(connection: Connection, filings: Sequence[Filing]) -> None:
    """Let releases that wait already wait with the newest words; the fetch that they came with counts them."""
    release = table_of(Release)
    rows = [{"wanted": f.release_id, "pending_draft": draft_to_json(f.candidate.draft)} for f in filings]
    if rows:
        connection.execute(update(release).where(release.c.id == bindparam("wanted")), rows)


def _add_identities(connection: Connection, filings: Iterable[Filing]) -> None:
    add_identities(connection, ((f.release_id, f.digests) for f in filings))


def add_identities(connection: Connection, owners: Iterable[tuple[UUID, Collection[DigestKey]]]) -> None:
    """Note what identifies releases; a digest that is another release's already stays with it."""
    rows = [
        {"kind": kind, "digest": digest, "release_id": release_id}
        for release_id, keys in owners
        for kind, digest in keys
    ]
    if rows:
        connection.execute(upsert(table_of(Identity)).on_conflict_do_nothing(), rows)


def add_bands(connection: Connection, owners: Sequence[tuple[UUID, Sequence[int]]]) -> None:
    """Note the keys under which near copies of releases are found; those of an earlier text stay."""
    if keys := _add_bands(connection, owners):
        connection.execute(_KEEP_BANDS, keys)


def _add_bands(
    connection: Connection, owners: Sequence[tuple[UUID, Sequence[int]]]
) -> dict[str, list[Any]] | None:
    pairs = [(release_id, band) for release_id, bands in owners for band in bands]
    if not pairs:
        return None
    keys: dict[str, list[Any]] = {"ids": [one for one, _ in pairs], "bands": [band for _, band in pairs]}
    connection.execute(_ADD_BANDS, keys)
    return keys


_ADD_BANDS = text("""
    INSERT INTO core.bands (band, release_id)
    SELECT * FROM unnest(CAST(:bands AS bigint[]), CAST(:ids AS uuid[])) ON CONFLICT DO NOTHING
""")
_KEEP_BANDS = text("""
    UPDATE core.releases r SET bands = array(SELECT DISTINCT unnest(r.bands || more.bands))
    FROM (SELECT id, array_agg(band) AS bands
          FROM unnest(CAST(:bands AS bigint[]), CAST(:ids AS uuid[])) AS k (band, id) GROUP BY id) AS more
    WHERE r.id = more.id AND NOT r.bands @> more.bands
""")


def _add_sightings(connection: Connection, filings: Sequence[Filing], now: datetime) -> None:
    sighting = table_of(Sighting)
    statement = upsert(sighting)
    statement = statement.on_conflict_do_update(
        index_elements=["feed_id", "entry_key", "release_id"],
        set_={
            "carried": statement.excluded.carried,
            "claim": statement.excluded.claim,
            "last_seen_at": statement.excluded.last_seen_at,
            "redated": sighting.c.redated
            + cast(
                sighting.c.claim.is_distinct_from(statement.excluded.claim)
                & (sighting.c.carried == statement.excluded.carried),
                Integer,
            ),
        },
    )
    connection.execute(statement, list(_sighting_rows(filings, now).values()))
    _hand_over(connection, [filing for filing in filings if filing.takes_over])


def _hand_over(connection: Connection, filings: Sequence[Filing]) -> None:
    """Let the publisher's own sightings be the primary ones, in the place of the wires that came first."""
    rows = [
        {
            "id": f.release_id,
            "feed": f.candidate.feed_id,
            "key": f.candidate.entry_key,
            "publisher": f.draft.publisher,
            "site": f.candidate.site,
            "url": f.draft.url,
        }
        for f in filings
    ]
    if rows:
        connection.execute(
            text(
                "UPDATE core.releases SET publisher = :publisher, site = :site, url = coalesce(:url, url) "
                "WHERE id = :id"
            ),
            rows,
        )
        connection.execute(
            text(
                "UPDATE core.sightings SET is_primary = (feed_id = :feed AND entry_key = :key) "
                "WHERE release_id = :id"
            ),
            rows,
        )


def _sighting_rows(filings: Sequence[Filing], now: datetime) -> dict[SightingKey, dict[str, Any]]:
    """Give one row a sighting: the reason is the first filing's, the words are the last one's."""
    rows: dict[SightingKey, dict[str, Any]] = {}
    for filing in filings:
        candidate = filing.candidate
        key = SightingKey(candidate.feed_id, candidate.entry_key, filing.release_id)
        first = {
            "release_id": filing.release_id,
            "feed_id": candidate.feed_id,
            "entry_key": candidate.entry_key,
            "guid": candidate.guid,
            "url": candidate.draft.url,
            "is_primary": isinstance(filing.decision, New),
            "reason": filing.reason,
            "first_seen_at": now,
            "last_seen_at": now,
            "redated": 0,
        }
        latest = {"carried": candidate.identity.carried, "claim": candidate.draft.published_claim}
        rows[key] = rows.get(key, first) | latest
    return rows


def mark_releases_matched(connection: Connection, release_ids: Sequence[UUID], version: int) -> None:
    """Note the version of what is watched that these releases were matched with."""
    connection.execute(
        text("UPDATE core.releases SET matched_version = :version WHERE id = ANY(:ids)"),
        {"version": version, "ids": list(release_ids)},
    )


def draft_to_json(draft: Draft) -> dict[str, Any]:
    """Write a draft as JSON, to be completed from its page later; its sighting keeps the words carried."""
    value: dict[str, Any] = _DRAFT.dump_python(draft, mode="json", exclude={"carried_words"})
    return value


def draft_from_json(value: dict[str, Any]) -> Draft:
    """Read a draft that waited for its page."""
    return _DRAFT.validate_python(value)
