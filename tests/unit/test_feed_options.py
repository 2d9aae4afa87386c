"""What a person may set for one feed, and what is refused with a line that says what would be right."""

import pytest

from shared.domain.polling.feed_options import (
    FeedOptions,
    change_options,
    conditions_wanted,
    options_from_json,
    options_to_json,
)
from shared.errors import RefusedError

SET = change_options(
    FeedOptions(),
    [
        "user-agent=Presse-Desk/1.0 (+mailto:desk@presse.example)",
        "header.X-Api-Key=geheim=1",
        "cookie.SessionId=abc",
        "max-bytes=26MB",
        "timeout=15s",
        "poll-min=90",
        "poll-max=1.5h",
    ],
)


def test_every_setting_is_read() -> None:
    assert (
        FeedOptions(
            user_agent="Presse-Desk/1.0 (+mailto:desk@presse.example)",
            headers=(("x-api-key", "geheim=1"),),
            cookies=(("SessionId", "abc"),),
            max_bytes=26_000_000,
            timeout_seconds=15,
            poll_min_seconds=90,
            poll_max_seconds=5400,
        )
        == SET
    )


def test_settings_come_back_from_json_as_they_went() -> None:
    assert options_from_json(options_to_json(SET)) == SET
    assert options_to_json(FeedOptions()) == {}
    assert options_from_json({"of_a_later_version": 1}) == FeedOptions()


def test_an_empty_value_takes_a_setting_away_and_another_replaces_it() -> None:
    names = [
        "user-agent",
        "header.x-api-key",
        "cookie.SessionId",
        "max-bytes",
        "timeout",
        "poll-min",
        "poll-max",
    ]
    assert change_options(SET, [f"{name}=" for name in names]) == FeedOptions()
    assert change_options(SET, ["header.X-API-KEY=neu"]).headers == (("x-api-key", "neu"),)


@pytest.mark.parametrize(
    ("assignment", "words"),
    [
        ("user-agent", "is no key=value"),
        ("colour=red", "is no setting of a feed; there are user-agent"),
        ("user-agent=a\r\nX-Evil: 1", "one line"),
        ("header.X-Key=a\nb", "one line"),
        ("header.X Key=a", "no header's name"),
        ("header.=a", "no header's name"),
        ("header.Host=presse.example", "set by Tocsin itself"),
        ("header.Transfer-Encoding=chunked", "set by Tocsin itself"),
        ("header.Cookie=a=1", "cookie.NAME=VALUE"),
        ("cookie.a=1; b=2", "is no cookie"),
        ("max-bytes=viel", "1kB to 50MB"),
        ("max-bytes=9GB", "1kB to 50MB"),
        ("timeout=10m", "1 s to 40 s"),
        ("timeout=nan", "1 s to 40 s"),
        ("poll-min=0", "such as 15s, 5m or 2h"),
        ("poll-max=400d", "such as 15s, 5m or 2h"),
    ],
)
def test_what_cannot_be_set_is_refused_with_what_would_be_right(assignment: str, words: str) -> None:
    with pytest.raises(RefusedError, match=words):
        change_options(FeedOptions(), [assignment])


def test_bounds_that_cross_are_refused() -> None:
    with pytest.raises(RefusedError, match="longer than poll-max"):
        change_options(FeedOptions(poll_max_seconds=60), ["poll-min=5m"])


def test_conditions_are_switched_apart_from_the_options() -> None:
    assert conditions_wanted(["timeout=5s", "Conditions=off"]) == (["timeout=5s"], False)
    assert conditions_wanted(["conditions=on"]) == ([], True)
    assert conditions_wanted(["timeout=5s"]) == (["timeout=5s"], None)
    with pytest.raises(RefusedError, match="takes on or off"):
        conditions_wanted(["conditions=maybe"])
