"""What a publisher repeats rings no topic, on a real database."""

from tests.services.line import Item, Line

MISSION = (
    "Harbour police fight smuggling and terrorism along the whole coast, day and night. "
    "They answer to the ministry of ports and have done so since the great fire."
)


def item(number: int) -> Item:
    news = f"Patrol number {number} towed a boat of {number + 3} metres home from the outer banks on Tuesday."
    return Item(f"guid-{number}", title="Boat towed home", body=f"{news}</p><p>{MISSION}")


def test_what_a_publisher_repeats_rings_until_it_is_learnt_and_then_only_where_asked(line: Line) -> None:
    line.subscribe("smuggling", name="plain")
    line.subscribe("all:smuggling", name="everywhere")
    feed = line.feed()

    for number in range(7):
        line.publish(feed, item(number))

    assert line.ask("SELECT topic, count(*) FROM matches GROUP BY 1 ORDER BY 1") == [
        ("everywhere", 7),
        ("plain", 3),
    ]
    assert line.ask("SELECT releases, repeated > 0 FROM habits") == [(7, True)]


def test_a_first_document_of_many_releases_teaches_its_habits_at_once(line: Line) -> None:
    line.subscribe("smuggling", name="plain")

    line.publish(line.feed(), *(item(number) for number in range(7)))

    assert line.one("SELECT count(*) FROM matches") == 0
    assert line.one("SELECT zones->1->>'kind' FROM revisions LIMIT 1") == "boilerplate"
