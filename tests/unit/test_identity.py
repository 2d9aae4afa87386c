from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.releases.draft import Draft
from shared.domain.releases.identity import Copy, Known, New, Revised, Seen, decide, hash_words, identify

BODY = (
    "The council has adopted a resolution against human trafficking in the ports of the region. "
    "Forty harbours receive support for training their officers, the chairwoman told reporters on Friday, "
    "while neighbouring countries prepare similar measures together with shipping companies and unions."
)
OTHER_BODY = (
    "Wildfire season begins earlier than expected: meteorologists recommend watering gardens sparingly. "
    "Firefighters practise evacuations throughout mountain villages, according to the interior ministry, "
    "because drought conditions worsened everywhere since winter snowfall remained exceptionally scarce."
)
DRAFT = Draft(title="A resolution for the ports", body=BODY, url="https://council.example/ports")
OTHER = Draft(title="Earlier fires", body=OTHER_BODY, url="https://council.example/fires")
IDENTITY = identify(DRAFT, "feed-1", "guid-1")
KNOWN = Known(
    release_id="r1",
    revision=1,
    words=IDENTITY.words,
    found_by=frozenset({"guid", "url", "content"}),
    title=DRAFT.title,
    body=DRAFT.body,
    primary=True,
    carried=IDENTITY.carried,
)


def decide_again(draft: Draft, known: Known = KNOWN) -> object:
    return decide(draft, identify(draft, "feed-1", "guid-1"), (known,))


def corrected(draft: Draft = DRAFT) -> Draft:
    return replace(draft, body=draft.body.replace("Forty", "Fifty"))


def test_digests_are_sixteen_bytes_and_differ_by_kind() -> None:
    digests = {IDENTITY.entry, IDENTITY.url, IDENTITY.content, IDENTITY.words}
    assert len(digests) == 4
    assert all(digest is not None and len(digest) == 16 for digest in digests)


def test_a_guid_identifies_within_its_feed_and_only_where_it_is_trusted() -> None:
    assert identify(DRAFT, "feed-2", "guid-1").entry != IDENTITY.entry
    assert identify(DRAFT, "feed-1", "guid-1", trust_guid=False).entry is None
    assert identify(DRAFT, "feed-1", "").entry is None


@pytest.mark.parametrize("url", [None, "https://council.example/"])
def test_a_front_page_identifies_no_release(url: str | None) -> None:
    assert identify(replace(DRAFT, url=url), "feed-1", "guid-1").url is None


def test_a_short_text_identifies_no_release() -> None:
    short = replace(DRAFT, body="Photos of the day.")
    assert identify(short, "feed-1", "guid-1").content is None


def test_a_short_chinese_text_of_many_words_identifies() -> None:
    chinese = replace(
        DRAFT, title="新的港口计划", body="国务院公布打击贩卖人口的新计划，将在四十个港口实施。"
    )
    assert identify(chinese, "feed-1", "guid-1").content is not None


def test_content_is_blind_to_case_and_punctuation_and_words_are_not() -> None:
    shouted = replace(DRAFT, title="A RESOLUTION – for the ports!")
    assert identify(shouted, "f", "g").content == IDENTITY.content
    assert identify(shouted, "f", "g").words != IDENTITY.words


def test_words_are_blind_to_space_and_the_style_of_marks() -> None:
    assert hash_words("L’été – « 26 »", "a\n b") == hash_words('L\'été - " 26 "', "a b")


@settings(max_examples=50)
@given(st.text(max_size=20), st.text(max_size=20))
def test_a_title_never_runs_into_a_body(title: str, body: str) -> None:
    assert hash_words(title, body) == hash_words(f" {title} ", body)
    assert hash_words(f"{title}x", body) != hash_words(title, f"x{body}")


def test_what_nothing_finds_is_new() -> None:
    assert decide(DRAFT, IDENTITY, ()) == New(IDENTITY)


def test_the_same_words_from_the_same_feed_were_seen() -> None:
    assert decide_again(DRAFT) == Seen("r1")


def test_other_words_of_the_primary_source_are_a_revision() -> None:
    assert decide_again(corrected()) == Revised("r1", 2)


def test_other_words_of_another_carrier_stay_on_its_sighting() -> None:
    assert decide_again(corrected(), replace(KNOWN, primary=False)) == Copy(
        "r1", "other words than its primary source"
    )


@pytest.mark.parametrize(
    ("found_by", "reason"),
    [("url", "same url"), ("content", "same content"), ("guid", "same guid")],
)
def test_a_release_that_this_feed_never_carried_is_a_copy(found_by: str, reason: str) -> None:
    known = replace(KNOWN, found_by=frozenset({found_by}), carried=None, primary=False)  # type: ignore[arg-type]
    assert decide_again(corrected(), known) == Copy("r1", reason)


@pytest.mark.parametrize("found_by", ["guid", "url"])
def test_a_trace_that_is_re_used_for_quite_another_text_makes_a_new_release(found_by: str) -> None:
    known = replace(KNOWN, found_by=frozenset({found_by}))  # type: ignore[arg-type]
    decision = decide_again(OTHER, known)
    assert isinstance(decision, New)
    identity = identify(OTHER, "feed-1", "guid-1")
    taken = {"guid": "entry", "url": "url"}[found_by]
    assert decision.identity == replace(identity, **{taken: None})


def test_a_series_under_one_title_and_guid_makes_new_releases() -> None:
    known = replace(KNOWN, found_by=frozenset({"guid"}))
    assert isinstance(decide_again(replace(OTHER, title=DRAFT.title), known), New)


def test_a_text_rewritten_under_its_own_guid_and_address_is_a_revision() -> None:
    assert decide_again(
        replace(OTHER, url=DRAFT.url), replace(KNOWN, found_by=frozenset({"guid", "url"}))
    ) == Revised("r1", 2)


def test_the_first_release_that_is_no_other_text_counts() -> None:
    re_used = replace(
        KNOWN, release_id="r0", found_by=frozenset({"guid"}), title=OTHER.title, body=OTHER.body
    )
    assert decide(DRAFT, IDENTITY, (re_used, KNOWN)) == Seen("r1")


def test_a_teaser_that_changes_over_the_same_page_is_no_revision() -> None:
    draft = replace(DRAFT, text_source="page", carried_words=b"another teaser")
    assert decide_again(draft) == Seen("r1")


def test_a_page_that_does_not_answer_today_does_not_cut_the_text() -> None:
    summary = replace(DRAFT, body="The council has adopted a resolution.", text_source="summary")
    from_page = replace(KNOWN, text_source="page", found_by=frozenset({"guid", "url"}))
    assert decide_again(summary, from_page) == Seen("r1")
    renamed = replace(summary, title="A resolution for all ports")
    assert decide_again(renamed, from_page) == Revised("r1", 2, keeps_text=True)
