"""The HTTP API: what scripts may ask, how it refuses, and who may ask at all."""

import asyncio
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from fastapi.testclient import TestClient
from lxml import etree

from services.api.app import make_app
from services.api.v1.stream import stream_events
from shared.settings import Settings
from shared.store.stream import first_id_at, instant_of
from tests.services.line import Item, Line, ListeningBell

TOKEN = "a token of this test"


def open_client(line: Line, token: str = "") -> TestClient:
    app = make_app(Settings(api_token=token), line.database, ListeningBell())  # type: ignore[arg-type]
    return TestClient(app, base_url="http://127.0.0.1:8400", raise_server_exceptions=False)


@pytest.fixture
def client(line: Line) -> Iterator[TestClient]:
    with open_client(line) as opened:
        yield opened


def items(client: TestClient, path: str) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = client.get(path).json()["items"]
    return listed


def test_a_feed_is_added_paused_and_removed(client: TestClient) -> None:
    added = client.post("/v1/feeds", json={"url": "https://press.example/feed.xml", "title": "Press"})
    assert (added.status_code, added.json()["state"]) == (201, "active")
    path = f"/v1/feeds/{added.json()['id']}"
    assert client.patch(path, json={"state": "paused"}).json()["state"] == "paused"
    assert client.get(path).json()["polls"] == []
    assert client.delete(path).status_code == 204
    assert items(client, "/v1/feeds") == []


def test_the_same_address_again_is_the_same_feed(client: TestClient) -> None:
    first, again = (client.post("/v1/feeds", json={"url": "https://press.example/feed"}).json() for _ in "ab")
    assert (first["is_new"], again["is_new"]) == (True, False)
    assert first["id"] == again["id"]


@pytest.mark.parametrize("page", ["auto", "css: .news a", "xpath: //h3/a"])
def test_a_page_without_a_feed_is_added_with_how_its_list_is_found(client: TestClient, page: str) -> None:
    added = client.post("/v1/feeds", json={"url": "https://press.example/news", "page": page})
    assert (added.status_code, added.json()["page"], added.json()["kind"]) == (201, page, "page")


def test_a_page_stays_one_where_the_address_is_added_again_without_a_word(client: TestClient) -> None:
    pages = [
        client.post("/v1/feeds", json={"url": "https://press.example/news"} | page).json()["page"]
        for page in ({"page": "auto"}, {}, {"page": ""})
    ]
    assert pages == ["auto", "auto", ""]


@pytest.mark.parametrize(
    ("page", "says"),
    [("css: ..", "is no CSS selector"), ("xpath: //[", "is no XPath"), ("magic", "is no way to read a page")],
)
def test_a_rule_that_cannot_be_obeyed_is_refused_before_it_is_kept(
    client: TestClient, page: str, says: str
) -> None:
    refused = client.post("/v1/feeds", json={"url": "https://press.example/news", "page": page})
    assert refused.status_code == 409
    assert says in refused.json()["detail"]
    assert items(client, "/v1/feeds") == []


def test_a_topic_is_added_edited_and_said_back_in_words(client: TestClient) -> None:
    topic = client.post("/v1/topics", json={"name": "harbours", "query": "harbour AND freighter"}).json()
    assert "harbour" in topic["understood"]
    edited = client.patch(f"/v1/topics/{topic['id']}", json={"query": "harbour"}).json()
    assert (edited["query"], edited["version"]) == ("harbour", 2)


def test_a_query_is_tried_before_it_is_watched(line: Line, client: TestClient) -> None:
    line.publish(line.feed(), *(Item(f"release {n}") for n in range(40)))
    tried = client.post("/v1/topics/preview", json={"query": "freighter", "since": "1d"}).json()
    assert (tried["hits"], tried["languages"]) == (40, {"en": 40})
    assert tried["examples"][0]["evidence"][0]["text"] == "freighter"
    wanted = {"name": "all of it", "query": "freighter"}
    assert client.post("/v1/topics", json=wanted).status_code == 409
    assert client.post("/v1/topics", json=wanted | {"yes": True}).status_code == 201
    assert client.post("/v1/topics", json=wanted).json()["is_new"] is False


def test_a_query_that_cannot_be_used_is_refused_with_its_column(client: TestClient) -> None:
    answer = client.post("/v1/topics", json={"name": "harbours", "query": 'harbour AND "freighter'})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["column"] == 13


def test_a_subscription_shows_the_secret_of_a_new_endpoint_once(client: TestClient) -> None:
    client.post("/v1/topics", json={"name": "harbours", "query": "harbour"})
    wanted = {"topic": "harbours", "url": "https://desk.example/hook"}
    first, again = (client.post("/v1/subscriptions", json=wanted).json() for _ in "ab")
    assert first["secret"].startswith("whsec_")
    assert again["secret"] is None
    assert items(client, f"/v1/subscriptions?topic_id={first['topic_id']}")[0]["id"] == first["id"]
    assert (
        client.get(f"/v1/endpoints/{first['endpoint_id']}").json()["subscriptions"][0]["topic"] == "harbours"
    )


def test_a_subscription_is_told_when_and_how_it_was_asked_to_be(client: TestClient) -> None:
    client.post("/v1/topics", json={"name": "harbours", "query": "harbour"})
    wanted = {
        "topic": "harbours",
        "url": "https://desk.example/hook",
        "digest": "08:00",
        "zone": "Europe/Paris",
    }
    added = client.post("/v1/subscriptions", json=wanted | {"signature": "v1a", "per": "story"}).json()
    assert (added["tells"], added["digest_at"], added["per"]) == ("digest", "08:00", "story")
    assert added["public_key"].startswith("whpk_")
    path = f"/v1/subscriptions/{added['id']}"
    changed = client.patch(path, json={"digest": "none", "quiet": "22:00-07:00", "format": "slack"}).json()
    assert (changed["tells"], changed["quiet_from"], changed["format"]) == ("instant", "22:00", "slack")
    assert client.patch(path, json={"quiet": "late"}).status_code == 409


def test_events_of_feeds_are_subscribed_to_like_a_topic(client: TestClient) -> None:
    added = client.post("/v1/subscriptions", json={"topic": "feed.*", "url": "https://desk.example/hook"})
    assert (added.status_code, added.json()["event"]) == (201, "feed.*")


def test_events_of_feeds_are_not_gathered(client: TestClient) -> None:
    wanted = {"topic": "feed.*", "url": "https://desk.example/hook", "digest": "08:00"}
    answer = client.post("/v1/subscriptions", json=wanted)
    assert (answer.status_code, items(client, "/v1/subscriptions")) == (409, [])
    assert "told one by one" in answer.json()["detail"]


def test_a_release_is_listed_shown_and_found_by_its_words(line: Line, client: TestClient) -> None:
    line.subscribe("terrorism", name="terror")
    line.publish(line.feed(), Item("one"))
    (release,) = items(client, "/v1/releases?language=en")
    shown = client.get(f"/v1/releases/{release['id']}").json()
    assert len(shown["sightings"]) == 1
    assert shown["matches"][0]["topic"] == "terror"
    assert items(client, "/v1/search?q=freighter")[0]["id"] == release["id"]
    assert items(client, "/v1/search?q=submarine") == []


def test_pages_go_on_where_the_one_before_ended_and_repeat_nothing(line: Line, client: TestClient) -> None:
    line.publish(line.feed(), *(Item(f"release {n}") for n in range(5)))
    seen, path = [], "/v1/releases?limit=2"
    while path:
        page = client.get(path).json()
        seen += [row["id"] for row in page["items"]]
        path = f"/v1/releases?limit=2&cursor={page['next']}" if page["next"] else ""
    assert len(seen) == len(set(seen)) == 5
    assert seen == sorted(seen, reverse=True)


def test_a_cursor_of_somewhere_else_is_refused(client: TestClient) -> None:
    assert client.get("/v1/releases?cursor=bm9uc2Vuc2U").status_code == 409
    assert client.get("/v1/releases?cursor=WyJub3QgYW4gaWQiXQ").status_code == 409


def test_an_alert_is_shown_with_why_it_rang(line: Line, client: TestClient) -> None:
    line.subscribe("terrorism")
    line.publish(line.feed(), Item("one"))
    (alert,) = items(client, "/v1/alerts?state=pending")
    shown = client.get(f"/v1/alerts/{alert['id']}").json()
    assert shown["evidence"][0]["text"] == "terrorism"
    assert shown["deliveries"] == []
    assert items(client, "/v1/alerts?state=dead") == []


def test_what_there_is_none_of_is_not_found(client: TestClient) -> None:
    nobody = "018f0000-0000-7000-8000-000000000000"
    for path in ("feeds", "topics", "subscriptions", "endpoints", "releases", "alerts"):
        answer = client.get(f"/v1/{path}/{nobody}")
        assert (answer.status_code, answer.json()["status"]) == (404, 404), path


def test_a_topic_is_an_atom_feed_of_what_it_rang_for(line: Line, client: TestClient) -> None:
    topic = line.subscribe("terrorism").topic_id
    line.publish(line.feed(), Item("one"), Item("two"))
    answer = client.get(f"/v1/topics/{topic}/feed.atom")
    feed = etree.fromstring(answer.content)
    titles = {entry.text for entry in feed.iterfind("{*}entry/{*}title")}
    assert answer.headers["content-type"] == "application/atom+xml"
    assert titles == {"Harbour police stop a freighter one", "Harbour police stop a freighter two"}


def test_with_a_token_nobody_asks_without_it(line: Line) -> None:
    with open_client(line, TOKEN) as client:
        assert client.get("/v1/releases").status_code == 401
        assert client.get("/v1/releases", headers={"Authorization": "Bearer wrong"}).status_code == 401
        assert client.get("/v1/releases", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 200
        assert client.get("/health/live").status_code == 200


def test_a_token_in_the_address_reads_feeds_and_nothing_else(line: Line) -> None:
    topic = line.subscribe("terrorism").topic_id
    with open_client(line, TOKEN) as client:
        assert client.get(f"/v1/topics/{topic}/feed.atom?token={TOKEN}").status_code == 200
        assert client.get(f"/v1/topics/{topic}/feed.atom?token=wrong").status_code == 401
        assert client.get(f"/v1/releases?token={TOKEN}").status_code == 401


def test_without_a_token_only_this_machine_asks_and_no_page_of_another_site(client: TestClient) -> None:
    assert client.get("/v1/feeds", headers={"Host": "tocsin.attacker.example"}).status_code == 400
    wanted = {"url": "https://press.example/feed"}
    answer = client.post("/v1/feeds", json=wanted, headers={"Origin": "https://attacker.example"})
    assert answer.status_code == 403


def test_the_schema_describes_every_route(client: TestClient) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    for name in (
        "feeds",
        "topics",
        "subscriptions",
        "endpoints",
        "releases",
        "alerts",
        "deliveries",
        "search",
    ):
        assert f"/v1/{name}" in paths
    assert {"/v1/topics/{topic}/feed.atom", "/v1/stream"} <= set(paths)


def read_events(line: Line, count: int, topic: UUID | None = None, after: UUID | None = None) -> list[Any]:
    """Read so many events of the stream, publishing once it has begun."""

    async def read() -> list[Any]:
        read: list[Any] = []
        async for event in stream_events(line.database, topic, after):
            if event.startswith("retry"):
                await asyncio.to_thread(line.publish, line.feed(), Item(f"streamed {uuid4()}"))
                continue
            fields = dict(part.split(": ", 1) for part in event.strip().splitlines())
            read.append((fields["event"], json.loads(fields["data"]), UUID(fields["id"])))
            if len(read) == count:
                return read
        raise AssertionError("a stream does not end")

    return asyncio.run(asyncio.wait_for(read(), 30))


def test_the_stream_tells_releases_and_alerts_as_they_are_stored(line: Line) -> None:
    line.subscribe("terrorism")
    events = read_events(line, 2)
    assert {kind for kind, _, _ in events} == {"release", "alert"}
    assert all(row["title"].startswith("Harbour police stop a freighter streamed") for _, row, _ in events)


def test_the_stream_of_a_topic_goes_on_after_the_last_event(line: Line) -> None:
    topic = line.subscribe("terrorism").topic_id
    ((_, _, last),) = read_events(line, 1, topic)
    line.publish(line.feed(), Item("between"))
    ((_, row, _),) = read_events(line, 1, topic, after=last)
    assert row["title"].endswith("between")


def test_an_id_tells_the_instant_it_was_made_at() -> None:
    at = datetime(2026, 11, 24, 12, tzinfo=UTC)
    assert instant_of(first_id_at(at)) == at.timestamp()
    assert first_id_at(at) < first_id_at(at + timedelta(milliseconds=1))
