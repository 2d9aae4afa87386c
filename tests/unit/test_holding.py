"""When a subscription may tell: nothing that matched is lost, and nothing is sent in a time that is held."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest

from shared.domain.alerts.holding import Timing, hold_until, is_silent, release_at, why_held

MINUTE = timedelta(minutes=1)
NIGHT = (time(22), time(7))
PARIS = "Europe/Paris"
# Days that hold a change of the clock in some of these zones, and a day that holds none.
ZONES = ("UTC", PARIS, "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Africa/Casablanca")
DAYS = tuple(
    datetime(2026, month, day, tzinfo=UTC)
    for month, day in ((2, 3), (3, 7), (3, 28), (4, 4), (6, 30), (10, 3), (10, 24), (10, 31), (12, 31))
)


def at(text: str, zone: str = "UTC") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


@dataclass(slots=True)
class Desk:
    """A subscription with a clock for an argument: it takes what matches and notes when each is told."""

    timing: Timing
    waiting_until: datetime | None = None
    held: list[tuple[int, datetime]] = field(default_factory=list)
    told: dict[int, datetime] = field(default_factory=dict)
    order: list[int] = field(default_factory=list)

    def match(self, number: int, now: datetime) -> None:
        until = hold_until(self.timing, now, self.waiting_until)
        if until is None:
            self._tell(number, now)
        else:
            self.held.append((number, now))
            self.waiting_until = until

    def tick(self, now: datetime) -> None:
        if self.waiting_until is None or self.waiting_until > now:
            return
        due = release_at(self.timing, self.held[0][1], now)
        if due > now:
            self.waiting_until = due
            return
        for number, _ in self.held:
            self._tell(number, now)
        self.held.clear()
        self.waiting_until = None

    def change(self, timing: Timing, now: datetime) -> None:
        self.timing = timing
        self.waiting_until = now if self.held else None

    def _tell(self, number: int, now: datetime) -> None:
        assert not is_silent(self.timing, now)
        assert number not in self.told
        self.told[number] = now
        self.order.append(number)


def any_timing(random: Random, start: datetime) -> Timing:
    def clock() -> time:
        return time(random.randrange(24), random.choice((0, 1, 15, 30, 59)))

    quiet = random.choice((NIGHT, (time(1, 30), time(2, 30)), (time(2), time(3)), (clock(), clock()), None))
    if quiet and quiet[0] == quiet[1]:
        quiet = NIGHT
    waits = random.choice(("instant", "instant", "gather", "digest"))
    muted = start + timedelta(minutes=random.randrange(3_000)) if random.random() < 0.4 else None
    return Timing(
        gather=timedelta(minutes=random.choice((1, 15, 240))) if waits == "gather" else timedelta(),
        digest_at=random.choice((time(8), time(2, 30), time(0), clock())) if waits == "digest" else None,
        zone=random.choice(ZONES),
        quiet=quiet,
        muted_until=muted,
    )


@pytest.mark.thorough
@pytest.mark.parametrize("tenth", range(10))
def test_in_500_random_schedules_nothing_is_lost_and_nothing_sent_in_a_held_time(tenth: int) -> None:
    for seed in range(tenth * 50, tenth * 50 + 50):
        random = Random(seed)
        start = random.choice(DAYS)
        desk = Desk(any_timing(random, start))
        minutes = sorted(random.sample(range(2 * 24 * 60), 40))
        changes_at = random.choice((None, random.randrange(2 * 24 * 60)))
        for minute in range(5 * 24 * 60):
            now = start + minute * MINUTE
            desk.tick(now)
            if minute == changes_at:
                desk.change(any_timing(random, now), now)
            while minutes and minutes[0] == minute:
                desk.match(40 - len(minutes), now)
                minutes.pop(0)

        assert desk.order == list(range(40)), f"seed {seed}"


def test_outside_quiet_hours_an_alert_is_told_at_once() -> None:
    timing = Timing(zone=PARIS, quiet=NIGHT)
    assert hold_until(timing, at("2026-03-02 21:59:59", PARIS), None) is None
    assert hold_until(timing, at("2026-03-02 07:00", PARIS), None) is None


def test_quiet_hours_over_midnight_end_in_the_morning() -> None:
    timing = Timing(zone=PARIS, quiet=NIGHT)
    for matched in ("2026-03-02 22:00", "2026-03-02 23:59:30", "2026-03-03 00:00", "2026-03-03 06:59:59"):
        assert hold_until(timing, at(matched, PARIS), None) == at("2026-03-03 07:00", PARIS)


@pytest.mark.parametrize(("night", "hours"), [("2026-03-28", 8), ("2026-10-24", 10)])
def test_a_night_with_a_change_of_the_clock_is_shorter_or_longer(night: str, hours: int) -> None:
    begins = at(f"{night} 22:00", PARIS)
    assert hold_until(Timing(zone=PARIS, quiet=NIGHT), begins, None) == begins + timedelta(hours=hours)


def test_quiet_hours_that_end_in_the_hour_left_out_end_with_the_change() -> None:
    timing = Timing(zone=PARIS, quiet=(time(22), time(2, 30)))
    assert hold_until(timing, at("2026-03-28 23:00", PARIS), None) == datetime(2026, 3, 29, 1, tzinfo=UTC)


def test_a_digest_comes_once_a_day_by_the_wall() -> None:
    timing = Timing(digest_at=time(8), zone=PARIS)
    assert hold_until(timing, at("2026-03-02 07:59", PARIS), None) == at("2026-03-02 08:00", PARIS)
    assert hold_until(timing, at("2026-03-02 08:01", PARIS), None) == at("2026-03-03 08:00", PARIS)
    assert hold_until(timing, at("2026-03-28 09:00", PARIS), None) == at("2026-03-29 08:00", PARIS)


def test_a_digest_at_a_time_that_the_spring_leaves_out_comes_an_hour_later() -> None:
    timing = Timing(digest_at=time(2, 30), zone=PARIS)
    assert hold_until(timing, at("2026-03-28 12:00", PARIS), None) == at("2026-03-29 03:30", PARIS)


def test_a_digest_at_a_time_that_the_autumn_has_twice_comes_at_the_first() -> None:
    timing = Timing(digest_at=time(2, 30), zone=PARIS)
    assert hold_until(timing, at("2026-10-24 12:00", PARIS), None) == datetime(
        2026, 10, 25, 0, 30, tzinfo=UTC
    )
    after = datetime(2026, 10, 25, 0, 31, tzinfo=UTC)
    assert hold_until(timing, after, None) == datetime(2026, 10, 26, 1, 30, tzinfo=UTC)


def test_a_digest_due_in_quiet_hours_waits_for_their_end() -> None:
    timing = Timing(digest_at=time(5), zone=PARIS, quiet=NIGHT)
    assert hold_until(timing, at("2026-03-02 12:00", PARIS), None) == at("2026-03-03 07:00", PARIS)


def test_gathering_counts_from_the_first_and_takes_the_others_along() -> None:
    timing = Timing(gather=timedelta(minutes=15))
    first = hold_until(timing, at("2026-03-02 09:00"), None)
    assert first == at("2026-03-02 09:15")
    assert hold_until(timing, at("2026-03-02 09:14"), first) == first


def test_a_mute_that_ends_in_quiet_hours_holds_until_they_end() -> None:
    timing = Timing(quiet=NIGHT, muted_until=at("2026-03-02 23:30"))
    assert hold_until(timing, at("2026-03-02 12:00"), None) == at("2026-03-03 07:00")


def test_what_was_held_and_not_told_in_time_waits_for_the_quiet_hours_that_began_meanwhile() -> None:
    timing = Timing(quiet=NIGHT)
    since, late = at("2026-03-01 23:00"), at("2026-03-02 22:30")
    assert release_at(timing, since, late) == at("2026-03-03 07:00")
    assert release_at(timing, since, at("2026-03-02 12:00")) == at("2026-03-02 12:00")


def test_what_holds_an_alert_is_said_in_words() -> None:
    night = at("2026-03-02 23:00")
    assert why_held(Timing(quiet=NIGHT, muted_until=at("2026-03-05 00:00")), night) == "muted"
    assert why_held(Timing(quiet=NIGHT, digest_at=time(8)), night) == "quiet hours"
    assert why_held(Timing(digest_at=time(8)), night) == "digest"
    assert why_held(Timing(gather=timedelta(minutes=5)), night) == "gathering"
