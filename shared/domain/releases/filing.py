"""Filing: which release each entry of a batch belongs to, decided before anything is written.

The same plan is made twice: outside the transaction on what was known then, and again under the identity
lock on what is known for certain; in-between, another worker may have filed the same release.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from shared.domain.releases.draft import Draft, Zone
from shared.domain.releases.identity import Copy, Decision, Identity, Known, New, Revised, Trace, decide
from shared.domain.releases.near_copy import Likeness, bands_of, liken, near_text
from shared.domain.releases.ownership import speaks_for_itself

# Those that share the most bands are compared word by word.
MOST_NEAR = 8
# Carriers take a release over within days; the same words a month later are the next issue of a series.
NEAR_IN_TIME = timedelta(days=10)

TextSource = Literal["feed", "summary", "page"]
DigestKey = tuple[Trace, bytes]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A cleaned entry with what identifies it; `needs_page` where its feed gave a summary only."""

    fetch_id: UUID
    feed_id: UUID
    entry_key: bytes
    guid: str | None
    feed: str
    draft: Draft
    identity: Identity
    needs_page: bool = False
    backlog: bool = False
    site: str = ""

    @property
    def bands(self) -> tuple[int, ...]:
        """Give the keys under which near copies are found; a summary has none until its page is in."""
        draft = self.draft
        return () if self.needs_page else bands_of(near_text(draft.title, draft.body, draft.zones))


@dataclass(frozen=True, slots=True)
class SightingKey:
    """One entry of one feed, as it told of one release."""

    feed_id: UUID
    entry_key: bytes
    release_id: UUID


@dataclass(frozen=True, slots=True)
class KnownSighting:
    """The words that a sighting last carried, and whether it is its release's primary source."""

    carried: bytes
    is_primary: bool


@dataclass(frozen=True, slots=True)
class KnownRelease:
    """The latest revision of a stored release."""

    revision: int
    words: bytes
    title: str
    body: str
    text_source: TextSource
    settling: bool = False
    zones: tuple[Zone, ...] = ()
    url: str | None = None
    site: str = ""
    publisher: str = ""
    published_at: datetime | None = None
    merged_into: UUID | None = None


@dataclass(frozen=True, slots=True)
class KnownReleases:
    """What the store holds of the releases that a batch may belong to.

    `bands` names, for each key of `bands_of`, the last few releases that have it; `decided` the release to which
    a person has given an entry of a feed.
    """

    digests: Mapping[DigestKey, UUID] = field(default_factory=dict)
    bands: Mapping[int, Sequence[UUID]] = field(default_factory=dict)
    sightings: Mapping[SightingKey, KnownSighting] = field(default_factory=dict)
    releases: Mapping[UUID, KnownRelease] = field(default_factory=dict)
    decided: Mapping[tuple[UUID, bytes], UUID] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Filing:
    """What becomes of one candidate: its decision, and the release and revision it is about.

    `draft` is the text to file; `digests` and `bands` are those that identify the release from now on. `settles` marks
    one whose page is awaited: it is stored now, and matched when the page is in or its time is up;
    `joins_waiting` one whose release was waiting already, and now waits with these words. `takes_over` marks the
    publisher's own entry of what a wire was first to carry: from now on its changes make revisions.
    """

    candidate: Candidate
    decision: Decision
    release_id: UUID
    revision: int
    draft: Draft
    words: bytes
    digests: tuple[DigestKey, ...]
    settles: bool
    joins_waiting: bool = False
    bands: tuple[int, ...] = ()
    takes_over: bool = False

    @property
    def to_match(self) -> bool:
        """Tell whether this filing makes a text that topics have to be matched with now."""
        return isinstance(self.decision, New | Revised) and not self.settles

    @property
    def reason(self) -> str:
        """Say why the entry belongs to the release."""
        if isinstance(self.decision, Copy):
            return self.decision.reason
        return "first" if isinstance(self.decision, New) else "same guid"


def plan_filing(
    candidates: Sequence[Candidate], known: KnownReleases, spare_ids: Sequence[UUID]
) -> tuple[Filing, ...]:
    """Decide for each candidate, in order, so that copies within the batch are found too.

    `spare_ids` holds one id a candidate; a new release takes that of its candidate.
    """
    bands = {band: list(ids) for band, ids in known.bands.items()}
    carriers = {(key.feed_id, key.release_id) for key in known.sightings}
    desk = _Desk(
        dict(known.digests), bands, dict(known.sightings), dict(known.releases), carriers, known.decided
    )
    return tuple(desk.file(c, spare) for c, spare in zip(candidates, spare_ids, strict=True))


def digest_keys(identity: Identity) -> tuple[DigestKey, ...]:
    """Give the digests that identify a release, the surest first."""
    named: tuple[tuple[Trace, bytes | None], ...] = (
        ("guid", identity.entry),
        ("url", identity.url),
        ("content", identity.content),
    )
    return tuple((trace, digest) for trace, digest in named if digest is not None)


@dataclass(slots=True)
class _Desk:
    """The known releases while a batch is filed: each filing is known to the next."""

    digests: dict[DigestKey, UUID]
    bands: dict[int, list[UUID]]
    sightings: dict[SightingKey, KnownSighting]
    releases: dict[UUID, KnownRelease]
    carriers: set[tuple[UUID, UUID]]
    decided: Mapping[tuple[UUID, bytes], UUID]

    def file(self, candidate: Candidate, spare_id: UUID) -> Filing:
        decision = decide(candidate.draft, candidate.identity, self._known(candidate))
        if isinstance(decision, New) and (near := self._near_copy(candidate)):
            decision = decide(candidate.draft, candidate.identity, (near,))
        identity = decision.identity if isinstance(decision, New) else candidate.identity
        release_id = spare_id if isinstance(decision, New) else UUID(decision.release_id)
        settles = candidate.needs_page and isinstance(decision, New | Revised)
        filing = Filing(
            candidate=candidate,
            decision=decision,
            release_id=release_id,
            revision=self._revision(decision, release_id, settles),
            draft=self._draft(candidate.draft, decision, release_id),
            words=identity.words,
            digests=digest_keys(identity),
            settles=settles,
            joins_waiting=settles and isinstance(decision, Revised) and self.releases[release_id].settling,
            bands=candidate.bands if isinstance(decision, New | Revised) else (),
            takes_over=isinstance(decision, Copy) and self._takes_over(candidate, release_id),
        )
        self._remember(filing)
        return filing

    def _known(self, candidate: Candidate) -> tuple[Known, ...]:
        by_hand = self.decided.get((candidate.feed_id, candidate.entry_key))
        if by_hand in self.releases:
            return (self._known_release(candidate, by_hand, frozenset({"hand"})),)
        traces: dict[UUID, set[Trace]] = {}
        for key in digest_keys(candidate.identity):
            if key in self.digests:
                traces.setdefault(self.digests[key], set()).add(key[0])
        return tuple(self._known_release(candidate, i, frozenset(found)) for i, found in traces.items())

    def _near_copy(self, candidate: Candidate) -> Known | None:
        shared = Counter(
            i for band in candidate.bands for i in self.bands.get(band, ()) if i in self.releases
        )
        for release_id, _ in shared.most_common(MOST_NEAR):
            same_feed = (candidate.feed_id, release_id) in self.carriers
            known = self.releases[release_id]
            likeness = near_copy(candidate.draft, candidate.site, known, same_feed=same_feed)
            if likeness is not None:
                kept = known.merged_into if known.merged_into in self.releases else release_id
                found = self._known_release(candidate, kept, frozenset({"near"}))
                return replace(found, likeness=likeness)
        return None

    def _takes_over(self, candidate: Candidate, release_id: UUID) -> bool:
        known, draft = self.releases[release_id], candidate.draft
        key = SightingKey(candidate.feed_id, candidate.entry_key, release_id)
        if key in self.sightings or _same_publisher(draft, candidate.site, known):
            return False
        text = f"{known.body}\n{draft.body}"
        return speaks_for_itself(draft.publisher, candidate.site, known.publisher, known.site, text)

    def _known_release(self, candidate: Candidate, release_id: UUID, found_by: frozenset[Trace]) -> Known:
        release = self.releases[release_id]
        sighting = self.sightings.get(SightingKey(candidate.feed_id, candidate.entry_key, release_id))
        return Known(
            release_id=str(release_id),
            revision=release.revision,
            words=release.words,
            found_by=found_by,
            title=release.title,
            body=release.body,
            zones=release.zones,
            url=release.url,
            published_at=release.published_at,
            text_source=release.text_source,
            primary=sighting.is_primary if sighting else False,
            carried=sighting.carried if sighting else None,
        )

    def _revision(self, decision: Decision, release_id: UUID, settles: bool) -> int:
        if isinstance(decision, New):
            return 1
        stored = self.releases[release_id].revision
        return stored + 1 if isinstance(decision, Revised) and not settles else stored

    def _draft(self, draft: Draft, decision: Decision, release_id: UUID) -> Draft:
        if not (isinstance(decision, Revised) and decision.keeps_text):
            return draft
        kept = self.releases[release_id]
        return replace(draft, body=kept.body, text_source=kept.text_source)

    def _remember(self, filing: Filing) -> None:
        candidate, release_id = filing.candidate, filing.release_id
        for digest in filing.digests:
            self.digests.setdefault(digest, release_id)
        for band in filing.bands:
            self.bands.setdefault(band, []).append(release_id)
        key = SightingKey(candidate.feed_id, candidate.entry_key, release_id)
        known = self.sightings.get(key)
        owned = known is not None and known.is_primary
        primary = isinstance(filing.decision, New) or filing.takes_over or owned
        if filing.takes_over:
            self._hand_over(filing)
        self.sightings[key] = KnownSighting(candidate.identity.carried, primary)
        self.carriers.add((candidate.feed_id, release_id))
        if isinstance(filing.decision, New) or filing.to_match:
            self.releases[release_id] = _as_known(filing)
        elif filing.settles:
            self.releases[release_id] = replace(self.releases[release_id], settling=True)

    def _hand_over(self, filing: Filing) -> None:
        for key, sighting in self.sightings.items():
            if key.release_id == filing.release_id:
                self.sightings[key] = replace(sighting, is_primary=False)
        known, candidate = self.releases[filing.release_id], filing.candidate
        self.releases[filing.release_id] = replace(
            known, publisher=filing.draft.publisher, site=candidate.site, url=filing.draft.url or known.url
        )


def near_copy(draft: Draft, site: str, known: KnownRelease, *, same_feed: bool) -> Likeness | None:
    """Tell how like a near copy is; None where it is none, or where only identity may decide.

    Shingles are right across sites and wrong within one, where forms and series repeat (Henzinger 2006):
    `site` is the draft's, and `same_feed` says that its feed carried the known release already.
    """
    if same_feed or _same_publisher(draft, site, known) or not _near_in_time(draft, known):
        return None
    likeness = liken(
        near_text(draft.title, draft.body, draft.zones), near_text(known.title, known.body, known.zones)
    )
    return likeness if likeness.is_near_copy else None


def _same_publisher(draft: Draft, site: str, known: KnownRelease) -> bool:
    publishers = draft.publisher.casefold(), known.publisher.casefold()
    return any(one and one == other for one, other in (publishers, (site, known.site)))


def _near_in_time(draft: Draft, known: KnownRelease) -> bool:
    if draft.published_at is None or known.published_at is None:
        return True
    return abs(draft.published_at - known.published_at) <= NEAR_IN_TIME


def _as_known(filing: Filing) -> KnownRelease:
    draft = filing.draft
    return KnownRelease(
        revision=filing.revision,
        words=filing.words,
        title=draft.title,
        body=draft.body,
        text_source=draft.text_source,
        settling=filing.settles,
        zones=draft.zones,
        url=draft.url,
        site=filing.candidate.site,
        publisher=draft.publisher,
        published_at=draft.published_at,
    )
