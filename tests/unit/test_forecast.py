"""How often a topic will ring, from when it would have rung."""

from datetime import UTC, date, datetime, timedelta

from shared.domain.topics.forecast import forecast_alerts, is_broad

NOW = datetime(2026, 3, 10, 15, tzinfo=UTC)


def days_ago(*days: float) -> list[datetime]:
    return [NOW - timedelta(days=day) for day in days]


def test_quiet_days_count_in_the_median() -> None:
    forecast = forecast_alerts(days_ago(0.1, 0.2, 2.5), NOW - timedelta(days=3), NOW)
    assert (forecast.days, forecast.median, forecast.mean) == (3, 1.0, 1.0)


def test_the_worst_day_is_named_by_its_beginning() -> None:
    forecast = forecast_alerts(days_ago(0.1, 2.1, 2.2, 2.9), NOW - timedelta(days=4), NOW)
    assert (forecast.worst, forecast.worst_day) == (3, date(2026, 3, 7))


def test_the_part_of_a_day_at_the_far_end_is_left_out() -> None:
    forecast = forecast_alerts(days_ago(0.5, 1.2), NOW - timedelta(days=1.5), NOW)
    assert (forecast.days, forecast.median) == (1, 1.0)


def test_an_archive_of_an_hour_counts_as_a_day() -> None:
    forecast = forecast_alerts(days_ago(0.01) * 31, NOW - timedelta(hours=1), NOW)
    assert (forecast.days, forecast.median, forecast.is_flood) == (1, 31.0, True)


def test_thirty_a_day_are_no_flood() -> None:
    assert not forecast_alerts(days_ago(0.5) * 30, NOW - timedelta(days=1), NOW).is_flood


def test_what_was_published_before_its_feed_was_polled_is_no_alert_of_today() -> None:
    assert forecast_alerts(days_ago(*range(20, 70)), NOW - timedelta(hours=1), NOW).worst == 0


def test_a_topic_is_broad_only_where_enough_was_read() -> None:
    assert is_broad(100, 51)
    assert not is_broad(100, 50)
    assert not is_broad(99, 99)
