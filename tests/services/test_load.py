"""A small form of `make load`: good and bad receivers, a real worker killed at work, and a recovery."""

from tests.load.findings import broken_repeats, fastest_second, holes, requests_in_pauses
from tests.load.receivers import RETRY_AFTER_SECONDS
from tests.load.run import Shape, run_load


def test_nothing_is_missing_or_doubled_beside_bad_receivers_when_the_worker_is_killed(
    database_url: str, redis_url: str
) -> None:
    shape = Shape({"good": 4, "fails": 1, "limits": 1, "cuts": 1}, batches=2, releases=4, kills=1)

    ran = run_load(database_url, redis_url, shape)

    assert ran.killed == 1
    assert holes(ran.arrivals, ran.sequence) == []
    assert broken_repeats(ran.arrivals) == []
    matched, delivered, missing = ran.ledger
    assert (matched, missing) == (delivered, 0)
    assert matched >= 7 * 8


def test_no_post_starts_in_a_pause_and_what_is_owed_goes_out_at_the_rate(
    database_url: str, redis_url: str
) -> None:
    shape = Shape({"good": 2, "fails": 1, "limits": 2}, batches=2, releases=10, rate=15.0)

    ran = run_load(database_url, redis_url, shape)

    assert requests_in_pauses(ran.arrivals, RETRY_AFTER_SECONDS) == []
    assert ran.early_starts == 0
    assert ran.owed_when_good_were_done > 0
    healed = [one for one in ran.arrivals if "/good/" not in one.endpoint and one.at > ran.healed_at + 1]
    # A receiver on a busy machine sees posts later than they started, and so may see two more in its second.
    assert fastest_second(healed) <= shape.rate + 3
    assert holes(ran.arrivals, ran.sequence) == []
