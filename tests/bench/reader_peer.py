"""The peer `reader` (PyPI): a feed library with its own storage, as its documentation shows it."""

import importlib
import importlib.util
import sys

import psutil

from tests.bench.job import Job
from tests.bench.measured import Meter, Turn
from tests.bench.passes import take_two_passes


def run_reader(job: Job, workers: int) -> Turn:
    """Update every feed twice, with default storage.

    The second update comes before `reader`'s own schedule would ask again: `scheduled=False` asks at once.
    """
    _let_sgmllib_be_found()
    from reader import make_reader  # noqa: PLC0415 - its parser needs the line above

    reader = make_reader(str(job.folder / "reader.sqlite"))
    for url in job.urls:
        reader.add_feed(url)
    turn = take_two_passes(
        job,
        Meter([psutil.Process()]),
        update=lambda: reader.update_feeds(workers=workers, scheduled=False),
        count=lambda: reader.get_entry_counts().total or 0,
    )
    reader.close()
    return turn


def _let_sgmllib_be_found() -> None:
    """Give `reader` the module that its own copy of feedparser imports and its requirements do not name.

    feedparser 6.0.14 itself now requires the same code under another name, so the old one is not installed.
    """
    if importlib.util.find_spec("sgmllib") is None:
        sys.modules["sgmllib"] = importlib.import_module("feedparser_sgmllib")
