"""Which validators are sent, when a feed is asked in full, and which 304s are no longer believed."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.domain.web.answer import headers_from
from shared.domain.web.conditions import (
    Validators,
    doubt_after_answer,
    doubt_after_probe,
    doubt_after_refusal,
    full_fetch_due,
    validators_of,
)

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
TAG = Validators('"1"')


def validators(**headers: str) -> Validators:
    return validators_of(
        headers_from((name.replace("_", "-"), value) for name, value in headers.items()), NOW
    )


def test_validators_are_kept_as_they_came() -> None:
    kept = validators(ETag='W/"a"', Last_Modified="Mon, 02 Mar 2026 08:00:00 GMT")
    assert kept == Validators('W/"a"', "Mon, 02 Mar 2026 08:00:00 GMT")
    assert validators(Last_Modified="gestern").last_modified == "gestern"


def test_a_last_modified_that_lies_ahead_is_none() -> None:
    assert not validators(Last_Modified="Thu, 28 Feb 2041 09:00:00 GMT")


def test_a_server_whose_clock_is_ahead_may_say_its_own_time() -> None:
    ahead = "Mon, 02 Mar 2026 11:00:00 GMT"
    assert validators(Last_Modified=ahead, Date=ahead).last_modified == ahead


@pytest.mark.parametrize(
    ("hours", "jitter", "due"), [(11, 0, False), (12, 0, True), (23, 1, False), (24, 1, True)]
)
def test_a_feed_is_asked_in_full_every_12_to_24_hours(hours: int, jitter: float, due: bool) -> None:
    assert full_fetch_due(NOW - hours * HOUR, NOW, jitter) == due


def test_a_feed_that_was_never_read_is_asked_in_full() -> None:
    assert full_fetch_due(None, NOW, 1)


def test_a_304_is_wrong_where_entries_are_new() -> None:
    assert doubt_after_probe(TAG, 304, 2) == 'answered 304 to ETag "1" although 2 entries are new'
    dated = Validators("", "Mon, 02 Mar 2026 08:00:00 GMT")
    assert "Last-Modified Mon, 02 Mar" in doubt_after_probe(dated, 304, 1)


@pytest.mark.parametrize(("status", "new"), [(304, 0), (200, 2), (429, 2), (500, 1)])
def test_every_other_answer_to_the_old_validators_leaves_no_doubt(status: int, new: int) -> None:
    assert doubt_after_probe(TAG, status, new) == ""


@pytest.mark.parametrize(
    ("sent", "received", "new", "doubted"),
    [
        ('"1"', '"1"', 1, True),
        ('"1"', 'W/"1"', 1, True),
        ('"1"', '"2"', 1, False),
        ('"1"', '"1"', 0, False),
        ("", "", 1, False),
    ],
)
def test_an_etag_that_stays_while_entries_come_is_doubted(
    sent: str, received: str, new: int, doubted: bool
) -> None:
    assert bool(doubt_after_answer(Validators(sent), Validators(received), new)) == doubted


def test_412_is_doubted_where_a_validator_was_sent() -> None:
    assert doubt_after_refusal(TAG, 412)
    assert not doubt_after_refusal(Validators(), 412)
    assert not doubt_after_refusal(TAG, 403)
