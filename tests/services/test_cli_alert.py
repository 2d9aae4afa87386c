"""`tocsin alert …`, `ledger` and `gaps`: every alert explains itself, and the sums agree."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from shared.clock import now
from tests.services.command_line import CommandLine, Ran, command_line
from tests.services.line import Item, Line

TRIAL = Item("a", body="Four men stand trial for terrorism in the harbour city, the prosecutor said.")
FLOOD = Item(
    "b", title="Hochwasser am Rhein", body="Der Pegel steigt weiter, meldet die Feuerwehr am Montag."
)


@pytest.fixture
def tocsin(
    database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> CommandLine:
    return command_line(database_url, monkeypatch, capsys)


def alert_ids(line: Line) -> list[str]:
    return [str(row[0]) for row in line.ask("SELECT id FROM alerts ORDER BY id")]


def tell(line: Line, *, outcome: str = "delivered", status: int = 204, error: str = "") -> None:
    """Record one attempt at every message, without sending it."""
    line.do(
        "INSERT INTO core.deliveries (message_id, endpoint_id, attempt, started_at, outcome, status, ms, error) "
        "SELECT id, endpoint_id, 1, now(), :outcome, :status, 12, :error FROM core.messages",
        outcome=outcome,
        status=status,
        error=error,
    )
    if outcome == "delivered":
        line.do(
            "UPDATE core.messages SET state = 'delivered', next_attempt_at = NULL, told_at = now(), attempts = 1"
        )


def fits(ran: Ran) -> bool:
    return ran.status == 0 and max(map(len, ran.out.splitlines())) <= 80


def test_alerts_are_listed_newest_first_with_topic_and_title(tocsin: CommandLine, line: Line) -> None:
    line.subscribe("terrorism", name="Trials")
    line.subscribe("Hochwasser", name="Floods")
    feed = line.feed()
    line.publish(feed, TRIAL)
    line.publish(feed, FLOOD)
    listed = tocsin("alert", "list", "--json").json
    assert [(row["topic"], row["state"]) for row in listed] == [("Floods", "pending"), ("Trials", "pending")]
    assert listed[0]["title"].startswith("Hochwasser am Rhein")
    shown = tocsin("alert", "list")
    assert fits(shown)
    assert listed[0]["id"] in shown.out


def test_the_list_is_narrowed_by_state_topic_and_length(tocsin: CommandLine, line: Line) -> None:
    line.subscribe("terrorism", name="Trials")
    line.subscribe("prosecutor", name="Prosecutors")
    line.publish(line.feed(), TRIAL)
    assert len(tocsin("alert", "list", "--topic", "Trials", "--json").json) == 1
    assert len(tocsin("alert", "list", "--state", "pending", "--json").json) == 2
    assert len(tocsin("alert", "list", "--most", "1", "--json").json) == 1
    assert tocsin("alert", "list", "--state", "dead", "--json").json == []


def test_an_empty_list_names_the_next_step(tocsin: CommandLine) -> None:
    assert "tocsin topic list" in tocsin("alert", "list").out


def test_an_alert_explains_itself(tocsin: CommandLine, line: Line) -> None:
    line.subscribe("terrorism", name="Trials")
    line.publish(line.feed(), TRIAL)
    tell(line)
    shown = tocsin("alert", "show", *alert_ids(line), "--json").json
    assert shown["title"].startswith("Harbour police")
    assert [piece["text"] for piece in shown["evidence"]] == ["terrorism"]
    assert "terrorism" in shown["snippet"]
    (delivery,) = shown["deliveries"]
    assert (delivery["outcome"], delivery["status"], delivery["ms"]) == ("delivered", 204, 12)
    assert shown["next"]["what"].startswith("nothing: it was told")
    told = tocsin("alert", "show", *alert_ids(line))
    assert fits(told)
    assert 'terrorism → "terrorism" in lead' in told.out
    assert "204" in told.out


def test_an_alert_is_found_by_the_id_its_receiver_was_sent(tocsin: CommandLine, line: Line) -> None:
    line.subscribe("terrorism")
    line.publish(line.feed(), TRIAL)
    webhook_id = str(line.one("SELECT webhook_id FROM core.messages"))
    assert [tocsin("alert", "show", webhook_id, "--json").json["id"]] == alert_ids(line)


@pytest.mark.parametrize(
    ("change", "coming"),
    [
        ("UPDATE core.messages SET next_attempt_at = now()", "due now"),
        ("UPDATE core.messages SET next_attempt_at = now() + interval '5 minutes'", "tried again"),
        (
            "UPDATE core.endpoints SET state = 'paused', paused_until = now() + interval '1 hour'",
            "sent after the endpoint's pause",
        ),
        ("UPDATE core.endpoints SET state = 'disabled'", "nothing until `tocsin endpoint enable"),
        ("UPDATE core.messages SET state = 'dead', next_attempt_at = NULL", "nothing; `tocsin alert replay"),
    ],
)
def test_an_alert_says_what_comes_next(tocsin: CommandLine, line: Line, change: str, coming: str) -> None:
    line.subscribe("terrorism")
    line.publish(line.feed(), TRIAL)
    line.do(change)
    step = tocsin("alert", "show", *alert_ids(line), "--json").json["next"]
    assert step["what"].startswith(coming)
    assert (step["at"] is None) == coming.startswith("nothing")


def test_an_unknown_alert_is_refused_with_the_next_step(tocsin: CommandLine) -> None:
    assert "tocsin alert list" in tocsin.refused("alert", "show", str(uuid4()))
    assert "tocsin alert list" in tocsin.refused("alert", "show", "yesterday's")
    assert "tocsin alert list" in tocsin.refused("alert", "replay", "msg_0")


def test_a_replay_makes_a_told_alert_due_with_the_same_id(tocsin: CommandLine, line: Line) -> None:
    line.subscribe("terrorism")
    line.publish(line.feed(), TRIAL)
    tell(line)
    before = line.ask("SELECT webhook_id, payload, sequence FROM core.messages")
    counts = tocsin("alert", "replay", *alert_ids(line), "--json").json
    assert (counts["replayed"], counts["endpoints"]) == (1, 1)
    assert line.ask("SELECT webhook_id, payload, sequence FROM core.messages") == before
    assert line.ask("SELECT state, next_attempt_at <= now() FROM alerts") == [("pending", True)]


def test_a_topic_is_replayed_from_an_instant_on(tocsin: CommandLine, line: Line) -> None:
    line.subscribe("terrorism OR Hochwasser", name="Both")
    feed = line.feed()
    line.publish(feed, TRIAL)
    line.do("UPDATE core.alerts SET created_at = now() - interval '3 days'")
    line.publish(feed, FLOOD)
    tell(line)
    assert "Due now: 1 messages" in tocsin("alert", "replay", "--topic", "Both", "--since", "1d").out
    assert tocsin("alert", "replay", "--topic", "Both", "--since", "1w", "--json").json["replayed"] == 2


def test_a_replay_needs_alerts_or_a_topic_with_a_time(tocsin: CommandLine) -> None:
    for arguments in ((), ("--topic", "x"), ("--since", "1d"), ("a", "--topic", "x", "--since", "1d")):
        assert tocsin("alert", "replay", *arguments).status == 2


def test_what_never_had_a_message_cannot_be_replayed_and_says_so(tocsin: CommandLine, line: Line) -> None:
    line.subscribe("terrorism")
    line.process(line.poll(line.feed(), TRIAL, backlog=True))
    assert "without a message" in tocsin.refused("alert", "replay", *alert_ids(line))


def test_a_disabled_endpoint_is_left_out_and_named(tocsin: CommandLine, line: Line) -> None:
    line.subscribe("terrorism")
    line.publish(line.feed(), TRIAL)
    tell(line)
    line.do("UPDATE core.endpoints SET state = 'disabled'")
    ran = tocsin("alert", "replay", *alert_ids(line))
    assert ran.status == 0
    assert "tocsin endpoint enable" in ran.out
    assert line.one("SELECT state FROM alerts") == "delivered"


def test_the_ledger_adds_up(tocsin: CommandLine, line: Line) -> None:
    line.subscribe("terrorism", name="Trials")
    line.publish(line.feed(), TRIAL, FLOOD)
    (row,) = tocsin("ledger", "--json").json
    assert (row["topic"], row["matched"], row["pending"], row["missing"]) == ("Trials", 1, 1, 0)
    shown = tocsin("ledger")
    assert fits(shown)
    assert shown.err == ""


def test_a_hole_in_the_ledger_is_said_aloud(tocsin: CommandLine, line: Line) -> None:
    line.subscribe("terrorism")
    line.publish(line.feed(), TRIAL)
    line.do("DELETE FROM core.alerts")
    ran = tocsin("ledger", "--json")
    assert ran.status == 0
    assert ran.json[0]["missing"] == 1
    assert "do not agree" in ran.err


def add_gap(line: Line, feed_id: UUID, days_ago: float) -> None:
    until = now() - timedelta(days=days_ago)
    line.do(
        "INSERT INTO core.gaps (feed_id, from_at, to_at, reason) "
        "VALUES (:feed, :until - interval '1 hour', :until, 'no overlap with the last document')",
        feed=feed_id,
        until=until,
    )


def test_gaps_are_listed_for_a_feed_and_a_time(tocsin: CommandLine, line: Line) -> None:
    harbour, river = line.feed(), line.feed("https://river.example/feed.xml")
    add_gap(line, harbour, 1)
    add_gap(line, river, 2)
    add_gap(line, river, 20)
    assert len(tocsin("gaps", "--json").json) == 2
    assert len(tocsin("gaps", "--since", "30d", "--feed", str(river), "--json").json) == 2
    shown = tocsin("gaps")
    assert fits(shown)
    assert "no overlap" in shown.out


def test_no_gaps_is_a_finding(tocsin: CommandLine) -> None:
    assert "No gaps since" in tocsin("gaps").out
