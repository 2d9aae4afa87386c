"""`/metrics`: what every process counted, and how it is now."""

import pytest
from prometheus_client.parser import text_string_to_metric_families

from services.api.metrics import write_metrics
from shared.meter import Meter, Sample
from shared.store.metrics import add_to_metrics, list_latencies
from shared.store.pulses import check_ledger
from tests.services.line import Item, Line


def scrape(line: Line) -> dict[Sample, float]:
    """Read the exposition as Prometheus does."""
    text = write_metrics(line.database, line.bell).decode()  # type: ignore[arg-type]
    return {
        Sample(sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def polls(outcome: str) -> Sample:
    return Sample("tocsin_polls_total", (("outcome", outcome),))


def write_down(line: Line, meter: Meter) -> None:
    with line.database.begin() as transaction:
        add_to_metrics(transaction, meter.take())


def test_processes_add_to_one_sum_and_a_dead_ones_figures_stay(line: Line) -> None:
    for polled in (3, 2):
        meter = Meter()
        meter.polls.labels("changed").inc(polled)
        write_down(line, meter)
        write_down(line, meter)
    assert scrape(line)[polls("changed")] == 5


def test_a_histogram_is_summed_bucket_by_bucket(line: Line) -> None:
    for seconds in (0.0005, 0.3):
        meter = Meter()
        meter.match_seconds.observe(seconds)
        write_down(line, meter)
    found = scrape(line)
    buckets = [
        found[Sample("tocsin_match_seconds_bucket", (("le", le),))] for le in ("0.001", "0.25", "0.5", "+Inf")
    ]
    assert buckets == [1, 1, 2, 2]
    assert found[Sample("tocsin_match_seconds_count")] == 2


def test_what_nobody_counted_yet_is_there_as_nought(line: Line) -> None:
    assert scrape(line)[Sample("tocsin_process_seconds_count")] == 0


def test_what_waits_is_shown_with_its_age(line: Line) -> None:
    line.subscribe("terrorism")
    line.publish(line.feed(), Item("one"))
    line.poll(line.feed("https://other.example/feed.xml"), Item("two"))
    found = scrape(line)
    assert found[Sample("tocsin_alerts_waiting", (("state", "pending"),))] == 1
    assert found[Sample("tocsin_queue_age_seconds", (("what", "fetch"),))] > 0
    assert found[Sample("tocsin_feeds", (("state", "live"),))] == 2
    assert found[Sample("tocsin_ledger_missing")] == 0


def test_the_ledger_is_shown_as_it_was_last_checked_and_how_long_ago(line: Line) -> None:
    line.subscribe("terrorism")
    line.publish(line.feed(), Item("one"))
    line.do("DELETE FROM core.alerts")
    found = scrape(line)
    assert found[Sample("tocsin_ledger_missing")] == 0
    assert Sample("tocsin_ledger_age_seconds") not in found
    with line.database.begin() as transaction:
        check_ledger(transaction)
    line.do("UPDATE core.ledger_check SET checked_at = checked_at - interval '1 minute'")
    found = scrape(line)
    assert found[Sample("tocsin_ledger_missing")] == 1
    assert found[Sample("tocsin_ledger_age_seconds")] >= 60


def test_an_alert_says_how_long_it_took_from_publication_and_from_our_first_sight(line: Line) -> None:
    line.subscribe("terrorism")
    line.publish(line.feed(), Item("one"))
    line.do(
        "UPDATE core.releases SET first_seen_at = now() - interval '5 s', published_at = now() - interval '60 s', "
        "published_doubt = ''"
    )
    line.do("UPDATE core.messages SET state = 'delivered', next_attempt_at = NULL, told_at = now()")
    ids = [row[0] for row in line.ask("SELECT id FROM core.messages")]
    with line.database.begin() as transaction:
        (latency,) = list_latencies(transaction, ids)  # type: ignore[arg-type]
    assert latency.from_publication is not None
    assert latency.from_publication - latency.from_first_sight == pytest.approx(55)


def test_a_doubtful_date_is_no_measure(line: Line) -> None:
    line.subscribe("terrorism")
    line.publish(line.feed(), Item("one"))
    line.do("UPDATE core.messages SET state = 'delivered', next_attempt_at = NULL, told_at = now()")
    line.do(
        "UPDATE core.releases SET published_doubt = 'no time zone', published_at = now() - interval '9 h'"
    )
    ids = [row[0] for row in line.ask("SELECT id FROM core.messages")]
    with line.database.begin() as transaction:
        (latency,) = list_latencies(transaction, ids)  # type: ignore[arg-type]
    assert latency.from_publication is None
