"""A wire's word that it takes a release back."""

import pytest

from shared.domain.releases.draft import Draft
from shared.domain.releases.identity import fold_title
from shared.domain.releases.withdrawal import read_withdrawal_notice

BODY = "The text of the notice, which says little more than that."


@pytest.mark.parametrize(
    "title",
    [
        "KILL: Nordbank to merge with Seebank",
        "RETRACTION: Nordbank to merge with Seebank",
        "/DISREGARD RELEASE: Nordbank to merge with Seebank/",
        "Please disregard: Nordbank to merge with Seebank",
        "ANNULATION - Nordbank to merge with Seebank",
        "Communiqué retiré : Nordbank to merge with Seebank",
        "ZURÜCKGEZOGEN: Nordbank to merge with Seebank",
        "ANULADA: Nordbank to merge with Seebank",
        "ANNULLATO: Nordbank to merge with Seebank",
        "АННУЛИРОВАНО: Nordbank to merge with Seebank",
        "سحب: Nordbank to merge with Seebank",
        "撤稿：Nordbank to merge with Seebank",
    ],
)
def test_a_mark_before_a_title_takes_that_release_back(title: str) -> None:
    notice = read_withdrawal_notice(Draft(title=title, body=BODY))
    assert notice is not None
    assert fold_title("Nordbank to merge with Seebank") in notice.titles
    assert notice.reason == title


@pytest.mark.parametrize(
    "body",
    [
        "Editors, please disregard the release “Nordbank to merge with Seebank” sent at 09:14 today.",
        "Merci de ne pas tenir compte du communiqué « Nordbank to merge with Seebank » diffusé ce matin.",
        "Die Meldung wird hiermit zurückgezogen: „Nordbank to merge with Seebank“.",
        "Rogamos no tengan en cuenta el comunicado «Nordbank to merge with Seebank».",
        "Si prega di non tenere conto del comunicato “Nordbank to merge with Seebank”.",
        "Просим аннулировать сообщение «Nordbank to merge with Seebank».",
    ],
)
def test_a_text_that_asks_to_disregard_names_the_release_in_quotes(body: str) -> None:
    notice = read_withdrawal_notice(Draft(title="Note to editors", body=body))
    assert notice is not None
    assert fold_title("Nordbank to merge with Seebank") in notice.titles


@pytest.mark.parametrize(
    "title",
    [
        "Withdrawn troops return to their barracks",
        "Killed in action: names of 1915 read out",
        "Kill switch for tractors becomes law",
        "Minister asks residents to disregard rumours",
        "Annule et remplace : Nordbank fusionne avec Seebank",
        "ANNULATION : annule et remplace le communiqué de ce matin",
        "Recall: baby food withdrawn from shops",
        "Correction: Nordbank to merge with Seebank",
        "Rückzug der Truppen abgeschlossen",
    ],
)
def test_a_release_that_speaks_of_withdrawing_is_none(title: str) -> None:
    assert read_withdrawal_notice(Draft(title=title, body=BODY)) is None
