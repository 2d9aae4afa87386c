"""`make evaluate`: the quality tables. `--quick` runs them small; the numbers of a seed are the same each time."""

import argparse
import os
import time
from pathlib import Path

from tests.evaluate.boilerplate_table import print_boilerplate
from tests.evaluate.identity_table import print_identity
from tests.evaluate.page_table import print_pages
from tests.evaluate.polling_table import print_tables, simulate
from tests.evaluate.reading_table import all_kinds, corpus_kinds, print_reading
from tests.evaluate.topics_table import print_topics

CORPUS = Path(os.environ.get("TOCSIN_CORPUS", Path(__file__).parents[3] / "shared" / "corpus"))
FEEDS, DAYS = 2_000, 60
QUICK_FEEDS, QUICK_DAYS = 200, 14


def main() -> None:
    """Run the simulations and print their tables."""
    parser = argparse.ArgumentParser(prog="python -m tests.evaluate", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the feeds over two weeks")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    feeds, days = (QUICK_FEEDS, QUICK_DAYS) if arguments.quick else (FEEDS, DAYS)
    begun = time.perf_counter()
    tables = simulate(feeds, days, arguments.seed)
    print(f"{feeds:,} feeds over {days} days, seed {arguments.seed}: {time.perf_counter() - begun:.0f} s\n")
    print_tables(tables, days)
    print_boilerplate()
    print_identity()
    print_reading(all_kinds())
    if CORPUS.is_dir():
        print_reading(corpus_kinds(CORPUS))
    print_pages()
    print_topics()


if __name__ == "__main__":
    main()
