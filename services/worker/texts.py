"""From a filed draft to what the matcher reads and what a receiver is told."""

from datetime import datetime
from uuid import UUID

from services.worker.watching import Judged
from shared.domain.alerts.payload import Changes, ReleaseFacts
from shared.domain.releases.draft import Draft
from shared.domain.releases.filing import Filing
from shared.domain.topics.evidence import MatchText
from shared.domain.web.url import masked_url
from shared.store.alerts import MatchedText
from shared.store.read_texts import StoredReading


def match_text(filing: Filing) -> MatchText:
    """Give the matcher what will be stored of this filing."""
    return draft_text(filing.draft, filing.candidate.feed)


def draft_text(draft: Draft, feed: str) -> MatchText:
    """Give the matcher the text of a draft that came from `feed`."""
    return MatchText(
        title=draft.title,
        body=draft.body,
        dateline=draft.dateline,
        language=draft.language,
        tags=draft.tags,
        zones=draft.zones,
        feeds=(feed,) if feed else (),
    )


def matched_text(filing: Filing, judged: Judged, changes: Changes | None, at: datetime) -> MatchedText:
    """Put a filed text together with the topics that hold for it."""
    facts = release_facts(str(filing.release_id), filing.revision, filing.draft, at)
    return MatchedText(facts, judged.matches, filing.candidate.backlog, changes)


def stored_reading(release_id: UUID, revision: int, judged: Judged, at: datetime) -> StoredReading:
    """Give what is kept of a text that was matched, so that a topic can be tried on it."""
    text = judged.text
    return StoredReading(release_id, revision, judged.language, text.tags, text.feeds, judged.terms, at)


def release_facts(release_id: str, revision: int, draft: Draft, at: datetime) -> ReleaseFacts:
    """Give what a receiver may know of a release; without a claim, it was published when we saw it."""
    return ReleaseFacts(
        id=release_id,
        url=masked_url(draft.url) if draft.url else None,
        title=draft.title,
        summary=draft.summary,
        language=draft.language,
        dateline=draft.dateline,
        publisher=draft.publisher,
        published_at=draft.published_at or at,
        revision=revision,
        embargo_until=draft.embargo_until,
    )
