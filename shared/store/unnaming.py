"""Takes releases that are erased out of what is stored of their siblings' alerts, which name them as translations."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Connection, bindparam, text

from shared.domain.alerts.payload import compact_json
from shared.domain.web.url import masked_url
from shared.store.stories import load_story_ids


@dataclass(frozen=True, slots=True)
class _Names:
    """The addresses, masked as receivers are told them, and the titles that releases ever had."""

    urls: frozenset[str]
    titles: frozenset[str]

    def name(self, translation: dict[str, str]) -> bool:
        return translation["url"] in self.urls or translation["title"] in self.titles


_URLS = text("""
    SELECT url FROM core.releases WHERE id = ANY(:ids) AND url IS NOT NULL
    UNION SELECT url FROM core.sightings WHERE release_id = ANY(:ids) AND url IS NOT NULL
""")
_TITLES = text("SELECT DISTINCT title FROM core.revisions WHERE release_id = ANY(:ids) AND title <> ''")
_OF_STORIES = """
    FROM core.alerts a JOIN core.releases r ON r.id = a.release_id
    WHERE (r.id = ANY(:stories) OR r.story_id = ANY(:stories))
"""
# With those of the releases themselves, so that all that erasing changes is locked in the order of the ids.
_MESSAGES = text(f"""
    SELECT m.id, m.format, m.payload FROM core.messages m
    WHERE m.id IN (SELECT a.message_id {_OF_STORIES}) ORDER BY m.id FOR UPDATE OF m
""")  # noqa: S608 - our words
_TELLINGS = text(f"SELECT a.id, a.telling {_OF_STORIES} AND a.telling IS NOT NULL ORDER BY a.id")
_REWRITE_MESSAGE = text("UPDATE core.messages SET payload = :payload WHERE id = :id")
_REWRITE_TELLING = text("UPDATE core.alerts SET telling = :telling WHERE id = :id").bindparams(
    bindparam("telling", type_=JSON)
)


def unname_translations(connection: Connection, release_ids: Sequence[UUID]) -> None:
    """Take these releases out of the translations in every message, sent or not, and in what is held.

    To be called while their words and their story are stored still. A chat's message names no translations.
    """
    ids = {"ids": list(release_ids)}
    names = _Names(
        frozenset(masked_url(url) for url in connection.scalars(_URLS, ids)),
        frozenset(connection.scalars(_TITLES, ids)),
    )
    stories = {"stories": sorted(set(load_story_ids(connection, release_ids).values()))}
    for row in connection.execute(_MESSAGES, stories).all():
        body = json.loads(bytes(row.payload)) if row.format == "standard" and row.payload else {}
        if _unname(body, names):
            connection.execute(_REWRITE_MESSAGE, {"id": row.id, "payload": compact_json(body)})
    for row in connection.execute(_TELLINGS, stories).all():
        if _unname(row.telling, names):
            connection.execute(_REWRITE_TELLING, {"id": row.id, "telling": row.telling})


def _unname(body: dict[str, Any], names: _Names) -> bool:
    """Take what is named out of a body of one alert or of a digest; tell whether anything was."""
    data = body.get("data", {})
    stories = [told["story"] for told in (data, *data.get("alerts", ())) if "story" in told]
    found = False
    for story in stories:
        kept = [one for one in story["translations"] if not names.name(one)]
        found = found or len(kept) < len(story["translations"])
        story["translations"] = kept
    return found
