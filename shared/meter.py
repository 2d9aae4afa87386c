"""What a process counts and times, in Prometheus's terms; `/metrics` sums it over every process there was.

A process dies with its figures, and a scrape meets one of many: so each writes what it added to the database
(`shared.store.metrics`), and the API reads the sums there. Names and units: prometheus.io/docs/practices/naming.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from threading import Lock

from prometheus_client import CollectorRegistry, Counter, Histogram, Metric
from prometheus_client.samples import Sample as PrometheusSample

_MOMENTS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5)
_REQUESTS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15, 30, 60)
_LATENCIES = (1, 2.5, 5, 10, 30, 60, 120, 300, 900, 3_600, 21_600, 86_400)


@dataclass(frozen=True, slots=True)
class Sample:
    """One series: its name and its labels, in the order of their names."""

    name: str
    labels: tuple[tuple[str, str], ...] = ()


def as_sample(sample: PrometheusSample) -> Sample:
    """Give the series that a sample of the library is of."""
    return Sample(sample.name, tuple(sorted(sample.labels.items())))


def _counter(registry: CollectorRegistry, name: str, what: str, *labels: str) -> Counter:
    return Counter(name, what, labels, registry=registry)


def _histogram(
    registry: CollectorRegistry, name: str, what: str, buckets: tuple[float, ...], *labels: str
) -> Histogram:
    return Histogram(name, what, labels, buckets=buckets, registry=registry)


class Meter:
    """The counters and histograms of one process, and what of them was not written down yet."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        self.polls = _counter(registry, "tocsin_polls", "Polls of feeds, by outcome.", "outcome")
        self.poll_seconds = _histogram(
            registry, "tocsin_poll_seconds", "From asking for a feed to having its answer.", _REQUESTS
        )
        self.entries = _counter(
            registry, "tocsin_entries", "Entries of fetched documents, by what became of them.", "outcome"
        )
        self.process_seconds = _histogram(
            registry, "tocsin_process_seconds", "Parsing, matching and storing one fetch.", _MOMENTS
        )
        self.match_seconds = _histogram(
            registry, "tocsin_match_seconds", "Matching one release with every topic.", _MOMENTS
        )
        self.deliveries = _counter(
            registry, "tocsin_deliveries", "Posts to endpoints, by what came of them.", "outcome"
        )
        self.delivery_seconds = _histogram(
            registry, "tocsin_delivery_seconds", "From posting a message to having its answer.", _REQUESTS
        )
        self.alert_latency = _histogram(
            registry,
            "tocsin_alert_latency_seconds",
            "From a release's publication, or our first sight of it, to the receipt of its alert.",
            _LATENCIES,
            "since",
        )
        self._written: dict[Sample, float] = {}
        self._taking = Lock()

    def families(self) -> Iterable[Metric]:
        """Give every metric with its help and its samples so far."""
        return self.registry.collect()

    def take(self) -> Mapping[Sample, float]:
        """Give what was added since the last call, and count it as written."""
        with self._taking:
            now = {
                as_sample(sample): sample.value
                for family in self.families()
                for sample in family.samples
                if not sample.name.endswith("_created")  # says when one process began: many share the sum
            }
            added = {sample: value - self._written.get(sample, 0.0) for sample, value in now.items()}
            self._written = now
        return {sample: value for sample, value in added.items() if value}
