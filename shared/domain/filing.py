"""Filing: which release each entry of a batch belongs to, decided before anything is written.

The same plan is made twice: outside the transaction on what was known then, and again under the identity
lock on what is known for certain; in-between, another worker may have filed the same release.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal
from uuid import UUID

from shared.domain.draft import Draft
from shared.domain.identity import Copy, Decision, Identity, Known, New, Revised, Trace, decide

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


@dataclass(frozen=True, slots=True)
class KnownReleases:
    """What the store holds of the releases that a batch may belong to."""

    digests: Mapping[DigestKey, UUID] = field(default_factory=dict)
    sightings: Mapping[SightingKey, KnownSighting] = field(default_factory=dict)
    releases: Mapping[UUID, KnownRelease] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Filing:
    """What becomes of one candidate: its decision, and the release and revision it is about.

    `draft` is the text to file; `digests` are those that identify the release from now on. `settles` marks
    one whose page is awaited: it is stored now, and matched when the page is in or its time is up;
    `joins_waiting` one whose release was waiting already, and now waits with these words.
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
    desk = _Desk(dict(known.digests), dict(known.sightings), dict(known.releases))
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
    sightings: dict[SightingKey, KnownSighting]
    releases: dict[UUID, KnownRelease]

    def file(self, candidate: Candidate, spare_id: UUID) -> Filing:
        decision = decide(candidate.draft, candidate.identity, self._known(candidate))
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
        )
        self._remember(filing)
        return filing

    def _known(self, candidate: Candidate) -> tuple[Known, ...]:
        traces: dict[UUID, set[Trace]] = {}
        for key in digest_keys(candidate.identity):
            if key in self.digests:
                traces.setdefault(self.digests[key], set()).add(key[0])
        return tuple(self._known_release(candidate, i, frozenset(found)) for i, found in traces.items())

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
        key = SightingKey(candidate.feed_id, candidate.entry_key, release_id)
        known = self.sightings.get(key)
        primary = isinstance(filing.decision, New) or (known is not None and known.is_primary)
        self.sightings[key] = KnownSighting(candidate.identity.carried, primary)
        if isinstance(filing.decision, New) or filing.to_match:
            draft = filing.draft
            self.releases[release_id] = KnownRelease(
                filing.revision, filing.words, draft.title, draft.body, draft.text_source, filing.settles
            )
        elif filing.settles:
            self.releases[release_id] = replace(self.releases[release_id], settling=True)
