"""Between hops 6 and 8: what publishers repeat is marked in their drafts, before any is identified or matched."""

from collections.abc import Sequence
from dataclasses import replace

from services.worker.prepare import Prepared, identified
from shared.domain.releases.draft import Draft
from shared.domain.releases.filing import Candidate
from shared.domain.releases.habits import habit_key, mark_repeated, remembers
from shared.store.database import Database, Transaction
from shared.store.habits import load_habits


def mark_prepared(database: Database, prepared: Sequence[Prepared]) -> list[Prepared]:
    """Mark the boilerplate of every candidate, learnt from past releases and from the others of the batch."""
    drafts = [candidate.draft for one in prepared for candidate in one.candidates]
    if not any(map(remembers, drafts)):
        return list(prepared)
    with database.begin() as transaction:
        marked = iter(mark_drafts(transaction, drafts))
    return [
        replace(one, candidates=tuple(_with_draft(one, c, next(marked)) for c in one.candidates))
        for one in prepared
    ]


def mark_drafts(transaction: Transaction, drafts: Sequence[Draft]) -> tuple[Draft, ...]:
    """Mark the boilerplate of these drafts."""
    keys = {habit_key(draft) for draft in drafts if remembers(draft)}
    return mark_repeated(drafts, load_habits(transaction, keys))


def _with_draft(one: Prepared, candidate: Candidate, draft: Draft) -> Candidate:
    if draft.zones == candidate.draft.zones:
        return candidate
    return replace(candidate, draft=draft, identity=identified(draft, one.fetch, candidate.entry_key))
