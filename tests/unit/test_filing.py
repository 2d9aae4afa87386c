"""Which release an entry belongs to, as a batch is filed."""

from dataclasses import replace
from uuid import UUID

from shared.domain.releases.draft import Draft
from shared.domain.releases.filing import (
    Candidate,
    Filing,
    KnownRelease,
    KnownReleases,
    KnownSighting,
    SightingKey,
    plan_filing,
)
from shared.domain.releases.identity import Copy, New, Revised, Seen, identify

POLICE, WIRE = UUID(int=1), UUID(int=2)
FETCH = UUID(int=99)
BODY = (
    "The regional court of Lindau has ordered the arrest of four men who are said to have moved stolen "
    "medicines over the lake for two years. The hearing is set for Tuesday."
)


def candidate(
    guid: str = "release-1",
    *,
    feed: UUID = POLICE,
    body: str = BODY,
    title: str = "Four arrested over stolen medicines",
    url: str | None = "https://police.example/four-arrested",
    needs_page: bool = False,
) -> Candidate:
    draft = Draft(title=title, body=body, url=url, text_source="summary" if needs_page else "feed")
    return Candidate(
        fetch_id=FETCH,
        feed_id=feed,
        entry_key=guid.encode(),
        guid=guid,
        feed="Police",
        draft=draft,
        identity=identify(draft, str(feed), guid),
        needs_page=needs_page,
    )


def file(*candidates: Candidate, known: KnownReleases | None = None) -> tuple[Filing, ...]:
    ids = [UUID(int=1000 + n) for n in range(len(candidates))]
    return plan_filing(candidates, known or KnownReleases(), ids)


def after(*filings: Filing) -> KnownReleases:
    """What the store knows once these were written."""
    return KnownReleases(
        digests={key: f.release_id for f in reversed(filings) for key in f.digests},
        sightings={
            SightingKey(f.candidate.feed_id, f.candidate.entry_key, f.release_id): KnownSighting(
                f.candidate.identity.carried, isinstance(f.decision, New)
            )
            for f in filings
        },
        releases={
            f.release_id: KnownRelease(f.revision, f.words, f.draft.title, f.draft.body, f.draft.text_source)
            for f in filings
        },
    )


def test_an_entry_that_nobody_carried_before_is_a_new_release() -> None:
    (filing,) = file(candidate())

    assert isinstance(filing.decision, New)
    assert (filing.release_id, filing.revision, filing.to_match) == (UUID(int=1000), 1, True)


def test_the_same_entry_again_is_seen_and_not_matched() -> None:
    known = after(*file(candidate()))

    (again,) = file(candidate(), known=known)

    assert isinstance(again.decision, Seen)
    assert not again.to_match


def test_a_copy_in_the_same_batch_joins_the_release_before_it() -> None:
    first, copy = file(candidate(), candidate("wire-77", feed=WIRE))

    assert isinstance(copy.decision, Copy)
    assert copy.release_id == first.release_id
    assert copy.reason == "same url"


def test_two_notices_with_one_stock_title_are_two_releases() -> None:
    other = (
        "A fifth man was arrested in Bregenz on Friday after customs found forty boxes of insulin in his van."
    )
    first, second = file(
        candidate(), candidate("release-2", body=other, url="https://police.example/fifth-arrest")
    )

    assert isinstance(second.decision, New)
    assert first.release_id != second.release_id


def test_changed_words_of_the_primary_source_make_the_next_revision() -> None:
    known = after(*file(candidate()))

    (changed,) = file(candidate(body=BODY.replace("Tuesday", "Thursday")), known=known)

    assert isinstance(changed.decision, Revised)
    assert (changed.revision, changed.to_match) == (2, True)


def test_changed_words_of_another_carrier_stay_on_its_sighting() -> None:
    known = after(*file(candidate(), candidate("wire-77", feed=WIRE)))

    (changed,) = file(candidate("wire-77", feed=WIRE, body=BODY.replace("four men", "4 men")), known=known)

    assert isinstance(changed.decision, Copy)
    assert not changed.to_match


def test_a_summary_waits_for_its_page_and_is_not_matched_yet() -> None:
    (filing,) = file(candidate(needs_page=True))

    assert filing.settles
    assert not filing.to_match


def test_other_words_for_a_release_that_waits_join_its_waiting() -> None:
    first = candidate(needs_page=True)
    second = candidate(needs_page=True, body=BODY.replace("Tuesday", "Thursday"))

    waiting, joining = file(first, second)

    assert (waiting.joins_waiting, joining.joins_waiting) == (False, True)
    assert joining.release_id == waiting.release_id


def test_two_revisions_in_one_batch_are_numbered_in_order() -> None:
    known = after(*file(candidate()))
    changes = [candidate(body=BODY.replace("Tuesday", day)) for day in ("Thursday", "Friday")]

    assert [filing.revision for filing in file(*changes, known=known)] == [2, 3]


def test_a_guid_that_is_used_again_for_another_text_is_another_release() -> None:
    known = after(*file(candidate()))
    other = candidate(
        title="Museum reopens its northern wing",
        body="Visitors may see the restored tapestries from Saturday on; admission is free for children.",
        url="https://police.example/museum",
    )

    (filing,) = file(other, known=known)

    assert isinstance(filing.decision, New)
    assert all(trace != "guid" for trace, _ in filing.digests)


def test_a_candidate_says_whose_backlog_it_is() -> None:
    (filing,) = file(replace(candidate(), backlog=True))

    assert filing.candidate.backlog
