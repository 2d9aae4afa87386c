"""Reads the line that says from when a release may be published."""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from shared.domain.language.dates import DATE, read_date_near
from shared.domain.language.zones_of_time import zone_offset

LONGEST_LINE = 200
# The line stands at the head of a release, above or under its title, or at its foot.
_FIRST_LINES, _LAST_LINES = 5, 2
_SAYS_UNTIL = (
    r"(?:strictly |under |news |press )*embargo(?:ed)?(?: for release)?,?\s*(?:until|till|to|for|date|lifts?)\b",
    r"not for (?:publication|release|broadcast|distribution)[\w ,/]{0,40}? (?:before|until|prior to)\b",
    r"(?:hold|held) (?:for release )?until\b|for release (?:on|at|after|not before)\b",
    r"(?:sous |strictement sous |information sous )?embargo jusqu['’](?:au?|à)\b",
    r"ne pas (?:publier|diffuser) avant\b",
    r"(?:sende)?sperrfrist(?: bis)?\b|gesperrt bis\b|freigabe ab\b|nicht veröffentlichen vor\b",
    r"(?:bajo |información )?(?:embargad[oa]|embargo) hasta\b|no (?:publicar|difundir) antes\b",
    r"(?:sotto |in )?embargo (?:fino|sino) a(?:l|lle|lla|gli|i)?\b|non pubblicare prima\b",
    r"(?:sob |em )?embargo até\b|embargado até\b|não publicar antes\b",
    r"(?:onder )?embargo tot\b|niet publiceren voor\b",
    r"(?:под )?эмбарго до\b|не (?:для публикации|публиковать|подлежит публикации) до\b",
    r"публикация разрешена (?:с|после)\b",
    "(?:محظور|يحظر|حظر) (?:النشر|نشره?)(?: حتى| قبل)|غير قابل للنشر (?:قبل|حتى)",
    "(?:النشر )?ممنوع(?: النشر)? (?:قبل|حتى)",
    r"(?:新闻|新聞|消息)?(?:禁发期?|禁發期?|封存期?|解禁(?:时间|時間|日時)?)(?:至|到|：|:)?|엠바고",
    r"(?:ambargo|embargo)\s*[:：]",
)
_UNTIL = re.compile(rf"[\W_]*(?:{'|'.join(_SAYS_UNTIL)})", re.IGNORECASE)
_IMMEDIATE = re.compile(
    r"[\W_]*(?:for (?:immediate|general) (?:release|distribution|publication)|immediate release|released? immediately"
    r"|pour (?:diffusion|publication) immédiate|(?:à )?diffusion immédiate|pour parution immédiate"
    r"|zur sofortigen (?:veröffentlichung|freigabe)|frei zur veröffentlichung|sperrfrist: keine"
    r"|para (?:su )?(?:publicación|difusión|divulgación) inmediata|para (?:divulgação|publicação|difusão) imediata"
    r"|per (?:la )?(?:pubblicazione|diffusione|rilascio) immediat[ao]|da pubblicare immediatamente"
    r"|voor onmiddellijke (?:publicatie|verspreiding)"
    r"|для немедленно(?:й публикации|го опубликования|го распространения)"
    r"|للنشر (?:الفوري|فور[اًا]*)|(?:供)?(?:即时|即時|立即)(?:发布|發布|发稿)|즉시 ?배포|即時発表)[\W_]*",
    re.IGNORECASE,
)
_HALF_OF_DAY = (
    r"(?P<half>a\.?m\.?|p\.?m\.?|noon|midnight|(?:صباح[اًا]*|مساء[ًا]*|ظهر[اًا]*|утра|вечера|дня)(?!\w))"
)
_TIME = re.compile(
    r"(?P<cjk>上午|下午|中午|午前|午後|晚上|凌晨|오전|오후)?\s*(?<![\d.,/-])"
    r"(?:(?P<hour>[01]?\d|2[0-4])\s*(?:(?:[:.٫]|h|時|时|点|點|시)\s?(?P<minute>[0-5]\d)分?)(?!\d)"
    r"|(?P<four>(?:[01]\d|2[0-4])[0-5]\d)(?=\s*(?:hrs?|hours|h|gmt|utc|cet|cest|bst|z)\b)"
    r"|(?P<bare>[01]?\d|2[0-4])(?=\s*(?:[ap]\.?m\b|h\b|hrs?\b|hours\b|uhr\b|uur\b|noon|時|时|点|點|시"
    r"|ч\b|час|o['’]clock|صباح|مساء|ظهر|утра|вечера|дня)))"
    rf"(?:\s*{_HALF_OF_DAY})?",
    re.IGNORECASE,
)
_AFTERNOON = ("p", "مساء", "вечера", "дня", "下午", "午後", "晚上", "오후")
_MORNING = ("a", "صباح", "утра", "上午", "午前", "凌晨", "오전")
_NOON, _MIDNIGHT = (
    re.compile(r"\bnoon\b|\bmidi\b|\bmittags?\b|\bmediodía\b", re.IGNORECASE),
    re.compile(
        r"\bmidnight\b|\bminuit\b|\bmitternacht\b|\bmedianoche\b|\bmezzanotte\b|полноч", re.IGNORECASE
    ),
)


def read_embargo(title: str, lines: Sequence[str], language: str | None, now: datetime) -> datetime | None:
    """Read until when a release must not be published, or None where it does not say so.

    A line that begins with the words for it ("Embargoed until", "Sperrfrist:", "Sous embargo jusqu'au", …) and
    names a day; a time without a zone is UTC, a day without a year the nearest to `now`, a day without a
    time its beginning. "For immediate release" is no embargo. An embargo that is told of ("the arms
    embargo until March") is none either: it does not begin its line.
    """
    for line in (title, *lines[:_FIRST_LINES], *lines[-_LAST_LINES:]):
        if _is_embargo_line(line) and (until := _read(line, language, now)):
            return until
    return None


def is_release_line(line: str) -> bool:
    """Tell whether a line only says from when the text may be published, at once included."""
    # Finding dates costs a hundred times what finding these words at a line's beginning does.
    if _IMMEDIATE.match(line):
        return bool(_IMMEDIATE.fullmatch(DATE.sub("", line)))
    return _is_embargo_line(line) and bool(DATE.search(line))


def _is_embargo_line(line: str) -> bool:
    return len(line) <= LONGEST_LINE and bool(_UNTIL.match(line))


def _read(line: str, language: str | None, now: datetime) -> datetime | None:
    day = read_date_near(line, language, now.date())
    if day is None:
        return None
    # The day is cut out first: "3.03.2024" holds what looks like a time.
    rest = DATE.sub(" ", _UNTIL.sub(" ", line, count=1))
    return _at(day, _time_of(rest), rest)


def _at(day: date, at: time | None, rest: str) -> datetime:
    moment = datetime.combine(day, at or time(), UTC)
    if at is None and _MIDNIGHT.search(rest):
        moment += timedelta(days=1)
    return moment - zone_offset(rest, day)


def _time_of(text: str) -> time | None:
    match = _TIME.search(text)
    if match is None:
        return time(12) if _NOON.search(text) else None
    hour = int(match["hour"] or match["bare"] or (match["four"] or "0")[:2])
    minute = int(match["minute"] or (match["four"] or "0000")[2:])
    half = ((match["half"] or "") + (match["cjk"] or "")).lower()
    if half.startswith(_AFTERNOON) and hour < 12:
        hour += 12
    elif half.startswith(_MORNING) and hour == 12:
        hour = 0
    return time(hour % 24, minute)
