"""The compiled topics that the threads of one worker share."""

from services.worker.watching import CHECKED_EVERY
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
