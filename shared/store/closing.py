"""Closing fetches: one outcome an entry, counted in the transaction that files them (T3)."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from sqlalchemy import Connection, bindparam, text, update

from shared.domain.releases.filing import Filing
from shared.domain.releases.identity import Copy, New, Revised
from shared.store.tables import Fetch, table_of

_OUTCOMES = ("new", "revised", "copies", "seen", "settling", "refused", "failed")


def mark_fetches_processed(
    connection: Connection, counts: Mapping[UUID, Mapping[str, int]], details: Mapping[UUID, str]
) -> None:
    """Close fetches with one outcome an entry, and let their bytes go."""
    fetch = table_of(Fetch)
    rows = [
        {
            "wanted": fetch_id,
            "state": "processed",
            "document": None,
            "lease": None,
            "leased_until": None,
            "detail": details.get(fetch_id, ""),
            "entries": sum(outcomes.values()),
            # The statement's columns are those of the first row: each row names them all.
            **dict.fromkeys(_OUTCOMES, 0),
            **outcomes,
        }
        for fetch_id, outcomes in counts.items()
    ]
    if rows:
        connection.execute(update(fetch).where(fetch.c.id == bindparam("wanted")), rows)


def still_leased(connection: Connection, lease: UUID, fetch_ids: Sequence[UUID]) -> set[UUID]:
    """Lock and give those fetches that are still ours: another worker may have taken over a late one."""
    rows = connection.scalars(
        text(
            "SELECT id FROM core.fetches WHERE id = ANY(:ids) AND lease = :lease AND state = 'working' "
            "ORDER BY id FOR UPDATE"
        ),
        {"ids": list(fetch_ids), "lease": lease},
    )
    return set(rows)


def count_outcomes(filings: Iterable[Filing]) -> dict[UUID, dict[str, int]]:
    """Count, for each fetch, what became of its filed entries."""
    counts: dict[UUID, dict[str, int]] = {}
    for filing in filings:
        outcomes = counts.setdefault(filing.candidate.fetch_id, {})
        name = _outcome(filing)
        outcomes[name] = outcomes.get(name, 0) + 1
    return counts


def _outcome(filing: Filing) -> str:
    if filing.settles:
        return "copies" if filing.joins_waiting else "settling"
    if isinstance(filing.decision, New):
        return "new"
    if isinstance(filing.decision, Revised):
        return "revised"
    return "copies" if isinstance(filing.decision, Copy) else "seen"
