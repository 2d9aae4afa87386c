"""The compiled topics that the threads of one worker share."""

import time
from collections.abc import Callable
from threading import Event, Thread

from services.worker.watching import CHECKED_EVERY, watch_until
from shared.domain.topics.evidence import MatchText
from shared.domain.topics.reading import ReadText
from shared.health import read_status
from shared.store.heartbeats import record_heartbeat
from shared.store.watch import get_watched_version, hold_watched_version
from tests.services.line import Line


def test_what_was_compiled_for_one_version_stays_what_it_was(line: Line) -> None:
    """Another thread may load newer topics between two lines of this one."""
    line.subscribe("terrorism")
    with line.database.begin() as transaction:
        before = line.topics.at(transaction, get_watched_version(transaction))
    line.subscribe("storm")
    with line.database.begin() as transaction:
        after = line.topics.at(transaction, hold_watched_version(transaction))

    assert [t.query for t in before.topics.values()] == ["terrorism"]
    assert sorted(t.query for t in after.topics.values()) == ["storm", "terrorism"]
    assert before.version < after.version


def test_topics_are_compiled_once_for_a_version(line: Line) -> None:
    line.subscribe("terrorism")
    with line.database.begin() as transaction:
        version = hold_watched_version(transaction)
        assert line.topics.at(transaction, version) is line.topics.at(transaction, version)


def a_text(number: int) -> MatchText:
    return MatchText("A storm", f"The storm of day {number} is over.", language="en")


def test_some_texts_are_read_without_the_index_and_agree(line: Line) -> None:
    line.subscribe("storm")
    line.subscribe("feed:wire", name="Open")
    with line.database.begin() as transaction:
        compiled = line.topics.at(transaction, get_watched_version(transaction))
    for number in range(2 * CHECKED_EVERY):
        compiled.match(a_text(number))

    assert line.topics.said().startswith("2 topics in ")
    assert line.topics.said().endswith("1 without a word to wake them (Open); 0 differences in 4 checks")


def test_an_index_that_loses_a_match_is_found_out(line: Line) -> None:
    line.subscribe("storm")
    with line.database.begin() as transaction:
        compiled = line.topics.at(transaction, get_watched_version(transaction))
    compiled.checks.check(compiled.topics, ReadText(a_text(1)), ())

    assert compiled.checks.differences == 1


def test_what_a_worker_watches_stands_in_the_status(line: Line) -> None:
    with line.database.begin() as transaction:
        record_heartbeat(transaction, "process", "here:1", "2 topics in 0.1 MB")

    assert "topics     2 topics in 0.1 MB" in read_status(line.database, line.bell).as_text()  # type: ignore[arg-type]


def becomes_true(question: Callable[[], bool], seconds: float = 20) -> bool:
    until = time.monotonic() + seconds
    while not question() and time.monotonic() < until:
        time.sleep(0.05)
    return question()


def test_a_process_that_has_nothing_to_do_holds_each_change_and_says_so(line: Line) -> None:
    with line.database.begin() as transaction:
        record_heartbeat(transaction, "process", "here:1", "")
    stop = Event()
    looking = Thread(target=watch_until, args=(stop, line.database, line.topics, "here:1"))
    looking.start()
    try:
        line.subscribe("terrorism")
        assert becomes_true(lambda: len(line.topics.newest.topics) == 1)
        line.subscribe("storm")
        assert becomes_true(lambda: len(line.topics.newest.topics) == 2)
        assert becomes_true(
            lambda: str(line.one("SELECT detail FROM core.heartbeats")).startswith("2 topics")
        )
    finally:
        stop.set()
        looking.join()


def test_a_release_and_the_look_of_an_idle_second_load_a_change_once(line: Line) -> None:
    """Both ask at the same moment; the one that comes second finds it done."""
    line.subscribe("terrorism")
    held: list[object] = []

    def ask() -> None:
        with line.database.begin() as transaction:
            held.append(line.topics.at(transaction, get_watched_version(transaction)))

    both = [Thread(target=ask) for _ in range(2)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()

    assert held[0] is held[1]
