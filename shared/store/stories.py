"""Stories: linking releases that tell the same thing, in the transaction that stores them (T3)."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, TextClause, text

from shared.domain.releases.draft import Draft
from shared.domain.releases.identity import url_digest
from shared.domain.releases.near_copy import near_text
from shared.domain.releases.siblings import LEAST_TERMS, StoryText
from shared.domain.releases.story import Story, StoryLink, named_translations, one_story
from shared.domain.web.url import masked_url
from shared.store.known import read_zones

_NAMED_BY_ME = text("""
    SELECT k.release_id, i.release_id AS sibling_id
    FROM unnest(CAST(:ids AS uuid[]), CAST(:digests AS bytea[])) AS k (release_id, digest)
    JOIN core.identities i ON i.kind = 'url' AND i.digest = k.digest
    JOIN core.revisions v ON v.release_id = i.release_id AND v.revision = 1
    JOIN core.revisions own ON own.release_id = k.release_id AND own.revision = 1
    WHERE i.release_id <> k.release_id AND v.language IS DISTINCT FROM own.language
""")

# An address that a whole site names on every page is no translation of each: the last few are enough.
_NAMES_ME = text("""
    SELECT k.release_id, t.release_id AS sibling_id
    FROM unnest(CAST(:ids AS uuid[]), CAST(:digests AS bytea[])) AS k (release_id, digest)
    CROSS JOIN LATERAL (
        SELECT n.release_id FROM core.translations n WHERE n.digest = k.digest ORDER BY n.release_id DESC LIMIT 20) t
    JOIN core.revisions v ON v.release_id = t.release_id AND v.revision = 1
    JOIN core.revisions own ON own.release_id = k.release_id AND own.revision = 1
    WHERE t.release_id <> k.release_id AND v.language IS DISTINCT FROM own.language
""")

# Most releases have none, and the walk below costs the most of what is asked of each.
_TRANSLATED = text("""
    SELECT DISTINCT release_id FROM public.story_links WHERE release_id = ANY(:ids) AND kind = 'translation'
""")

# What a translation's translations are is one, too; a story has few members, and is walked from one of them.
_TRANSLATIONS = text("""
    WITH RECURSIVE kin (release_id, sibling_id) AS (
        SELECT id, id FROM unnest(CAST(:ids AS uuid[])) AS k (id)
        UNION
        SELECT kin.release_id, l.sibling_id FROM kin
        JOIN public.story_links l ON l.release_id = kin.sibling_id AND l.kind = 'translation')
    SELECT kin.release_id, v.language, r.url, v.title FROM kin
    JOIN core.releases r ON r.id = kin.sibling_id
    JOIN core.revisions v ON v.release_id = r.id AND v.revision = r.revision
    JOIN core.releases own ON own.id = kin.release_id
    JOIN core.revisions mine ON mine.release_id = own.id AND mine.revision = own.revision
    WHERE kin.sibling_id <> kin.release_id AND v.language IS DISTINCT FROM mine.language
    ORDER BY kin.release_id, v.language, r.id
""")


# Kept with the bands: both are keys under which like releases are found, and the newest stand last.
_SHARING = text("""
    SELECT release_id, sibling_id FROM (
        SELECT k.release_id, last.sibling_id,
            row_number() OVER (PARTITION BY k.release_id ORDER BY count(*) DESC, last.sibling_id DESC) AS place
        FROM unnest(CAST(:ids AS uuid[]), CAST(:terms AS bigint[])) AS k (release_id, term)
        CROSS JOIN LATERAL (SELECT b.release_id AS sibling_id FROM core.bands b
                            WHERE b.band = k.term ORDER BY b.release_id DESC LIMIT :last) AS last
        WHERE last.sibling_id <> k.release_id
        GROUP BY k.release_id, last.sibling_id HAVING count(*) >= :least) found
    WHERE place <= :most
""")
_LAST_OF_A_TERM, _MOST_CANDIDATES = 20, 8


def link_named_translations(
    connection: Connection, drafts: Sequence[tuple[UUID, Draft]], *, now: datetime
) -> None:
    """Link stored releases with those that their pages name as translations, and whose pages name them.

    What is named and not stored yet is noted, and linked when it comes.
    """
    named = [(i, digest, code) for i, draft in drafts for digest, code in named_translations(draft).items()]
    if named:
        connection.execute(
            text(
                "INSERT INTO core.translations (release_id, digest, language) "
                "VALUES (:release_id, :digest, :language) ON CONFLICT DO NOTHING"
            ),
            [{"release_id": i, "digest": digest, "language": code} for i, digest, code in named],
        )
    own = [(i, digest) for i, draft in drafts if (digest := url_digest(draft.url))]
    links = [
        *_links(
            connection, _NAMED_BY_ME, [(i, d) for i, d, _ in named], "its page names it as a translation"
        ),
        *_links(connection, _NAMES_ME, own, "named as a translation on the other's page"),
    ]
    add_story_links(connection, links, now=now)


def _links(
    connection: Connection, query: TextClause, keys: Sequence[tuple[UUID, bytes]], reason: str
) -> list[StoryLink]:
    if not keys:
        return []
    rows = connection.execute(query, {"ids": [i for i, _ in keys], "digests": [d for _, d in keys]})
    return [StoryLink(row.release_id, row.sibling_id, "translation", f"hreflang: {reason}") for row in rows]


def add_story_links(connection: Connection, links: Sequence[StoryLink], *, now: datetime) -> None:
    """Write links that are not there yet from either side, and let their stories become one."""
    if not links:
        return
    connection.execute(
        text(
            "INSERT INTO core.story_links (release_id, sibling_id, kind, reason, linked_at) "
            "SELECT :release_id, :sibling_id, :kind, :reason, :now WHERE NOT EXISTS ("
            "  SELECT FROM public.story_links WHERE release_id = :release_id AND sibling_id = :sibling_id)"
        ),
        [
            {
                "release_id": a.release_id,
                "sibling_id": a.sibling_id,
                "kind": a.kind,
                "reason": a.reason,
                "now": now,
            }
            for a in links
        ],
    )
    stories = load_story_ids(connection, {i for link in links for i in (link.release_id, link.sibling_id)})
    joined = one_story(list(links), stories)
    if joined:
        connection.execute(
            text("UPDATE core.releases SET story_id = :new WHERE coalesce(story_id, id) = :old"),
            [{"new": new, "old": old} for old, new in joined.items()],
        )


def load_story_candidates(
    connection: Connection, terms: Mapping[UUID, Sequence[int]]
) -> dict[UUID, dict[UUID, StoryText]]:
    """Load, for each release, those that share the most of its story's terms with it, at least two.

    An index lookup a term, with a limit, and at most eight texts a release: the cost does not grow with what is
    stored.
    """
    rows = connection.execute(
        _SHARING,
        {
            "ids": [i for i, keys in terms.items() for _ in keys],
            "terms": [key for keys in terms.values() for key in keys],
            "last": _LAST_OF_A_TERM,
            "least": LEAST_TERMS,
            "most": _MOST_CANDIDATES,
        },
    )
    pairs = [(release_id, sibling_id) for release_id, sibling_id in rows.all()]
    texts = _load_texts(connection, {sibling for _, sibling in pairs})
    found: dict[UUID, dict[UUID, StoryText]] = {}
    for release_id, sibling in pairs:
        if sibling in texts:
            found.setdefault(release_id, {})[sibling] = texts[sibling]
    return found


def _load_texts(connection: Connection, release_ids: Collection[UUID]) -> dict[UUID, StoryText]:
    if not release_ids:
        return {}
    rows = connection.execute(
        text(
            "SELECT r.id, v.title, v.body, v.zones, v.language, r.publisher, r.site, r.url, "
            "  coalesce(r.published_at, r.first_seen_at) AS at FROM core.releases r "
            "JOIN core.revisions v ON v.release_id = r.id AND v.revision = r.revision "
            "WHERE r.id = ANY(:ids) AND r.merged_into IS NULL AND r.erased_at IS NULL"
        ),
        {"ids": list(release_ids)},
    )
    return {
        row.id: StoryText(
            near_text(row.title, row.body, read_zones(row.zones)),
            row.language,
            row.publisher,
            row.site,
            row.url,
            row.at,
        )
        for row in rows.all()
    }


def load_story_ids(connection: Connection, release_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Load the story of each of these releases: that of the release that told it first."""
    rows = connection.execute(
        text("SELECT id, coalesce(story_id, id) AS story FROM core.releases WHERE id = ANY(:ids)"),
        {"ids": list(release_ids)},
    )
    return {row.id: row.story for row in rows}


def load_stories(connection: Connection, release_ids: Collection[UUID]) -> dict[UUID, Story]:
    """Load the story of each of these releases with its translations, as receivers are told them."""
    if not release_ids:
        return {}
    translations: dict[UUID, list[dict[str, str]]] = {}
    translated = list(connection.scalars(_TRANSLATED, {"ids": list(release_ids)}))
    for row in connection.execute(_TRANSLATIONS, {"ids": translated}) if translated else ():
        told = {
            "language": row.language or "",
            "url": masked_url(row.url) if row.url else "",
            "title": row.title,
        }
        translations.setdefault(row.release_id, []).append(told)
    return {
        release_id: Story(str(story), tuple(translations.get(release_id, ())))
        for release_id, story in load_story_ids(connection, release_ids).items()
    }
