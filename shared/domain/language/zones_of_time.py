"""Time zones as releases name them, with their summer time."""

import re
from datetime import date, timedelta
from typing import Literal

_Summer = Literal["", "europe", "america"]

# Hours east of Greenwich in winter, and whose summer time is kept; "MESZ" and "EDT" say themselves that it is summer.
_ZONES: tuple[tuple[str, float, _Summer], ...] = (
    (r"\b(?:gmt|utc|tu|tuc|zulu|ut)\b|غرينتش|جرينتش|гринвич|格林尼治|格林威治|greenwich|世界标准时间", 0, ""),
    (r"\bcest\b|\bmesz\b|\bhaec\b", 2, ""),
    (r"\beest\b|\boesz\b", 3, ""),
    (r"\bbst\b|\bist\b", 1, ""),
    (r"\bedt\b", -4, ""),
    (r"\bcdt\b", -5, ""),
    (r"\bmdt\b", -6, ""),
    (r"\bpdt\b", -7, ""),
    (r"\best\b", -5, ""),
    (r"\bcst\b", -6, ""),
    (r"\bmst\b", -7, ""),
    (r"\bpst\b", -8, ""),
    (r"\bjst\b|\bkst\b|日本時間|한국시간|tokyo|東京", 9, ""),
    (r"\baest\b", 10, ""),
    (r"\baedt\b", 11, ""),
    (r"\bmsk\b|\bмск\b|московск|по москве|moscow|moskau|moscou|moscú|mosca", 3, ""),
    (r"北京时间|北京時間|beijing|pékin|peking|香港时间|香港時間|hong kong|\bhkt\b|\bsgt\b|singap", 8, ""),
    (r"السعودية|الرياض|مكة|riyadh|riad|\bast\b|\beat\b|nairobi|doha|الدوحة|istanbul|ankara", 3, ""),
    (r"الإمارات|دبي|أبوظبي|dubai|abu dhabi|\bgst\b", 4, ""),
    (r"\bwat\b|lagos|abuja", 1, ""),
    (r"\bcat\b|\bsast\b|johannesburg|pretoria", 2, ""),
    (r"\bbrt\b|brasília|brasilia|são paulo", -3, ""),
    (r"\bcet\b|\bmez\b|\bhec\b|\bcet/cest\b", 1, "europe"),
    (r"wien|vienna|vienne|amsterdam|zürich|luxemb|stockholm|oslo|варшав|женев|париж|брюссел", 1, "europe"),
    (r"paris|bruxelles|brussels|brüssel|bruselas|berlin|genève|geneva|genf|ginebra|ginevra|madrid|peninsular|rom[ae]\b",
     1, "europe"),
    (r"\beet\b|\boez\b|athen|helsinki|київськ|києв", 2, "europe"),
    (r"\bwet\b|london|lisbo[an]|dublin|\buk time\b|edinburgh", 0, "europe"),
    (r"\bet\b|eastern|new york|washington|nueva york|ottawa|toronto", -5, "america"),
    (r"\bct\b|central time|chicago", -6, "america"),
    (r"\bmt\b|mountain time|denver", -7, "america"),
    (r"\bpt\b|pacific|los angeles|san francisco|seattle", -8, "america"),
)  # fmt: skip
_COMPILED = tuple((re.compile(name, re.IGNORECASE), hours, summer) for name, hours, summer in _ZONES)
_OFFSET = re.compile(r"(?:gmt|utc)\s*([+−–-])\s*(\d{1,2})(?::?([03]0|45))?\b", re.IGNORECASE)


def zone_offset(text: str, day: date) -> timedelta:
    """Give what the first zone named in a text ("CET", "heure de Paris", "GMT+3") adds to UTC on a day; 0 for none.

    In doubt the usual reading in releases holds: BST is London's, CST Chicago's.
    """
    if named := _OFFSET.search(text):
        size = timedelta(hours=int(named[2]), minutes=int(named[3] or 0))
        return size if named[1] == "+" else -size
    for name, hours, summer in _COMPILED:
        if name.search(text):
            return timedelta(hours=hours + _keeps_summer_time(day, summer))
    return timedelta()


def _keeps_summer_time(day: date, summer: _Summer) -> bool:
    if summer == "europe":  # directive 2000/84/EC: the last Sundays of March and October
        return _sunday(day.year, 3, 31) <= day < _sunday(day.year, 10, 31)
    if summer == "america":  # 15 U.S.C. 260a: the second Sunday of March, the first of November
        return _sunday(day.year, 3, 14) <= day < _sunday(day.year, 11, 7)
    return False


def _sunday(year: int, month: int, last_day: int) -> date:
    """Give the last Sunday on or before a day."""
    last = date(year, month, last_day)
    return last - timedelta(days=(last.weekday() + 1) % 7)
