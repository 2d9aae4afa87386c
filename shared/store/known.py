"""What is known of the releases that a batch of entries may belong to, and the lock under which that holds."""

from collections import Counter
from collections.abc import Sequence
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import Connection, text

from shared.domain.releases.draft import Zone
from shared.domain.releases.filing import (
    MOST_NEAR,
    Candidate,
    DigestKey,
    KnownRelease,
    KnownReleases,
    KnownSighting,
    SightingKey,
    digest_keys,
)

# Held only for the re-check and the inserts. A lock per digest would run out of shared memory (20,000 do).
_IDENTITY_LOCK = 0x746F6373_00000002
# A form that a publisher fills in every day shares its bands with thousands: the last few of each are enough.
_LAST_OF_A_BAND = 8

_ZONES: TypeAdapter[tuple[Zone, ...]] = TypeAdapter(tuple[Zone, ...])


def lock_identity(connection: Connection) -> None:
    """Let one transaction at a time decide what is one release; held until it ends."""
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _IDENTITY_LOCK})


def load_known(connection: Connection, candidates: Sequence[Candidate]) -> KnownReleases:
    """Load every stored release that one of the candidates may belong to, with its sightings."""
    digests = _load_digests(connection, candidates)
    unknown = [c for c in candidates if not any(key in digests for key in digest_keys(c.identity))]
    bands = load_bands(connection, [candidate.bands for candidate in unknown])
    decided = _load_decided(connection, candidates)
    ids = list({*digests.values(), *decided.values(), *(i for found in bands.values() for i in found)})
    releases = load_releases(connection, ids)
    kept = {one.merged_into for one in releases.values() if one.merged_into} - releases.keys()
    releases |= load_releases(connection, list(kept)) if kept else {}
    return KnownReleases(
        digests=digests,
        bands=bands,
        sightings=_load_sightings(connection, list(releases), candidates),
        releases=releases,
        decided=decided,
    )


def _load_decided(connection: Connection, candidates: Sequence[Candidate]) -> dict[tuple[UUID, bytes], UUID]:
    rows = connection.execute(
        text(
            "SELECT s.feed_id, s.entry_key, s.release_id FROM core.sightings s "
            "JOIN unnest(CAST(:feeds AS uuid[]), CAST(:keys AS bytea[])) AS k (feed_id, entry_key) "
            "ON s.feed_id = k.feed_id AND s.entry_key = k.entry_key WHERE s.by_hand"
        ),
        {"feeds": [c.feed_id for c in candidates], "keys": [c.entry_key for c in candidates]},
    )
    return {(row.feed_id, bytes(row.entry_key)): row.release_id for row in rows}


def load_bands(connection: Connection, texts: Sequence[Sequence[int]]) -> dict[int, list[UUID]]:
    """Find the releases that share bands with each of these texts: of each text's, those that share the most.

    An index lookup a band, with a limit: its cost does not grow with what is stored.
    """
    wanted = sorted({band for bands in texts for band in bands})
    rows = connection.execute(
        text(
            "SELECT k.band, last.release_id FROM unnest(CAST(:bands AS bigint[])) AS k (band) "
            "CROSS JOIN LATERAL (SELECT b.release_id FROM core.bands b WHERE b.band = k.band "
            "                    ORDER BY b.release_id DESC LIMIT :last) AS last"
        ),
        {"bands": wanted, "last": _LAST_OF_A_BAND},
    )
    found: dict[int, list[UUID]] = {}
    for band, release_id in rows.all():
        found.setdefault(band, []).append(release_id)
    nearest = {i for bands in texts for i in _nearest(found, bands)}
    return {band: kept for band, ids in found.items() if (kept := [i for i in ids if i in nearest])}


def _nearest(found: dict[int, list[UUID]], bands: Sequence[int]) -> list[UUID]:
    shared = Counter(release_id for band in bands for release_id in found.get(band, ()))
    return [release_id for release_id, _ in shared.most_common(MOST_NEAR)]


def _load_digests(connection: Connection, candidates: Sequence[Candidate]) -> dict[DigestKey, UUID]:
    keys = sorted({key for candidate in candidates for key in digest_keys(candidate.identity)})
    rows = connection.execute(
        text(
            "SELECT i.kind, i.digest, i.release_id FROM core.identities i "
            "JOIN unnest(CAST(:kinds AS text[]), CAST(:digests AS bytea[])) AS k (kind, digest) "
            "ON i.kind = k.kind AND i.digest = k.digest"
        ),
        {"kinds": [kind for kind, _ in keys], "digests": [digest for _, digest in keys]},
    )
    return {(row.kind, bytes(row.digest)): row.release_id for row in rows.all()}


def _load_sightings(
    connection: Connection, release_ids: list[UUID], candidates: Sequence[Candidate]
) -> dict[SightingKey, KnownSighting]:
    rows = connection.execute(
        text(
            "SELECT release_id, feed_id, entry_key, carried, is_primary FROM core.sightings "
            "WHERE release_id = ANY(:ids) AND feed_id = ANY(:feeds)"
        ),
        {"ids": release_ids, "feeds": list({candidate.feed_id for candidate in candidates})},
    )
    return {
        SightingKey(row.feed_id, bytes(row.entry_key), row.release_id): KnownSighting(
            bytes(row.carried), row.is_primary
        )
        for row in rows.all()
    }


def load_releases(connection: Connection, release_ids: Sequence[UUID]) -> dict[UUID, KnownRelease]:
    """Load the latest revision of each of these releases."""
    rows = connection.execute(
        text(
            "SELECT r.id, r.revision, v.words, v.title, v.body, v.zones, r.text_source, r.url, r.site, "
            "r.publisher, r.published_at, r.merged_into, r.state = 'settling' AS settling FROM core.releases r "
            "JOIN core.revisions v ON v.release_id = r.id AND v.revision = r.revision WHERE r.id = ANY(:ids)"
        ),
        {"ids": list(release_ids)},
    )
    return {
        row.id: KnownRelease(
            revision=row.revision,
            words=bytes(row.words),
            title=row.title,
            body=row.body,
            text_source=row.text_source,
            settling=row.settling,
            zones=read_zones(row.zones),
            url=row.url,
            site=row.site,
            publisher=row.publisher,
            published_at=row.published_at,
            merged_into=row.merged_into,
        )
        for row in rows.all()
    }


def read_zones(stored: object) -> tuple[Zone, ...]:
    """Read the zones of a stored revision."""
    return _ZONES.validate_python(stored)
