"""Which of two carriers speaks for itself."""

from shared.domain.releases.ownership import speaks_for_itself

TEXT = "KIEL (Company Wire) - Nordbank and Seebank merge, Nordbank said. The head of Nordbank leads the new bank."


def test_the_publisher_that_a_text_keeps_naming_speaks_for_itself() -> None:
    assert speaks_for_itself("Nordbank AG", "nordbank.example", "Company Wire", "companywire.example", TEXT)
    assert not speaks_for_itself(
        "Company Wire", "companywire.example", "Nordbank AG", "nordbank.example", TEXT
    )


def test_a_feed_without_a_name_of_its_own_is_known_by_its_site() -> None:
    assert speaks_for_itself(
        "Press releases", "nordbank.example", "Company Wire", "companywire.example", TEXT
    )


def test_what_anybodys_feed_is_called_names_nobody() -> None:
    assert not speaks_for_itself(
        "Latest news", "a.example", "Company Wire", "companywire.example", "news " * 9
    )


def test_two_wires_are_both_strangers() -> None:
    assert not speaks_for_itself("Coast Press", "coast.example", "Company Wire", "companywire.example", TEXT)
