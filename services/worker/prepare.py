"""From a fetched document to candidates: parse, clean and identify, all before any transaction."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from shared.domain.feeds.entry import Entry, ParsedFeed
from shared.domain.feeds.entry_key import entry_key
from shared.domain.feeds.parse_feed import parse_feed
from shared.domain.releases.build_draft import believed_whole, build_draft, needs_page
from shared.domain.releases.draft import Draft, Refusal
from shared.domain.releases.filing import Candidate
from shared.domain.releases.identity import Identity, identify
from shared.domain.releases.late_pages import gives_whole_texts
from shared.domain.releases.withdrawal import TakenBack
from shared.domain.web.url import site_of
from shared.errors import DocumentError
from shared.logs import get_log
from shared.store.fetches import ClaimedFetch, FeedFacts

log = get_log("worker")


@dataclass(frozen=True, slots=True)
class Prepared:
    """A fetch with its entries made ready; `refused` and `failed` say why the others are not among them."""

    fetch: ClaimedFetch
    feed: FeedFacts
    candidates: tuple[Candidate, ...]
    refused: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    taken_back: tuple[TakenBack, ...] = ()

    @property
    def detail(self) -> str:
        """Say in words what was refused and what failed."""
        return "; ".join(dict.fromkeys((*self.refused, *self.failed)))[:1000]


def prepare_fetch(fetch: ClaimedFetch, now: datetime) -> Prepared:
    """Read the new entries of a fetch; one bad entry is counted and does not spoil the others."""
    try:
        parsed = parse_feed(fetch.document, fetch.url, fetch.content_type)
    except DocumentError as error:
        return Prepared(fetch, fetch.feed, (), failed=(str(error),) * fetch.expected_entries)
    feed = _feed_facts(fetch, parsed)
    results = [_prepare_entry(entry, fetch, feed, now) for entry in _new_entries(parsed.entries, fetch)]
    absent = fetch.expected_entries - len(results)
    return Prepared(
        fetch,
        feed,
        candidates=tuple(r for r in results if isinstance(r, Candidate)),
        taken_back=tuple(r for r in results if isinstance(r, TakenBack)),
        refused=tuple(r.reason for r in results if isinstance(r, Refusal)),
        failed=(
            *(str(r) for r in results if isinstance(r, Exception)),
            *("an entry that the poll saw could not be found again",) * absent,
        ),
    )


def _feed_facts(fetch: ClaimedFetch, parsed: ParsedFeed) -> FeedFacts:
    title = fetch.feed.title if fetch.feed_title_given else parsed.title or fetch.feed.title
    return FeedFacts(title, parsed.kind, parsed.language)


def _new_entries(entries: tuple[Entry, ...], fetch: ClaimedFetch) -> Iterator[Entry]:
    if fetch.positions is None:
        return iter(entries)
    return (entries[position] for position in fetch.positions if position < len(entries))


def _prepare_entry(
    entry: Entry, fetch: ClaimedFetch, feed: FeedFacts, now: datetime
) -> Candidate | TakenBack | Refusal | Exception:
    try:
        if entry.withdrawn is not None:
            reason = entry.withdrawn.reason or "the feed has deleted the entry"
            return TakenBack(fetch.id, fetch.feed_id, entry_key(entry), reason, entry.withdrawn.at)
        return _candidate(entry, fetch, feed, now)
    except Exception as error:  # a loop's edge: one entry must not spoil its feed
        log.exception("entry failed", fetch_id=str(fetch.id), guid=entry.guid, url=entry.url)
        return error


def _candidate(entry: Entry, fetch: ClaimedFetch, feed: FeedFacts, now: datetime) -> Candidate | Refusal:
    draft = build_draft(entry, feed.title, feed.language, fetch.url, now)
    if isinstance(draft, Refusal):
        return draft
    if gives_whole_texts(fetch.page_votes, fetch.page_voted_at, now):
        draft = believed_whole(draft)
    key = entry_key(entry)
    return Candidate(
        fetch_id=fetch.id,
        feed_id=fetch.feed_id,
        entry_key=key,
        guid=entry.guid,
        feed=feed.title,
        draft=draft,
        identity=identified(draft, fetch, key),
        needs_page=needs_page(draft),
        backlog=fetch.backlog,
        site=site_of(draft.url or fetch.url),
    )


def identified(draft: Draft, fetch: ClaimedFetch, entry_key: bytes) -> Identity:
    """Identify a draft as its feed's entry."""
    return identify(draft, str(fetch.feed_id), entry_key.hex(), fetch.trusts_guids)
