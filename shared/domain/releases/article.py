"""Separates the lines of an article: title, date line and dateline off, what is left into zones."""

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

from shared.domain.feeds.plain_text import normalise_space
from shared.domain.releases.dateline import split_first_dateline
from shared.domain.releases.draft import Zone, ZoneKind
from shared.domain.releases.published import find_date_line

_FIRST_LINES = 3
_CONTINUED = re.compile(
    r"\s*(?:\[\s*(?:…|\.{3})\s*\]|…|\.{3})?\s*[\[(«‹]?\s*"
    r"(?:read (?:more|on|the full [a-z ]{3,30})|continue reading|more|full story|learn more"
    r"|lire (?:la suite|plus)|en savoir plus|weiterlesen|mehr (?:lesen|erfahren|dazu)|leer más|seguir leyendo"
    r"|ver más|continua a leggere|leggi (?:tutto|di più)|leia mais|saiba mais|lees (?:meer|verder)"
    r"|läs mer|les mer|læs mere|czytaj (?:więcej|dalej)"
    r"|читать (?:далее|дальше|полностью)|подробнее|читати далі|devamını oku"
    r"|اقرأ المزيد|المزيد|阅读全文|查看全文|続きを読む|더 보기)"
    r"\s*(?:…|\.{3}|→|»|›|>+|&raquo;)*\s*[\])]?\.?$",
    re.IGNORECASE,
)
_CUT = re.compile(r"\s*(?:\[\s*(?:…|\.{3}|&hellip;)\s*\]|…|\.{3})$")
# WordPress adds this line to every item of a feed.
_APPEARED_FIRST = re.compile(
    r"^(?:the post .+ (?:appeared first|first appeared) on .+"
    r"|l[’']article .+ est apparu en premier sur .+|der beitrag .+ erschien zuerst auf .+"
    r"|la entrada .+ (?:se publicó primero|apareció primero|aparece primero) en .+"
    r"|l[’']articolo .+ proviene da .+|o post .+ apareceu primeiro em .+|запись .+ впервые появилась .+)$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Article:
    """`lines` are the body's; `is_cut` says that the text itself shows that it goes on elsewhere."""

    lines: tuple[str, ...] = ()
    dateline: str = ""
    date_line: str | None = None
    is_cut: bool = False

    @property
    def body(self) -> str:
        """Give the lines as one text."""
        return "\n".join(self.lines)


def separate(lines: Sequence[str], title: str, language: str | None = None) -> Article:
    """Take off what is no part of the body: the title again, the date's line, the dateline, "Read more"."""
    kept = tuple(line for line in lines if not _APPEARED_FIRST.match(line))
    kept = _without_first(kept, lambda line: _fold(line) == _fold(title))
    date_line = find_date_line(kept, language)
    kept = _without_first(kept, lambda line: line == date_line)
    kept, is_cut = _without_continuation(kept)
    dateline, kept = split_first_dateline(kept)
    return Article(kept, dateline, date_line, is_cut)


def zones_of(lines: Sequence[str], boilerplate: Collection[int] = ()) -> tuple[Zone, ...]:
    """Give the zones of a body that joins these lines; `boilerplate` holds the positions of such lines.

    The first line that is none is the lead; neighbours of one kind are one zone.
    """
    zones: list[Zone] = []
    start, lead = 0, next((at for at in range(len(lines)) if at not in boilerplate), -1)
    for at, line in enumerate(lines):
        kind: ZoneKind = "boilerplate" if at in boilerplate else "lead" if at == lead else "body"
        end = start + len(line)
        if zones and zones[-1].kind == kind:
            zones[-1] = replace(zones[-1], end=end)
        else:
            zones.append(Zone(kind, start, end))
        start = end + 1
    return tuple(zones)


def _without_first(lines: tuple[str, ...], unwanted: Callable[[str], bool]) -> tuple[str, ...]:
    return tuple(line for at, line in enumerate(lines) if at >= _FIRST_LINES or not unwanted(line))


def _without_continuation(lines: tuple[str, ...]) -> tuple[tuple[str, ...], bool]:
    """Take "Read more" off the end; a mark of omission stays, it tells the reader that there is more."""
    if not lines:
        return lines, False
    last = lines[-1]
    if continued := _CONTINUED.search(last):
        before = last[: continued.start()].rstrip()
        # "We need to do more" ends a sentence of its own: a link stands alone or after a sentence's end.
        if not before or before[-1] in '.!?…。؟»”"' or continued[0].lstrip().startswith(("[", "…", "...")):
            return (*lines[:-1], before) if before else lines[:-1], True
    return lines, bool(_CUT.search(last))


def _fold(text: str) -> str:
    return normalise_space(text).casefold().strip(" .")
