"""Whether a whole language has fallen silent: its releases, whichever feed gave them, have a rhythm too."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from shared.domain.alerts.feed_events import FeedEvent, LanguageQuietFigures, recovered_event
from shared.domain.alerts.payload import as_json, instant
from shared.domain.feeds.claimed_instants import entry_instants
from shared.domain.polling.rhythm import Rhythm
from shared.domain.polling.silence import Silence, judge_silence, lasting

# Of fewer feeds each is told quiet by itself.
LEAST_FEEDS = 3


def learn_language(
    rhythm: Rhythm | None, published: Sequence[datetime | None], since: datetime, now: datetime
) -> Rhythm:
    """Learn from the releases of one language that were first seen between two instants, by their claims."""
    if rhythm is None:
        return Rhythm.begin(now, [claim for claim in published if claim])
    return rhythm.observe(entry_instants(published, since, now), now)


def judge_language_silence(rhythm: Rhythm, heard_until: datetime, feeds: int, failing: int) -> Silence | None:
    """Judge the silence of a language over `feeds`, of which `failing` fail; None over fewer than three.

    Other than a feed's own silence, it holds while feeds fail: one block may have taken them all.
    """
    if feeds < LEAST_FEEDS:
        return None
    silence = judge_silence(rhythm, heard_until)
    usual, _, rest = silence.words.partition("; ")
    while_failing = f"; {failing} of them fail" if failing else ""
    return replace(silence, words=f"{usual} over {feeds} feeds; {rest}{while_failing}")


def language_quiet_event(language: str, silence: Silence, at: datetime) -> FeedEvent:
    """Tell that a language is silent beyond its rhythm."""
    figures = as_json(LanguageQuietFigures(language, silence.since, silence.chance))
    return FeedEvent(
        "feed.language_quiet", instant(silence.since), at, f"{language}: {silence.words}", figures
    )


def language_heard_event(language: str, quiet_since: datetime, spoke_at: datetime, at: datetime) -> FeedEvent:
    """Tell that a quiet language is heard again."""
    said = f"{language}: heard again after {lasting(spoke_at - quiet_since)}"
    event = recovered_event("language_quiet", quiet_since, at, said)
    return replace(event, figures={**event.figures, "language": language})
