"""Finds the boilerplate of a release by its words: who it is about, notes, contacts, small print."""

import re
from collections.abc import Sequence
from typing import Literal

from shared.domain.releases.boilerplate_words import (
    ABOUT_HEADING,
    ABOUT_RUN_IN,
    CONTACT_HEADING,
    CONTACT_RUN_IN,
    END_MARK,
    FORWARD_LOOKING,
    FORWARD_STEMS,
    NOTES_HEADING,
    NOTES_RUN_IN,
    SMALL_PRINT,
)
from shared.domain.releases.embargo import is_release_line

LONGEST_HEADING = 90
LONGEST_CONTACT = 200
# What stands in the first third of a text is what it tells, whatever its heading says.
_TOLD_PART = 1 / 3
_SAFE_HARBOUR_CHARACTERS = 80
_DIGIT = re.compile(r"\d")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")
_PHONE = re.compile(r"(?<![\w.,])(?:\+|00|\()?\d[\d\s()./–-]{6,20}\d(?![\w,])")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.!?。！？؟…]['\"”»)]*$")

_Section = Literal["about", "notes", "contact", "safe harbour", "end"]


def worded_boilerplate(lines: Sequence[str]) -> frozenset[int]:
    """Give the positions of the lines that are boilerplate by what they say; never of all lines.

    A section that a heading begins ("About …", "Notes to editors", "Media contact", "Forward-looking
    statements", "-ENDS-") runs on to the next heading of another kind; notes and what follows an end mark
    run to the end. Single lines are known by what they hold: an address to write to, small print, an embargo.
    """
    first = _first_untold(lines)
    found: set[int] = {at for at, line in enumerate(lines) if is_release_line(line)}
    section: _Section | None = None
    for at, line in enumerate(lines[first:], first):
        section = _section_begun(line) or (section if section and _goes_on(section, line) else None)
        if section or _is_alone(line):
            found.add(at)
    return frozenset(found) if len(found) < len(lines) else frozenset(found - {0})


def is_contact(line: str) -> bool:
    """Tell whether a short line holds a telephone number or a mail address."""
    return len(line) <= LONGEST_CONTACT and bool(("@" in line and _MAIL.search(line)) or is_phone(line))


def ends_a_sentence(line: str) -> bool:
    """Tell whether a line ends as a sentence does; headings, list items and names do not."""
    return bool(_SENTENCE_END.search(line))


def is_phone(line: str) -> bool:
    """Tell whether a line holds a number of a telephone's length and form."""
    return has_digit(line) and any(_is_dialled(match[0]) for match in _PHONE.finditer(line))


def without_contacts(line: str) -> str:
    """Give a line with one sign in the place of each telephone number, mail address and web address."""
    if "@" in line:
        line = _MAIL.sub("@", line)
    if "://" in line or "www." in line:
        line = _ADDRESS.sub("~", line)
    return (
        _PHONE.sub(lambda match: "#" if _is_dialled(match[0]) else match[0], line)
        if has_digit(line)
        else line
    )


def has_digit(line: str) -> bool:
    """Tell whether there is any digit: most patterns need one, and most lines have none."""
    return bool(_DIGIT.search(line))


def _is_dialled(text: str) -> bool:
    digits = sum(map(str.isdigit, text))
    return digits >= 7 and (text.startswith(("+", "00", "(")) or bool(re.search(r"\d[\s()./–-]+\d", text)))


def _first_untold(lines: Sequence[str]) -> int:
    """Give the first position at which boilerplate may begin: behind the first third of the text."""
    told = sum(map(len, lines)) * _TOLD_PART
    for at, line in enumerate(lines):
        if told <= 0:
            return max(at, 1)
        told -= len(line)
    return len(lines)


def _section_begun(line: str) -> _Section | None:
    if END_MARK.fullmatch(line):
        return "end"
    if NOTES_RUN_IN.match(line) or _is_heading(line, NOTES_HEADING):
        return "notes"
    if _is_heading(line, CONTACT_HEADING) or CONTACT_RUN_IN.match(line):
        return "contact"
    if _is_heading(line, FORWARD_LOOKING):
        return "safe harbour"
    return "about" if ABOUT_RUN_IN.match(line) or _is_heading(line, ABOUT_HEADING) else None


def _is_heading(line: str, words: re.Pattern[str]) -> bool:
    return (
        len(line) <= LONGEST_HEADING
        and not ends_a_sentence(line)
        and bool(words.fullmatch(line.rstrip(" :：")))
    )


def _goes_on(section: _Section, line: str) -> bool:
    if section in {"notes", "end"}:
        return True
    if section == "contact":
        return len(line) <= LONGEST_CONTACT
    # A heading of another kind: the text goes on.
    return ends_a_sentence(line) or len(line) > LONGEST_HEADING or _is_alone(line)


def _is_alone(line: str) -> bool:
    if len(line) <= LONGEST_CONTACT and (is_contact(line) or SMALL_PRINT.fullmatch(line)):
        return True
    return len(line) >= _SAFE_HARBOUR_CHARACTERS and _looks_forward(line)


def _looks_forward(line: str) -> bool:
    # Most lines hold none of these stems: looking for them first takes a tenth of the time.
    folded = line.casefold()
    return any(stem in folded for stem in FORWARD_STEMS) and bool(FORWARD_LOOKING.search(line))
