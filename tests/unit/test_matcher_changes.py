"""Topics that come, change and go: the matcher made by difference is the matcher made anew."""

import random

import pytest

from shared.domain.topics.evidence import MatchText, TopicMatch, TopicQuery
from shared.domain.topics.match import Matcher, compile_topics
from tests.random_topics import CONCEPTS, a_text, a_topic

TEXT = MatchText("", "The ferry left the port.", language="en")


def matched(matcher: Matcher, text: MatchText) -> list[TopicMatch]:
    return sorted(matcher.match(text), key=lambda match: match.topic_id)


@pytest.mark.parametrize("seed", range(3))
def test_changes_one_after_the_other_give_what_compiling_all_of_it_gives(seed: int) -> None:
    rng = random.Random(seed)
    topics = {str(number): a_topic(rng, number) for number in range(60)}
    matcher = compile_topics(topics.values(), CONCEPTS)
    for _ in range(12):
        changed = [a_topic(rng, rng.randrange(90)) for _ in range(4)]
        removed = rng.sample(sorted(topics), 3)
        changed = [topic for topic in changed if topic.id not in removed]
        matcher.match(a_text(rng))
        matcher = matcher.changed(changed, removed)
        topics |= {topic.id: topic for topic in changed}
        topics = {key: topic for key, topic in topics.items() if key not in removed}

    anew = compile_topics(topics.values(), CONCEPTS)

    assert dict(matcher) == topics
    for text in (a_text(rng) for _ in range(30)):
        assert matched(matcher, text) == matched(anew, text)


def test_many_changes_put_everything_in_order_anew_and_lose_nothing() -> None:
    matcher = compile_topics([TopicQuery("a", "a", "ferry"), TopicQuery("b", "b", "port")])
    matcher.match(TEXT)
    for number in range(700):
        matcher = matcher.changed([TopicQuery(f"n{number}", "", "ferry" if number % 100 == 0 else "train")])
    matcher = matcher.changed([], ["b"])

    assert [match.topic_id for match in matcher.match(TEXT)] == ["a", *(f"n{n}" for n in range(0, 700, 100))]
    assert len(matcher) == 701


def test_an_edited_topic_rings_for_its_new_words_alone_and_names_its_version() -> None:
    before = compile_topics([TopicQuery("a", "a", "ferry")])
    after = before.changed([TopicQuery("a", "a", "port", version=2)])
    elsewhere = after.changed([TopicQuery("a", "a", "train", version=3)])

    assert [(m.topic_version, m.evidence[0].text) for m in after.match(TEXT)] == [(2, "port")]
    assert elsewhere.match(TEXT) == ()
    assert [m.topic_version for m in before.match(TEXT)] == [1]


def test_a_removed_topic_is_gone_and_may_come_back() -> None:
    before = compile_topics([TopicQuery("a", "a", "ferry")])
    gone = before.changed([], ["a", "never"])

    assert ("a" in gone, len(gone), gone.match(TEXT)) == (False, 0, ())
    assert len(gone.changed([TopicQuery("a", "a", "ferry")]).match(TEXT)) == 1


def test_a_query_that_is_found_wrong_when_it_wakes_is_refused_then() -> None:
    matcher = compile_topics([TopicQuery("a", "a", "the OR of"), TopicQuery("b", "b", "ferry")])

    assert [match.topic_id for match in matcher.match(TEXT)] == ["b"]
    assert list(matcher.refused) == ["a"]
    assert not matcher.changed([TopicQuery("a", "a", "port")]).refused


def test_the_topics_that_no_word_protects_are_named() -> None:
    matcher = compile_topics([TopicQuery("a", "a", "feed:wire"), TopicQuery("b", "b", "port")])
    later = matcher.changed([TopicQuery("c", "c", "feed:desk")])

    assert [topic.id for topic in later.unprotected] == ["a", "c"]
    assert [topic.id for topic in later.changed([], ["a"]).unprotected] == ["c"]


def test_topics_to_look_at_more_closely_are_those_that_are_there() -> None:
    before = compile_topics([TopicQuery(f"{number}", "", "ferry") for number in range(10)])
    after = before.changed([TopicQuery("3", "", "port", version=2), TopicQuery("new", "", "port")], ["4"])
    seen = {topic.id: topic for start in range(12) for topic in after.some(start, 3)}

    assert seen == dict(after)
    assert len(after.some(0, 3)) <= 3
