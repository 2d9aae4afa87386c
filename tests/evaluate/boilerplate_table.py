"""How much of six publishers' boilerplate is found from their fifth release on, and how much else is marked."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from shared.domain.releases.article import zones_of
from shared.domain.releases.boilerplate import worded_boilerplate
from shared.domain.releases.draft import Draft
from shared.domain.releases.habits import REMEMBERED, Habits, digests_of, habit_key, mark_repeated
from tests.evaluate.boilerplate_offices import OFFICES, LabelledRelease, Office, releases_of

LEARNT_FROM = 4
_ROW = "{:34}{:>12}{:>12}{:>12}{:>12}{:>16}"


@dataclass(slots=True)
class Marks:
    """Paragraphs of boilerplate and of news, and how many of each were marked; with those marked wrongly."""

    boilerplate: int = 0
    found: int = 0
    others: int = 0
    wrong: int = 0
    missed: list[str] = field(default_factory=list)
    mistaken: list[str] = field(default_factory=list)

    @property
    def found_part(self) -> float:
        """The part of the boilerplate that was marked."""
        return self.found / self.boilerplate

    @property
    def wrong_part(self) -> float:
        """The part of the other paragraphs that was marked all the same."""
        return self.wrong / self.others

    def add(self, release: LabelledRelease, marked: frozenset[int]) -> None:
        for at, is_boilerplate in enumerate(release.is_boilerplate):
            if is_boilerplate:
                self.boilerplate += 1
                self.found += at in marked
                self.missed += [] if at in marked else [release.paragraphs[at]]
            else:
                self.others += 1
                self.wrong += at in marked
                self.mistaken += [release.paragraphs[at]] if at in marked else []

    def merge(self, other: "Marks") -> None:
        for name in self.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


def judge(office: Office, *, learning: bool = True) -> Marks:
    """Read an office's releases one after the other, as they come, and count from the fifth on."""
    recent: list[frozenset[bytes]] = []
    marks = Marks()
    for number, release in enumerate(releases_of(office)):
        draft = draft_of(office, release)
        if learning:
            (draft,) = mark_repeated([draft], {habit_key(draft): Habits(tuple(recent[-REMEMBERED:]))})
        if number >= LEARNT_FROM:
            marks.add(release, marked_lines(draft))
        recent.append(digests_of(draft.body))
    return marks


def draft_of(office: Office, release: LabelledRelease) -> Draft:
    """Make the draft of a release as it comes from its feed: known by its words alone."""
    lines = release.paragraphs
    return Draft(
        title=release.title,
        body="\n".join(lines),
        zones=zones_of(lines, worded_boilerplate(lines)),
        language=office.language,
        publisher=office.name,
        url="https://press.example/1",
    )


def marked_lines(draft: Draft) -> frozenset[int]:
    """Give the positions of the lines that lie in a zone of boilerplate."""
    marked, start = set(), 0
    for at, line in enumerate(draft.body.split("\n")):
        if any(
            z.kind == "boilerplate" and z.start <= start and start + len(line) <= z.end for z in draft.zones
        ):
            marked.add(at)
        start += len(line) + 1
    return frozenset(marked)


def print_boilerplate(offices: Sequence[Office] = OFFICES) -> None:
    """Print what was found in each office's releases: by words alone, and learnt."""
    print("\nBoilerplate: 30 releases of each publisher, from the fifth on\n")
    print(_ROW.format("", "boilerplate", "by words", "and learnt", "others", "marked wrongly"))
    total, total_worded = Marks(), Marks()
    for office in offices:
        learnt, worded = judge(office), judge(office, learning=False)
        print(_row(f"{office.name} ({office.language})", learnt, worded))
        total.merge(learnt)
        total_worded.merge(worded)
    print(_row("all", total, total_worded))


def _row(name: str, learnt: Marks, worded: Marks) -> str:
    return _ROW.format(
        name,
        learnt.boilerplate,
        f"{worded.found_part:.1%}",
        f"{learnt.found_part:.1%}",
        learnt.others,
        f"{learnt.wrong_part:.2%}",
    )
