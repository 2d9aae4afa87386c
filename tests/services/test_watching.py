"""The compiled topics that the threads of one worker share."""

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
