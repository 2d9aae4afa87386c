"""What a publisher says in every release: found by its words, and learnt from its past releases."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.releases.article import zones_of
from shared.domain.releases.boilerplate import worded_boilerplate
from shared.domain.releases.draft import Draft
from shared.domain.releases.habits import Habits, digests_of, habit_key, mark_repeated
from tests.evaluate.boilerplate_offices import OFFICES
from tests.evaluate.boilerplate_table import Marks, judge, marked_lines

NEWS = (
    "The port authority opened a third quay on Monday, two months late and after a long dispute about noise.",
    "Ships of up to three hundred metres can now turn in the basin, the harbour master said at the ceremony.",
    "The unions want more staff for the night shift and will meet the board again at the end of the week.",
)
MISSION = (
    "Harbour Trust keeps the ports of the coast open for people and goods. It answers to the parliament."
)


def marked(*lines: str) -> list[str]:
    """Give the lines that are marked by their words below three lines of news."""
    return [line for at, line in enumerate((*NEWS, *lines)) if at in worded_boilerplate((*NEWS, *lines))]


def draft(*lines: str, title: str = "A third quay") -> Draft:
    return Draft(title=title, body="\n".join(lines), zones=zones_of(lines), language="en", publisher="Trust")


def learnt(past: list[Draft], now: Draft) -> list[str]:
    """Give the lines of a draft that are marked once these past ones were read."""
    habits = {habit_key(now): Habits(tuple(digests_of(one.body) for one in past))}
    (read,) = mark_repeated([now], habits)
    lines = now.body.split("\n")
    return [lines[at] for at in sorted(marked_lines(read))]


def past(last: str, *, releases: int = 4) -> list[Draft]:
    return [draft(f"News item number {n} of the harbour, told at length.", last) for n in range(releases)]


def test_six_publishers_boilerplate_is_found_and_nothing_else() -> None:
    total = Marks()
    for office in OFFICES:
        total.merge(judge(office))
    assert total.boilerplate > 700
    assert total.others > 900
    assert total.found_part >= 0.95, total.missed
    assert total.wrong_part < 0.005, total.mistaken


@pytest.mark.parametrize(
    "line",
    [
        "About the foundation: it keeps ports open.", "À propos de la fondation : elle garde les ports ouverts.",
        "Sobre la empresa: mantiene abiertos los puertos.", "Sobre a fundação: mantém os portos abertos.",
        "Informazioni sulla società: tiene aperti i porti.", "О фонде: он держит порты открытыми.",
    ],
)  # fmt: skip
def test_an_institution_that_is_not_named_again_is_told_of_in_one_line(line: str) -> None:
    assert marked(line) == [line]


@pytest.mark.parametrize(
    "line",
    [
        "About the company much was said that day: it had promised a third quay, and kept its word.",
        "Sobre la empresa pesan tres demandas por ruido, dijo el sindicato: la vista es en mayo.",
        "О фонде говорили весь день: он обещал причал и сдержал слово.",
    ],
)
def test_a_sentence_about_an_institution_is_news(line: str) -> None:
    assert marked(line) == []


@pytest.mark.parametrize(
    "heading",
    [
        "About Harbour Trust", "About the Harbour Trust:", "À propos d’Alma Ports", "À propos de la fondation",
        "Acerca de Puertos del Norte", "Sobre a Fundação", "Über die Hafenstiftung", "Informazioni su Porti Uniti",
        "О компании «Порт»", "نبذة عن هيئة الموانئ", "عن شركة الموانئ", "关于海港集团", "Over Havenbedrijf",
    ],
)  # fmt: skip
def test_a_section_about_the_publisher_is_marked(heading: str) -> None:
    assert marked(heading, MISSION) == [heading, MISSION]


@pytest.mark.parametrize(
    "heading",
    [
        "Notes to editors", "Note to Editors:", "Editor’s notes", "Note aux rédactions", "Nota a los redactores",
        "Nota para los editores", "Hinweis für die Redaktion", "Nota aos redatores", "Note per le redazioni",
        "Примечание для редакторов", "ملاحظات للمحررين", "编者注", "- ENDS -", "ENDE", "### FIN ###",
    ],
)  # fmt: skip
def test_notes_to_the_newsroom_run_to_the_end(heading: str) -> None:
    notes = ("1. The quay was paid for by the region.", "Earlier figures", "2. A map can be sent on request.")
    assert marked(heading, *notes) == [heading, *notes]


@pytest.mark.parametrize(
    "contact",
    [
        ("Media contact", "Jane Doe", "Head of Press"),
        ("Contact presse :", "Camille Roche", "Tél. 01 99 00 12 34"),
        ("Contacto de prensa", "Marta Gil"),
        ("Pressekontakt:", "Sabine Ohm", "presse@hafen.example"),
        ("Contatti stampa", "Luca Riva"),
        ("Assessoria de imprensa", "Ana Reis"),
        ("Контакты для СМИ", "Иван Петров"),
        ("للتواصل الإعلامي", "رنا سعيد"),
        ("媒体联系人", "刘静"),
    ],
)
def test_contacts_are_marked(contact: tuple[str, ...]) -> None:
    assert marked(*contact) == list(contact)


@pytest.mark.parametrize(
    "line",
    [
        "This release contains forward-looking statements; results may differ from them in ways nobody foresees.",
        "Ce communiqué contient des déclarations prospectives, fondées sur des hypothèses qui peuvent être fausses.",
        "Este comunicado contiene declaraciones prospectivas, que se basan en previsiones y pueden no cumplirse.",
        "Diese Mitteilung enthält zukunftsgerichtete Aussagen, die auf heutigen Annahmen der Leitung beruhen.",
        "Il comunicato contiene dichiarazioni previsionali, basate sulle attese della direzione della società.",
        "Este comunicado contém declarações prospectivas, baseadas em expectativas da administração da empresa.",
        "Настоящий релиз содержит прогнозные заявления, основанные на текущих ожиданиях руководства компании.",
        "يتضمن هذا البيان تصريحات مستقبلية تستند إلى توقعات الإدارة الحالية وقد تختلف النتائج الفعلية عنها كثيرا.",
        "Photo - https://press.example/quay.jpg",
        "© 2024 Harbour Trust",
        "Follow us on social media for more",
        "press@trust.example",
        "Tel. +44 20 7946 0123",
    ],
)  # fmt: skip
def test_small_print_and_addresses_are_marked(line: str) -> None:
    assert marked(line) == [line]


def test_news_under_a_heading_after_a_section_about_the_publisher_is_read() -> None:
    rest = ("What happens next", "The board will choose a builder for the fourth quay before the summer.")
    assert marked("About Harbour Trust", MISSION, *rest) == ["About Harbour Trust", MISSION]


def test_what_a_text_begins_with_is_told_whatever_its_heading_says() -> None:
    assert worded_boilerplate(("About Schmidt", *NEWS)) == frozenset()


@pytest.mark.parametrize(
    "line",
    [
        "About 300 people came to the ceremony on the new quay.",
        "About the noise, the harbour master said nothing.",
        "The firm published its forecast.",
        "The trust sold 1,200,000 tickets between 1998 and 2024.",
        "Contact with the ship was lost at 14:30.",
    ],
)
def test_news_is_not_marked(line: str) -> None:
    assert marked(line) == []


def test_what_most_past_releases_end_with_is_marked_under_no_heading() -> None:
    assert learnt(past(MISSION), draft(*NEWS, MISSION)) == [MISSION]


def test_three_past_releases_are_too_few_to_learn_from() -> None:
    assert learnt(past(MISSION, releases=2), draft(*NEWS, MISSION)) == []


def test_a_telephone_number_and_a_date_hide_no_habit() -> None:
    line = "The next meeting is on {} ; questions are answered under {} at any hour."
    before = past(line.format("3 May 2024", "020 7946 0123"))
    now = line.format("7 June 2024", "020 7946 0999")
    assert learnt(before, draft(*NEWS, now)) == [now]


def test_a_standing_paragraph_with_one_new_sentence_is_still_known() -> None:
    rewritten = MISSION.replace("It answers to the parliament.", "It employs nine people.")
    assert learnt(past(MISSION), draft(*NEWS, rewritten)) == [rewritten]


def test_monthly_figures_that_differ_by_their_numbers_are_news() -> None:
    figures = "Exports rose by {} per cent in {}, the statisticians of the port said, after a weak start."
    before = [
        draft(figures.format(n, month), NEWS[1])
        for n, month in enumerate(("May", "June", "July", "August"), 2)
    ]
    assert learnt(before, draft(figures.format(9, "September"), NEWS[2])) == []


def test_a_background_of_some_releases_is_news() -> None:
    background = (
        "Two men stand trial for the fire in the customs house, in which three people died last winter."
    )
    before = [*past(MISSION, releases=9), *past(background, releases=3)]
    assert learnt(before, draft(*NEWS, background)) == []


def test_a_first_batch_learns_from_itself() -> None:
    drafts = [draft(f"News item number {n} of the harbour.", MISSION, title=f"Item {n}") for n in range(5)]
    assert all(marked_lines(one) == {1} for one in mark_repeated(drafts, {}))


def test_one_text_of_two_publishers_in_a_batch_shows_the_habits_of_both() -> None:
    own = [draft(f"News item number {n} of the harbour.", MISSION, title=f"Item {n}") for n in range(5)]
    wire = [replace(one, publisher="Coastal Wire") for one in own]
    assert all(marked_lines(one) == {1} for one in mark_repeated([*own, *wire], {}))
    assert mark_repeated([own[0], wire[0]], {}) == (own[0], wire[0])


def test_a_release_that_repeats_everything_keeps_its_lead() -> None:
    same = [
        draft("The daily figures of the port are ready to be read.", MISSION, title=str(n)) for n in range(6)
    ]
    assert {zone.kind for zone in mark_repeated(same, {})[0].zones} == {"lead", "boilerplate"}


def test_the_lead_is_the_first_line_that_is_no_boilerplate() -> None:
    lines = ("FOR IMMEDIATE RELEASE", *NEWS)
    first, second, third = zones_of(lines, worded_boilerplate(lines))
    assert (first.kind, second.kind, third.kind) == ("boilerplate", "lead", "body")
    assert "\n".join(lines)[second.start : second.end] == NEWS[0]


@settings(max_examples=60)
@given(
    st.lists(
        st.sampled_from((*NEWS, MISSION, "About Acme", "Contact", "a@b.example", "ENDS", "?")), max_size=9
    )
)
def test_the_zones_cover_every_line_once(lines: list[str]) -> None:
    body = "\n".join(lines)
    zones = zones_of(lines, worded_boilerplate(lines))
    assert all(a.end + 1 == b.start for a, b in pairwise(zones))
    assert not lines or (zones[0].start, zones[-1].end) == (0, len(body))
    assert not lines or sum(zone.kind == "lead" for zone in zones) == 1
