"""`/metrics`: the sums over every process, and how it is now, in the exposition format of Prometheus."""

from collections.abc import Iterator, Mapping
from importlib.metadata import version

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Metric, generate_latest
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily
from prometheus_client.registry import Collector
from prometheus_client.samples import Sample as PrometheusSample

from shared.meter import Meter, Sample
from shared.queue import DELIVER, PROCESS, Bell
from shared.store.database import Database
from shared.store.heartbeats import list_heartbeats
from shared.store.metrics import Gauges, get_gauges, load_metrics

# A process that has not been seen for six beats is no worker any more.
_ALIVE_SECONDS = 30.0


def metrics_routes(database: Database, bell: Bell) -> APIRouter:
    """Make the route; its figures hold no secret, and it asks for no token."""
    router = APIRouter(tags=["health"])

    @router.get("/metrics", summary="Figures for Prometheus", response_class=Response)
    def metrics() -> Response:
        return Response(write_metrics(database, bell), media_type=CONTENT_TYPE_LATEST)

    return router


def write_metrics(database: Database, bell: Bell) -> bytes:
    """Read everything and write it out."""
    with database.begin() as transaction:
        sums = load_metrics(transaction)
        gauges = get_gauges(transaction)
        seen = [beat.service for beat in list_heartbeats(transaction, _ALIVE_SECONDS)]
    workers = {service: seen.count(service) for service in ("ingest", PROCESS, DELIVER, "api")}
    queued = {queue: bell.waiting(queue) for queue in (PROCESS, DELIVER)}
    registry = CollectorRegistry()
    registry.register(_Written([*_summed(sums), *_gauges(gauges), *_running(workers, queued)]))
    return generate_latest(registry)


class _Written(Collector):
    """Metrics that were read, as the library wants to be given them."""

    def __init__(self, families: list[Metric]) -> None:
        self.families = families

    def collect(self) -> Iterator[Metric]:
        yield from self.families


def _summed(sums: Mapping[Sample, float]) -> Iterator[Metric]:
    """Give the metrics that processes count, with the sums in place of a new process's own noughts."""
    for family in Meter().families():
        known = {sample: value for sample, value in sums.items() if _belongs(sample, family)}
        fresh = {
            Sample(s.name, tuple(sorted(s.labels.items()))): s.value
            for s in family.samples
            if not s.name.endswith("_created")
        }
        series = fresh | known
        family.samples = [
            PrometheusSample(sample.name, dict(sample.labels), series[sample])
            for sample in sorted(series, key=_in_order)
        ]
        yield family


def _belongs(sample: Sample, family: Metric) -> bool:
    suffix = sample.name.removeprefix(family.name)
    return suffix != sample.name and suffix in {"_total", "_bucket", "_sum", "_count"}


def _in_order(sample: Sample) -> tuple[object, ...]:
    """Order buckets by their bound, as readers of the format expect them."""
    labels = dict(sample.labels)
    bound = float(labels.pop("le", "inf").replace("+Inf", "inf"))
    return (sorted(labels.items()), sample.name, bound)


def _gauges(gauges: Gauges) -> Iterator[Metric]:
    yield GaugeMetricFamily(
        "tocsin_poll_lag_seconds", "How overdue the latest poll is.", gauges.poll_lag_seconds
    )
    ages = GaugeMetricFamily("tocsin_queue_age_seconds", "Age of the oldest that waits.", labels=["what"])
    ages.add_metric(["fetch"], gauges.fetch_age_seconds)
    ages.add_metric(["page"], gauges.settling_age_seconds)
    ages.add_metric(["alert"], gauges.alert_age_seconds)
    yield ages
    yield _counted("tocsin_feeds", "Watched feeds, by how they are.", "state", gauges.feeds)
    yield _counted("tocsin_endpoints", "Endpoints, by state.", "state", gauges.endpoints)
    yield _counted("tocsin_alerts_waiting", "Alerts to be told.", "state", gauges.alerts_waiting)
    yield GaugeMetricFamily("tocsin_topics", "Watched topics.", gauges.topics)
    yield GaugeMetricFamily("tocsin_gaps_today", "Gaps that ended within a day.", gauges.gaps_today)
    yield GaugeMetricFamily(
        "tocsin_ledger_missing", "Matches and alerts that do not agree: 0, always.", gauges.ledger_missing
    )
    # No sample before the first check: 0 would say that it was checked a moment ago.
    checked = GaugeMetricFamily(
        "tocsin_ledger_age_seconds", "How long ago the ledger was checked.", labels=[]
    )
    if gauges.ledger_age_seconds is not None:
        checked.add_metric([], gauges.ledger_age_seconds)
    yield checked


def _running(workers: Mapping[str, int], queued: Mapping[str, int | None]) -> Iterator[Metric]:
    yield _counted("tocsin_processes", "Processes seen within 30 seconds.", "service", workers)
    known = {queue: count for queue, count in queued.items() if count is not None}
    yield _counted("tocsin_queue_length", "Tasks that wait in the broker.", "queue", known)
    yield GaugeMetricFamily("tocsin_broker_up", "Whether the broker answers.", int(len(known) == len(queued)))
    yield InfoMetricFamily("tocsin", "This version.", {"version": version("tocsin")})


def _counted(name: str, what: str, label: str, counts: Mapping[str, int]) -> Metric:
    family = GaugeMetricFamily(name, what, labels=[label])
    for value, count in sorted(counts.items()):
        family.add_metric([value], count)
    return family
