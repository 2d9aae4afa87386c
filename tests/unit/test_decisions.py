"""The smaller decisions: a feed's move, a revision's changes, the stack's readiness."""

from itertools import accumulate

import pytest

from shared.domain.releases.changes import describe_changes
from shared.domain.status import StatusFacts, find_problems
from shared.domain.web.feed_move import Move, judge_move


def test_a_redirect_moves_a_feed_the_third_time_running() -> None:
    new = "https://new.example/feed"

    moves = list(
        accumulate([new, new, new], lambda m, to: judge_move(m.to, m.times, to), initial=Move(None, 0, None))
    )

    assert [move.new_url for move in moves[1:]] == [None, None, new]


def test_a_maintenance_page_between_starts_the_count_again() -> None:
    assert judge_move("https://new.example/feed", 2, "https://sorry.example/") == Move(
        "https://sorry.example/", 1, None
    )
    assert judge_move("https://new.example/feed", 2, None) == Move(None, 0, None)


def test_changes_are_told_word_by_word() -> None:
    changes = describe_changes("The hearing is on Tuesday in Lindau", "The hearing is on Thursday in Lindau")

    assert changes == ({"from": "Tuesday", "to": "Thursday"},)


def test_the_same_words_are_no_change() -> None:
    assert describe_changes("one  two", "one two") == ()


def test_very_long_texts_are_compared_line_by_line() -> None:
    lines = [f"paragraph {n} " + "word " * 30 for n in range(2_000)]

    assert describe_changes("\n".join(lines), "\n".join([*lines[:-1], "new end"]))[-1]["to"] == "new end"


def facts(**changed: object) -> StatusFacts:
    given: dict[str, object] = {
        "broker_answers": True,
        "beats": {"ingest": 1.0, "process": 2.0, "deliver": 3.0},
        "oldest_fetch_seconds": None,
        "oldest_alert_seconds": 2.0,
        "missing": 0,
    }
    return StatusFacts(**(given | changed))  # type: ignore[arg-type]


def test_a_stack_whose_every_part_lives_is_ready() -> None:
    assert find_problems(facts()) == ()


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"broker_answers": False}, "TOCSIN_REDIS_URL"),
        ({"beats": {"process": 1.0, "deliver": 1.0}}, "start `tocsin ingest`"),
        ({"beats": {"ingest": 1.0, "process": 90.0, "deliver": 1.0}}, "last seen 90 s ago"),
        ({"oldest_fetch_seconds": 300.0}, "fetch has waited 300 s"),
        ({"oldest_alert_seconds": 61.0}, "alert has waited 61 s"),
        ({"missing": 2}, "misses 2 alerts"),
        ({"beats": {}}, "start `tocsin up`"),
    ],
)
def test_what_is_wrong_is_said_with_the_next_step(changed: dict[str, object], words: str) -> None:
    (problem,) = find_problems(facts(**changed))

    assert words in problem
