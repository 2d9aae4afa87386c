"""Withdrawals: what a feed takes back is said in the release, and to those who were told of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from services.worker.prepare import Prepared
from shared.domain.alerts.payload import ReleaseFacts, Withdrawn
from shared.domain.releases.filing import Candidate, digest_keys
from shared.domain.releases.withdrawal import TakenBack, read_withdrawal_notice
from shared.store.alerts import MatchedText
from shared.store.database import Transaction
from shared.store.erasing import list_erased
from shared.store.withdrawals import find_withdrawable, mark_withdrawn

UNKNOWN = "the feed takes back an entry that it was not the first to carry here"
ERASED = "it was erased, or is older than releases are kept, and does not come back"


@dataclass(slots=True)
class Withdrawals:
    """What became of the entries that are not filed: outcomes and reasons by fetch."""

    outcomes: dict[UUID, dict[str, int]] = field(default_factory=dict)
    refusals: dict[UUID, set[str]] = field(default_factory=dict)

    def count(self, fetch_id: UUID, outcome: str) -> None:
        """Count one entry of a fetch: a withdrawal changes a known release, so it counts as *revised*."""
        outcomes = self.outcomes.setdefault(fetch_id, {})
        outcomes[outcome] = outcomes.get(outcome, 0) + 1

    def refuse(self, fetch_id: UUID, reason: str) -> None:
        """Count one entry of a fetch as refused, and why."""
        self.count(fetch_id, "refused")
        self.refusals.setdefault(fetch_id, set()).add(reason)

    def detail(self, prepared: Prepared) -> str:
        """Say in words what became of a fetch's entries."""
        return "; ".join(filter(None, (prepared.detail, *sorted(self.refusals.get(prepared.fetch.id, ())))))


def split_erased(
    transaction: Transaction, candidates: Sequence[Candidate], done: Withdrawals
) -> list[Candidate]:
    """Refuse the entries of releases that were erased; give the others."""
    erased = list_erased(transaction, candidates)
    kept = []
    for candidate in candidates:
        if erased.intersection(digest_keys(candidate.identity)):
            done.refuse(candidate.fetch_id, ERASED)
        else:
            kept.append(candidate)
    return kept


def split_notices(
    transaction: Transaction, candidates: Sequence[Candidate]
) -> tuple[list[Candidate], list[TakenBack]]:
    """Tell the notices that withdraw a release of their feed's from the entries to file."""
    kept: list[Candidate] = []
    notices: list[TakenBack] = []
    for candidate in candidates:
        notice = read_withdrawal_notice(candidate.draft)
        taken = notice and TakenBack(
            candidate.fetch_id,
            candidate.feed_id,
            candidate.entry_key,
            notice.reason,
            candidate.draft.published_at,
            notice.titles,
            candidate.identity.carried,
        )
        if taken and find_withdrawable(transaction, taken):
            notices.append(taken)
        else:
            kept.append(candidate)
    return kept, notices


def withdraw(
    transaction: Transaction, taken: Sequence[TakenBack], done: Withdrawals, at: datetime
) -> list[MatchedText]:
    """Withdraw what these entries take back; give what those who were told of it are to be told, once."""
    texts = []
    for one in taken:
        release_id = find_withdrawable(transaction, one)
        release = mark_withdrawn(transaction, release_id, one, now=at) if release_id else None
        if release_id is None:
            done.refuse(one.fetch_id, UNKNOWN)
            continue
        done.count(one.fetch_id, "revised" if release else "seen")
        if release:
            facts = ReleaseFacts(**release.facts | {"id": str(release.id)})
            texts.append(MatchedText(facts, (), release.backlog, withdrawn=Withdrawn(at, one.reason)))
    return texts
