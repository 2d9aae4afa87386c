"""Near copies: found by bands, proved by their words, numbers and names."""

from dataclasses import replace

import pytest

from shared.domain.language.telling import names_of, numbers_of
from shared.domain.releases.draft import Draft, Zone
from shared.domain.releases.filing import KnownRelease, near_copy
from shared.domain.releases.near_copy import NearText, bands_of, liken, near_text

BODY = (
    "The port authority of Larvik will close its northern quay for eleven weeks from 4 May, after divers found "
    "cracks in nineteen of the 42 piles that carry it. Ferries to Hirtshals leave from the container terminal "
    "until 20 July, and passengers should allow half an hour more than usual.\n"
    "Repairs cost about 38 million kroner, said the harbour master, Ingrid Solberg, and are paid from the "
    "reserve that the municipality set up after the storm of 2021. The work was to start in the autumn; a "
    "second inspection in March showed that it could not wait so long.\n"
    "Fishing boats under twelve metres may still use the inner basin. The fish market stays open on Tuesdays "
    "and Saturdays, and the customs office moves to the old pilot house for the time of the works."
)
WIRED = (
    BODY.replace("will close", "is to close")
    .replace("about 38 million", "some 38 million")
    .replace(
        "passengers should allow half an hour more than usual", "passengers are asked to allow for extra time"
    )
)


def text(body: str, title: str = "Northern quay closes for repairs") -> NearText:
    return near_text(title, body)


def shared_bands(one: str, other: str) -> int:
    return len(set(bands_of(text(one))) & set(bands_of(text(other))))


def test_a_wire_that_changes_some_words_shares_bands_and_is_a_near_copy() -> None:
    assert shared_bands(BODY, WIRED) > 0
    assert liken(text(BODY), text(WIRED)).is_near_copy


def test_a_text_that_is_cut_short_shares_the_bands_of_its_beginning() -> None:
    cut = BODY.split("\n", maxsplit=1)[0] + "\n" + BODY.split("\n")[1]
    assert shared_bands(BODY, cut) > 0
    assert liken(text(BODY), text(cut)).is_near_copy


def test_the_next_issue_of_a_series_differs_by_its_numbers() -> None:
    issue = (
        BODY.replace("4 May", "9 June")
        .replace("20 July", "31 August")
        .replace("42", "57")
        .replace("38", "51")
    )
    likeness = liken(text(BODY), text(issue))
    assert likeness.same > 0.8
    assert not likeness.is_near_copy


def test_a_form_that_is_filled_in_for_another_differs_by_its_names() -> None:
    other = (
        BODY.replace("Larvik", "Horten").replace("Hirtshals", "Moss").replace("Ingrid Solberg", "Tor Aasen")
    )
    assert not liken(text(BODY), text(other)).is_near_copy


def test_a_short_text_has_no_bands() -> None:
    assert bands_of(text("The quay is closed until further notice.")) == ()


def test_boilerplate_and_captions_are_no_part_of_the_text() -> None:
    about = "\nAbout the port: it serves two hundred ships a week."
    zones = (Zone("body", 0, len(BODY)), Zone("boilerplate", len(BODY), len(BODY + about)))
    assert near_text("T", BODY + about, zones) == near_text("T", BODY)


def test_the_keys_are_the_same_on_every_machine_and_after_every_upgrade() -> None:
    # They are stored: where this fails, stored ones are void, and a migration has to compute them anew.
    assert bands_of(text(BODY))[:2] == (-995395207670411118, 4211163544082943525)


@pytest.mark.parametrize(
    ("written", "numbers"),
    [
        ("1,500 homes and 1.500 Häuser and 1 500 maisons", {"1500"}),
        ("في ٢٠٢٦ و ١٥ مايو", {"2026", "15"}),
        ("3.5 per cent of 07 in 2026", {"35", "7", "2026"}),
        ("no number at all", set()),
    ],
)
def test_numbers_are_read_however_a_language_writes_them(written: str, numbers: set[str]) -> None:
    assert numbers_of(written) == numbers


def test_names_are_words_with_a_capital_inside_a_sentence() -> None:
    assert names_of("Yesterday the mayor of Łódź met Ana Duarte. Talks go on in Évora.") == {
        "łódź", "ana", "duarte", "évora",
    }  # fmt: skip


DRAFT = Draft(title="Northern quay closes", body=WIRED, publisher="Nordic Wire")
KNOWN = KnownRelease(1, b"", "Northern quay closes", BODY, "feed", site="port.example", publisher="Port")


def test_another_publishers_near_copy_is_one_release() -> None:
    assert near_copy(DRAFT, "wire.example", KNOWN, same_feed=False) is not None


@pytest.mark.parametrize(
    ("draft", "site", "same_feed"),
    [
        (DRAFT, "port.example", False),
        (replace(DRAFT, publisher="PORT"), "wire.example", False),
        (DRAFT, "wire.example", True),
    ],
    ids=["its own site", "its own name", "a feed that carried it"],
)
def test_within_one_publisher_only_identity_decides(draft: Draft, site: str, same_feed: bool) -> None:
    assert near_copy(draft, site, KNOWN, same_feed=same_feed) is None
