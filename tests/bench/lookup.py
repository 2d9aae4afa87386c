"""What it costs to find out whether a text is known, by step, with few and with many releases stored.

`python -m tests.bench.lookup [--most 500000]`: makes databases of its own and takes some minutes. The stored
releases are made up of random keys, as texts that share nothing have, and one form that thousands share.
"""

import argparse
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit
from uuid import UUID

import psycopg
from sqlalchemy import text

from shared.domain.releases import near_copy, siblings
from shared.domain.releases.filing import Candidate, plan_filing
from shared.domain.releases.identity import identify
from shared.embedded import embedded_services
from shared.store.database import Database, open_database
from shared.store.ids import new_ids
from shared.store.known import load_known
from shared.store.migrate import migrate
from shared.store.releases import add_filings
from shared.store.stories import load_story_candidates
from tests.evaluate.identity_table import story_text
from tests.evaluate.release_pairs import Text, load_texts

FEW, MANY = 10_000, 500_000
ROUNDS = 5
_KEYS_A_RELEASE = near_copy.BANDS + near_copy.HEAD_BANDS + siblings.MOST_TERMS
_SHARED_FORM = 5_000
_FEED = UUID(int=2)


def main() -> None:
    """Measure the steps and print them, with few and with many releases stored."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.lookup", description=__doc__)
    parser.add_argument("--most", type=int, default=MANY)
    most = parser.parse_args().most
    texts = list(load_texts().values())
    columns = {}
    with TemporaryDirectory(prefix="tocsin-lookup-") as folder, embedded_services(Path(folder)) as services:
        for stored in (FEW, most):
            columns[stored] = _measure_with(services.database_url, stored, texts)
    _print(columns, len(texts))


def _measure_with(url: str, stored: int, texts: Sequence[Text]) -> dict[str, float]:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS lookup WITH (FORCE)")
        connection.execute("CREATE DATABASE lookup")
    own = urlsplit(url)._replace(path="/lookup").geturl()
    migrate(own)
    database = open_database(own)
    _fill(database, stored, texts)
    figures = _measure(database, texts)
    database.close()
    return figures


def _fill(database: Database, stored: int, texts: Sequence[Text]) -> None:
    form = near_copy.bands_of(story_text(texts[0]).text)
    with database.begin() as transaction:
        transaction.execute(text("SELECT setseed(0.5)"))
        transaction.execute(text("INSERT INTO core.hosts (host) VALUES ('bench.example')"))
        transaction.execute(
            text(
                "INSERT INTO core.feeds (id, url, host) VALUES (:id, 'https://bench.example/', 'bench.example')"
            ),
            {"id": _FEED},
        )
        # An index is built at once in a tenth of the time that millions of random keys take one by one.
        transaction.execute(text("ALTER TABLE core.bands DROP CONSTRAINT bands_pkey"))
        transaction.execute(
            text(
                "INSERT INTO core.bands SELECT (random() * 9e18)::bigint, r.id "
                "FROM (SELECT uuidv7() AS id FROM generate_series(1, :stored)) r, generate_series(1, :keys)"
            ),
            {"stored": stored, "keys": _KEYS_A_RELEASE},
        )
        transaction.execute(
            text(
                "INSERT INTO core.bands SELECT band, uuidv7() "
                "FROM unnest(CAST(:form AS bigint[])) AS band, generate_series(1, :shared)"
            ),
            {"form": list(form), "shared": _SHARED_FORM},
        )
        transaction.execute(text("ALTER TABLE core.bands ADD PRIMARY KEY (band, release_id)"))
    with database.begin() as transaction:
        transaction.execute(text("ANALYZE core.bands"))


def _measure(database: Database, texts: Sequence[Text]) -> dict[str, float]:
    candidates = [_candidate(one, "0") for one in texts]
    told = [story_text(one) for one in texts]
    steps: dict[str, float] = {
        "MinHash": _median(
            lambda at: near_copy.bands_of(candidates_text(candidates[at])), texts, near_copy.bands_of
        ),
        "terms of its story": _median(lambda at: siblings.story_terms(told[at]), texts, siblings._facts),
        "compare two texts": _median(
            lambda at: near_copy.liken(told[at].text, told[at - 1].text), texts, near_copy.liken
        ),
    }
    with database.begin() as transaction:
        steps["lookup of copies"] = _median(lambda at: load_known(transaction, [candidates[at]]), texts)
        terms = [siblings.story_terms(one) for one in told]
        steps["lookup of its story"] = _median(
            lambda at: load_story_candidates(transaction, {UUID(int=at): terms[at]}), texts
        )
    steps["decide and store"] = _median(lambda at: _store(database, texts[at]), texts)
    return steps


def candidates_text(candidate: Candidate) -> near_copy.NearText:
    draft = candidate.draft
    return near_copy.near_text(draft.title, draft.body, draft.zones)


def _store(database: Database, one: Text) -> None:
    candidate = _candidate(one, str(time.perf_counter_ns()))
    now = datetime.now(UTC)
    with database.begin() as transaction:
        filings = plan_filing([candidate], load_known(transaction, [candidate]), new_ids(transaction, 1))
        add_filings(transaction, filings, now=now, settle_by=now)
        transaction.rollback()


def _candidate(one: Text, salt: str) -> Candidate:
    draft = replace(one.draft, url=f"{one.draft.url}?n={salt}")
    key = blake2b(f"{one.guid} {salt}".encode(), digest_size=16).digest()
    return Candidate(
        fetch_id=UUID(int=1),
        feed_id=_FEED,
        entry_key=key,
        guid=one.guid,
        feed=one.feed,
        draft=draft,
        identity=identify(draft, "feed", key.hex()),
        site=one.site,
    )


def _median(step: Callable[[int], object], texts: Sequence[Text], cached: object = None) -> float:
    """Give the median of so many rounds over every text, in milliseconds; what is cached is forgotten each time."""
    times = []
    for _ in range(ROUNDS):
        if cached is not None:
            cached.cache_clear()  # type: ignore[attr-defined]
        for at in range(len(texts)):
            begun = time.perf_counter()
            step(at)
            times.append((time.perf_counter() - begun) * 1000)
    return statistics.median(times)


def _print(columns: dict[int, dict[str, float]], texts: int) -> None:
    few, many = columns
    print(f"\nMilliseconds a release, median of {ROUNDS} times {texts} texts; releases stored:\n")
    print(f"{'':<22}{few:>12,}{many:>12,}{'ratio':>8}")
    for step, least in columns[few].items():
        most = columns[many][step]
        print(f"{step:<22}{least:>12.3f}{most:>12.3f}{most / least:>8.2f}")


if __name__ == "__main__":
    main()
