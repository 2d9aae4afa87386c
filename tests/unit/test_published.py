from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.feeds.entry import Entry
from shared.domain.language.dates import DATE, is_date_line, may_hold_date, read_date
from shared.domain.releases.published import Published, entry_published, find_date_line, judge_published

NOW = datetime(2024, 5, 6, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("line", "language", "day"),
    [
        ("26 novembre 2018", "fr", date(2018, 11, 26)),
        ("1er décembre 2020", "fr", date(2020, 12, 1)),
        ("3 March 2021", "en", date(2021, 3, 3)),
        ("March 3rd, 2021", "en", date(2021, 3, 3)),
        ("26 de noviembre de 2018", "es", date(2018, 11, 26)),
        ("3. März 2021", "de", date(2021, 3, 3)),
        ("3 marzo 2021", "it", date(2021, 3, 3)),
        ("3 de março de 2021", "pt", date(2021, 3, 3)),
        ("3 марта 2021 г.", "ru", date(2021, 3, 3)),
        ("3 مارس 2021", "ar", date(2021, 3, 3)),
        ("26 تشرين الثاني/نوفمبر 2018", "ar", date(2018, 11, 26)),
        ("2018年11月26日", "zh", date(2018, 11, 26)),
        ("[2018/11/26]", "zh", date(2018, 11, 26)),
        ("2018.11.6", "ko", date(2018, 11, 6)),
        ("2018년 11월 26일", "ko", date(2018, 11, 26)),
        ("26.11.2018", "de", date(2018, 11, 26)),
        ("03/04/2021", "fr", date(2021, 4, 3)),
        ("Published on Monday, 26 November 2018 17:05", "en", date(2018, 11, 26)),
    ],
)
def test_a_date_line_is_read_in_its_language(line: str, language: str, day: date) -> None:
    assert read_date(line, language) == day
    assert is_date_line(line, language)


def test_a_numeric_date_that_may_be_either_is_not_read_in_english() -> None:
    assert read_date("03/04/2021", "en") is None
    assert read_date("03/13/2021", "en") == date(2021, 3, 13)


@pytest.mark.parametrize("line", ["31 February 2020", "May 2018", "In 2018", "12 march past the house"])
def test_what_is_no_full_date_is_not_read(line: str) -> None:
    assert read_date(line, "en") is None


def test_a_sentence_with_a_date_is_no_date_line() -> None:
    assert not is_date_line("Le 26 novembre 2018, le Conseil a adopté la résolution", "fr")
    assert find_date_line(["Le Conseil vote", "26 novembre 2018"], "fr") == "26 novembre 2018"


def test_the_claim_of_an_entry_is_kept_as_written() -> None:
    at = datetime(2024, 5, 6, 11, tzinfo=UTC)
    entry = Entry(published_text="Mon, 06 May 2024 13:00:00 +0200", published_at=at)
    assert entry_published(entry, NOW) == Published(
        "Mon, 06 May 2024 13:00:00 +0200", at, precision="instant"
    )


def test_a_date_in_the_future_is_doubted() -> None:
    entry = Entry(published_text="1 Jan 2031", published_at=datetime(2031, 1, 1, tzinfo=UTC))
    assert entry_published(entry, NOW) == Published(
        "1 Jan 2031", None, "the source says 2031-01-01, which is in the future"
    )


def test_a_date_that_stands_for_none_is_doubted() -> None:
    entry = Entry(published_text="1970-01-01", published_at=datetime(1970, 1, 1, tzinfo=UTC))
    published = entry_published(entry, NOW)
    assert published.at is None
    assert published.doubt == "the source says 1970-01-01, which stands for no date"


def test_a_date_that_no_machine_reads_is_read_as_people_write_it() -> None:
    assert entry_published(Entry(published_text="26 novembre 2018"), NOW).at == datetime(
        2018, 11, 26, tzinfo=UTC
    )


def test_a_date_that_nobody_reads_is_doubted() -> None:
    assert "no date that can be read" in entry_published(Entry(published_text="bientôt"), NOW).doubt


def test_an_entry_that_says_only_when_it_was_updated_is_dated_so() -> None:
    at = datetime(2024, 5, 1, tzinfo=UTC)
    published = entry_published(Entry(updated_at=at), NOW)
    assert published.at == at
    assert published.doubt == "the source says only when it was updated"


def test_an_entry_without_a_date_claims_nothing() -> None:
    assert entry_published(Entry(), NOW) == Published()


def test_a_date_in_figures_is_read_by_the_habit_of_its_language() -> None:
    def at(language: str | None) -> datetime | None:
        return entry_published(Entry(published_text="03/04/2021", language=language), NOW).at

    assert at("fr-FR") == datetime(2021, 4, 3, tzinfo=UTC)
    assert at("en-GB") is None
    assert at(None) is None


@pytest.mark.parametrize(
    ("claim", "precision"),
    [
        ("2018-11-26", "day"),
        ("26 novembre 2018", "day"),
        ("Mon, 26 Nov 2018 00:00:00 GMT", "day"),
        ("Mon, 26 Nov 2018 17:05:00 +0100", "instant"),
        ("2018-11-26T17:05:00Z", "instant"),
        ("26.11.2018, 10 Uhr", "instant"),
    ],
)
def test_a_claim_names_a_day_or_a_time_of_it(claim: str, precision: str) -> None:
    at = datetime(2018, 11, 26, tzinfo=UTC)
    assert judge_published(claim, at, datetime(2020, 1, 1, tzinfo=UTC)).precision == precision


@settings(max_examples=200)
@given(
    st.lists(
        st.sampled_from(
            [
                "3",
                "12",
                "2021",
                "1er",
                "3rd",
                "March.",
                "mars",
                "août",
                "Sept.",
                "3月3日",
                "2021年",
                "05.11.2020",
                "2021-03-04",
                "кас",
                "марта",
                "مارس",
                "the",
                ",",
                "de",
            ]
        ),
        max_size=6,
    )
)
def test_where_a_date_is_found_it_was_not_ruled_out(words: list[str]) -> None:
    text = " ".join(words)
    assert may_hold_date(text) or not DATE.search(text)
