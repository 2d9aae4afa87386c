"""Erasing a release: its words go everywhere, what was owed adds up still, and it does not come back."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, text

from shared.domain.alerts.payload import compact_json
from shared.domain.releases.filing import Candidate, DigestKey, digest_keys
from shared.errors import RefusedError
from shared.store.database import read_clock
from shared.store.folding import unfold_held
from shared.store.known import lock_identity
from shared.store.retelling import take_orphans, tell_orphans
from shared.store.unnaming import unname_translations


@dataclass(frozen=True, slots=True)
class Erased:
    """How many digests keep it from coming back, alerts are cancelled, and messages lost their words.

    `told_anew`: alerts of other releases that a message of these was to tell, and that ring by themselves now.
    """

    digests: int
    cancelled: int
    emptied: int
    told_anew: int = 0


_WORDS_GO = """
    UPDATE core.revisions SET title = '', summary = '', body = '', dateline = '', zones = '[]', words = '',
        changes = NULL WHERE release_id = ANY(:ids);
    UPDATE core.matches SET snippet = '', evidence = CASE WHEN evidence IS NOT NULL THEN CAST('[]' AS jsonb) END
        WHERE release_id = ANY(:ids);
    DELETE FROM core.bands b USING core.releases r
        WHERE r.id = ANY(:ids) AND b.band = ANY(r.bands) AND b.release_id = r.id;
    UPDATE core.releases SET erased_at = now(), state = 'settled', settle_by = NULL, late_until = NULL,
        pending_draft = NULL, lease = NULL, leased_until = NULL, ring_at = NULL, settle_url = NULL, publisher = '',
        url = NULL, published_claim = NULL, published_doubt = '', tags = '{}', media = '[]', text_detail = '',
        bands = '{}', withdrawn_reason = '', site = '' WHERE id = ANY(:ids);
    DELETE FROM core.sightings WHERE release_id = ANY(:ids);
    DELETE FROM core.read_texts WHERE release_id = ANY(:ids);
    DELETE FROM core.search_texts WHERE release_id = ANY(:ids);
    DELETE FROM core.translations WHERE release_id = ANY(:ids);
    DELETE FROM core.story_links WHERE release_id = ANY(:ids) OR sibling_id = ANY(:ids);
    UPDATE core.releases SET story_id = NULL WHERE id = ANY(:ids)
"""


def erase_release(connection: Connection, release_id: UUID) -> Erased:
    """Erase a release and what was merged into it: texts, evidence, payloads; its digests stay as a tombstone.

    Alerts not delivered yet are cancelled, reason `erased`; delivered ones stay counted. What their messages were
    to tell of other releases is told anew; the messages of its translations name it no more. Raises RefusedError
    where it was erased, or merged into another.
    """
    lock_identity(connection)
    _check(connection, release_id)
    ids = connection.scalars(
        text("SELECT id FROM core.releases WHERE id = :id OR merged_into = :id ORDER BY id FOR UPDATE"),
        {"id": release_id},
    ).all()
    orphans = take_orphans(connection, ids)
    unfold_held(connection, ids)
    unname_translations(connection, ids)
    emptied = _empty_messages(connection, ids)
    cancelled = connection.execute(
        text(
            "UPDATE core.alerts SET state = 'cancelled', reason = 'erased', telling = NULL "
            "WHERE release_id = ANY(:ids) AND state = 'held'"
        ),
        {"ids": ids},
    ).rowcount
    digests = connection.execute(
        text(
            "WITH gone AS (DELETE FROM core.identities WHERE release_id = ANY(:ids) RETURNING kind, digest) "
            "INSERT INTO core.erased (kind, digest) SELECT kind, digest FROM gone ON CONFLICT DO NOTHING"
        ),
        {"ids": ids},
    ).rowcount
    for statement in _WORDS_GO.split(";"):
        connection.execute(text(statement), {"ids": ids})
    tell_orphans(connection, orphans, read_clock(connection))
    connection.execute(
        text("INSERT INTO core.decisions (kind, release_id) SELECT 'erase', unnest(CAST(:ids AS uuid[]))"),
        {"ids": ids},
    )
    return Erased(digests, cancelled + sum(pending for pending, _ in emptied), len(emptied), len(orphans))


def _check(connection: Connection, release_id: UUID) -> None:
    row = connection.execute(
        text("SELECT merged_into, erased_at FROM core.releases WHERE id = :id"), {"id": release_id}
    ).one()
    if row.erased_at is not None:
        raise RefusedError(str(release_id), f"was erased on {row.erased_at:%Y-%m-%d} already")
    if row.merged_into is not None:
        raise RefusedError(str(release_id), f"was merged into {row.merged_into}; name that one")


def _empty_messages(connection: Connection, ids: Sequence[UUID]) -> list[tuple[bool, UUID]]:
    """Take the release's words out of every stored message that tells it; say which were due."""
    rows = connection.execute(
        text(
            "SELECT m.id, m.state, m.type, m.format, m.payload, "
            "  EXISTS (SELECT FROM core.alerts o "
            "   WHERE o.message_id = m.id AND NOT o.release_id = ANY(:ids)) AS others "
            "FROM core.messages m WHERE m.id IN (SELECT message_id FROM core.alerts WHERE release_id = ANY(:ids)) "
            "ORDER BY m.id FOR UPDATE OF m"
        ),
        {"ids": list(ids)},
    ).all()
    emptied: list[tuple[bool, UUID]] = []
    for row in rows:
        is_due = row.state == "pending"
        rest = _without(bytes(row.payload), ids) if row.others and row.format == "standard" else b""
        _replace(connection, row.id, rest, cancel=is_due and not rest)
        emptied.append((is_due and not rest, row.id))
    _cancel_in_kept_digests(connection, ids)
    return emptied


def _without(payload: bytes, ids: Sequence[UUID]) -> bytes:
    """Give a digest's body without what it tells of these releases."""
    body = json.loads(payload or b"{}")
    gone = {str(release_id) for release_id in ids}
    alerts = body.get("data", {}).get("alerts")
    if not alerts:
        return b""
    body["data"]["alerts"] = [alert for alert in alerts if alert.get("release", {}).get("id") not in gone]
    return compact_json(body) if body["data"]["alerts"] else b""


def _replace(connection: Connection, message_id: UUID, payload: bytes, *, cancel: bool) -> None:
    cancelled = "state = 'cancelled', reason = 'erased', next_attempt_at = NULL, " if cancel else ""
    connection.execute(
        text(f"UPDATE core.messages SET {cancelled}payload = :payload WHERE id = :id"),  # noqa: S608 - our words
        {"payload": payload, "id": message_id},
    )


def _cancel_in_kept_digests(connection: Connection, ids: Sequence[UUID]) -> None:
    """Cancel, one by one, the alerts whose digest goes out without them."""
    connection.execute(
        text(
            "UPDATE core.alerts a SET state = 'cancelled', reason = 'erased', message_id = NULL "
            "FROM core.messages m WHERE m.id = a.message_id AND m.state = 'pending' AND a.release_id = ANY(:ids)"
        ),
        {"ids": list(ids)},
    )


def list_erased(connection: Connection, candidates: Sequence[Candidate]) -> set[DigestKey]:
    """List those digests of the candidates that are an erased release's."""
    keys = sorted({key for candidate in candidates for key in digest_keys(candidate.identity)})
    return find_erased(connection, keys)


def find_erased(connection: Connection, keys: Sequence[DigestKey]) -> set[DigestKey]:
    """Tell which of these digests are an erased release's."""
    rows = connection.execute(
        text(
            "SELECT e.kind, e.digest FROM core.erased e "
            "JOIN unnest(CAST(:kinds AS text[]), CAST(:digests AS bytea[])) AS k (kind, digest) "
            "ON e.kind = k.kind AND e.digest = k.digest"
        ),
        {"kinds": [kind for kind, _ in keys], "digests": [digest for _, digest in keys]},
    )
    return {(row.kind, bytes(row.digest)) for row in rows}
