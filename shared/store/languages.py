"""Languages as they are heard over all feeds: their rhythm, learnt from releases, and which are quiet."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, text

from shared.domain.polling.rhythm import Rhythm, in_words, instant_of
from shared.domain.polling.silence import Silence, quiet_after


@dataclass(frozen=True, slots=True)
class HeardLanguage:
    """Releases of one language since `since`: when each claims to be published, None where none says the hour."""

    language: str
    rhythm: Rhythm | None
    since: datetime
    until: datetime
    published: tuple[datetime | None, ...]


@dataclass(frozen=True, slots=True)
class SilentLanguage:
    """A language whose silence is to be judged, listened to until `heard_until` over `feeds`."""

    language: str
    rhythm: Rhythm
    heard_until: datetime
    feeds: int
    failing: int


@dataclass(frozen=True, slots=True)
class LanguageAgain:
    """A language that is quiet no more."""

    language: str
    quiet_since: datetime
    spoke_at: datetime


# A release is stored moments after the instant it says: what is younger than a minute is read the next time.
_HEARD = text("""
    SELECT v.language, l.rhythm, l.read_until, now() - interval '1 minute' AS until,
        array_agg(CASE WHEN r.published_at::time <> '00:00' THEN least(r.published_at, r.first_seen_at) END)
            AS published
    FROM core.releases r
    JOIN core.revisions v ON v.release_id = r.id AND v.revision = r.revision
    LEFT JOIN core.languages l ON l.language = v.language
    WHERE v.language IS NOT NULL AND r.state = 'settled'
      AND r.first_seen_at > coalesce(l.read_until, now() - interval '60 days')
      AND r.first_seen_at <= now() - interval '1 minute'
    GROUP BY v.language, l.rhythm, l.read_until
""")

_LEARNT = text("""
    INSERT INTO core.languages (language, rhythm, rhythm_words, spoke_at, quiet_after, read_until)
    VALUES (:language, :rhythm, :rhythm_words, :spoke_at, :quiet_after, :read_until)
    ON CONFLICT (language) DO UPDATE SET rhythm = excluded.rhythm, rhythm_words = excluded.rhythm_words,
        spoke_at = excluded.spoke_at, quiet_after = excluded.quiet_after, read_until = excluded.read_until
""")

# A feed speaks a language that it has used three times: texts of a few words are taken for others now and then.
# Half of a language's feeds were asked after `heard_until`. What failed for our own reasons was no listening.
_SILENT = text("""
    SELECT l.language, l.rhythm, f.feeds, f.failing, f.heard_until
    FROM core.languages l CROSS JOIN LATERAL (
        SELECT count(*) AS feeds, count(*) FILTER (WHERE f.failures > 0) AS failing,
            percentile_disc(0.5) WITHIN GROUP (ORDER BY f.last_polled_at DESC) AS heard_until
        FROM core.feeds f
        WHERE f.state <> 'paused' AND f.removed_at IS NULL
          AND (f.failures > 0 OR f.last_outcome IN ('not_modified', 'unchanged', 'moved', 'changed'))
          AND (SELECT count(*) FROM core.sightings s
               JOIN core.revisions v ON v.release_id = s.release_id AND v.language = l.language
               WHERE s.feed_id = f.id AND s.first_seen_at > now() - interval '60 days') >= 3) f
    WHERE l.quiet_after < now() AND l.created_at < now() - interval '1 day' AND f.heard_until > l.quiet_after
      AND (l.quiet_judged_at IS NULL OR l.quiet_judged_at < now() - interval '1 hour')
""")

_QUIET = text("""
    UPDATE core.languages SET quiet_since = :since, quiet_chance = :chance, quiet_words = :words,
        quiet_judged_at = now()
    WHERE language = :language
""")

_HEARD_AGAIN = text("""
    UPDATE core.languages SET quiet_since = NULL, quiet_chance = NULL, quiet_words = '', quiet_judged_at = NULL
    WHERE quiet_since IS NOT NULL AND spoke_at > quiet_since
    RETURNING language, old.quiet_since, spoke_at
""")


def load_heard_languages(connection: Connection) -> list[HeardLanguage]:
    """Load what came in each language since it was last read; of one never read, 60 days."""
    return [
        HeardLanguage(
            row.language,
            Rhythm.from_bytes(row.rhythm),
            row.read_until or row.until,
            row.until,
            tuple(row.published),
        )
        for row in connection.execute(_HEARD)
    ]


def mark_language_learnt(connection: Connection, heard: HeardLanguage, rhythm: Rhythm) -> None:
    """Keep what was learnt of a language, and from when on its silence would be remarkable."""
    row = {
        "language": heard.language,
        "rhythm": rhythm.to_bytes(),
        "rhythm_words": in_words(rhythm),
        "spoke_at": instant_of(rhythm.last),
        "quiet_after": quiet_after(rhythm),
        "read_until": heard.until,
    }
    connection.execute(_LEARNT, row)


def load_silent_languages(connection: Connection) -> list[SilentLanguage]:
    """Load the languages whose silence has become remarkable, or was an hour ago."""
    return [
        SilentLanguage(row.language, rhythm, row.heard_until, row.feeds, row.failing)
        for row in connection.execute(_SILENT)
        if (rhythm := Rhythm.from_bytes(row.rhythm)) is not None
    ]


def mark_languages_quiet(connection: Connection, silences: Mapping[str, Silence]) -> None:
    """Write down that these languages are quiet."""
    rows = [
        {"language": language, "since": silence.since, "chance": silence.chance, "words": silence.words}
        for language, silence in silences.items()
    ]
    if rows:
        connection.execute(_QUIET, rows)


def mark_languages_heard_again(connection: Connection) -> list[LanguageAgain]:
    """Clear the mark of quiet languages that are heard again."""
    return [
        LanguageAgain(row.language, row.quiet_since, row.spoke_at) for row in connection.execute(_HEARD_AGAIN)
    ]
