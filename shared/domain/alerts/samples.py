"""A sample of every event, made by the code that makes the real ones: for trying a receiver."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from shared.domain.alerts.digest import Held, build_digest, plan_digest
from shared.domain.alerts.endpoint_health import EndpointEvent, build_endpoint_payload
from shared.domain.alerts.endpoint_health import EndpointFacts as Unwell
from shared.domain.alerts.feed_events import (
    FailingFigures,
    FeedEvent,
    GapFigures,
    LanguageQuietFigures,
    MovedFigures,
    QuietFigures,
    RecoveredFigures,
    build_event_payload,
)
from shared.domain.alerts.heartbeat import Pulse, TopicPulse, build_heartbeat
from shared.domain.alerts.payload import (
    Changes,
    EndpointFacts,
    EndpointTestData,
    ReleaseEvent,
    ReleaseFacts,
    Telling,
    TopicFacts,
    TopicName,
    as_json,
    build_payload,
    encode_body,
    held_body,
)
from shared.domain.topics.evidence import Evidence

_TOPIC = TopicFacts("0198f2c4-0000-7000-8000-000000000001", "Oil spills", '"marée noire" OR "oil spill"', 1)
_ENDPOINT = "0198f2c4-0000-7000-8000-000000000004"
_SUBSCRIPTION = "0198f2c4-0000-7000-8000-000000000005"
_STORY = "0198f2c4-0000-7000-8000-000000000002"
_FEED = {
    "id": "0198f2c4-0000-7000-8000-000000000003",
    "url": "https://press.example/feed.xml",
    "title": "Préfecture maritime de Roquesable",
}
_TITLE = "Marée noire à Roquesable : le port fermé"
_SNIPPET = "Une marée noire a atteint le port de Roquesable dans la nuit. Deux remorqueurs sont sur place."
_ENGLISH = {
    "language": "en",
    "url": "https://press.example/en/1",
    "title": "Oil spill at Roquesable: port closed",
}


def sample_event(event: str, at: datetime) -> bytes | None:
    """Make the standard body of a sample of this event; None where there is no such event."""
    make = _SAMPLES.get(event)
    return make(at) if make else None


def _release(event: ReleaseEvent, at: datetime) -> bytes:
    return build_payload(_telling(event, at), 1)


def _digest(at: datetime) -> bytes:
    since = at - timedelta(hours=9)
    held = Held(2, since, "quiet hours", "Europe/Paris", at)
    alerts = [held_body(_telling(event, since)) for event in ("release.published", "release.revised")]
    return build_digest(plan_digest(_TOPIC, held, alerts), 1, 1)


def _telling(event: ReleaseEvent, at: datetime) -> Telling:
    start = _SNIPPET.index("marée noire")
    evidence = Evidence('"marée noire"', "marée noire", "body", "lead", start, start + 11, None, "fr")
    release = ReleaseFacts(
        id=_STORY,
        url="https://press.example/fr/1",
        title=_TITLE,
        summary=_SNIPPET,
        language="fr",
        dateline="ROQUESABLE",
        publisher=_FEED["title"],
        published_at=at - timedelta(minutes=3),
        revision=1 if event == "release.published" else 2,
    )
    changes = Changes(body=({"from": "Un remorqueur est", "to": "Deux remorqueurs sont"},))
    return Telling(event, at, _TOPIC, release, (evidence,), _SNIPPET, changes, _STORY, (_ENGLISH,))


def _feed_event(event: str, detail: str, figures: object, at: datetime) -> bytes:
    happened = FeedEvent(event, "", at, detail, as_json(figures))
    return build_event_payload(happened, None if event == "feed.language_quiet" else _FEED, 1)


def _failing(event: str, at: datetime) -> bytes:
    since = at - timedelta(minutes=31)
    words = "3 polls in a row failed, for 31 min; dns: the name does not resolve"
    return _feed_event(event, words, FailingFigures("dns", 3, since), at)


def _quiet(at: datetime) -> bytes:
    figures = QuietFigures(at - timedelta(hours=9), 0.0001)
    return _feed_event("feed.quiet", "about 14 a working day; nothing for 9 h; chance 0.01 %", figures, at)


def _language_quiet(at: datetime) -> bytes:
    figures = LanguageQuietFigures("pt", at - timedelta(hours=9), 0.0001)
    words = "pt: about 14 a working day over 5 feeds; nothing for 9 h; chance 0.01 %"
    return _feed_event("feed.language_quiet", words, figures, at)


def _recovered(at: datetime) -> bytes:
    figures = RecoveredFigures("failing", at - timedelta(hours=2))
    return _feed_event("feed.recovered", "answers again after 2 h of being failing", figures, at)


def _moved(at: datetime) -> bytes:
    figures = MovedFigures("http://press.example/rss", _FEED["url"])
    return _feed_event(
        "feed.moved", f"moved for good from {figures.from_url} to {figures.to_url}", figures, at
    )


def _gap(at: datetime) -> bytes:
    figures = GapFigures(at - timedelta(hours=1), at)
    return _feed_event("feed.gap", "no entry of the last poll was in this one (within 1 h)", figures, at)


def _unwell(event: EndpointEvent, at: datetime) -> bytes:
    well = event == "endpoint.recovered"
    since = None if well else at - timedelta(days=1)
    state = {"endpoint.disabled": "disabled", "endpoint.failing": "paused"}.get(event, "active")
    reason = "" if well else "answered 500"
    facts = Unwell(_ENDPOINT, "https://desk.example/hook", state, reason, since, 0 if well else 6, 40, 1)
    return build_endpoint_payload(facts, event, at)


def _heartbeat(at: datetime) -> bytes:
    topic = TopicPulse(_TOPIC.id, _TOPIC.name, _SUBSCRIPTION, 41, 3, 3, 0)
    return build_heartbeat(Pulse(at - timedelta(days=1), 212, 214, 1_830, (topic,)), at)


def _test(at: datetime) -> bytes:
    data = EndpointTestData(EndpointFacts("https://desk.example/hook"), TopicName(_TOPIC.name))
    return encode_body("endpoint.test", at, as_json(data))


_SAMPLES: Mapping[str, Callable[[datetime], bytes]] = {
    "release.published": lambda at: _release("release.published", at),
    "release.revised": lambda at: _release("release.revised", at),
    "release.withdrawn": lambda at: _release("release.withdrawn", at),
    "release.digest": _digest,
    "feed.failing": lambda at: _failing("feed.failing", at),
    "feed.gone": lambda at: _failing("feed.gone", at),
    "feed.quiet": _quiet,
    "feed.language_quiet": _language_quiet,
    "feed.recovered": _recovered,
    "feed.moved": _moved,
    "feed.gap": _gap,
    "endpoint.test": _test,
    "endpoint.failing": lambda at: _unwell("endpoint.failing", at),
    "endpoint.disabled": lambda at: _unwell("endpoint.disabled", at),
    "endpoint.recovered": lambda at: _unwell("endpoint.recovered", at),
    "tocsin.heartbeat": _heartbeat,
}
