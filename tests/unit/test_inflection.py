"""Which spellings are forms of one word, and which are other words made from it."""

import pytest

from shared.domain.language.derivation import derivation
from shared.domain.topics.evidence import MatchText
from shared.domain.topics.match import match_query
from shared.domain.topics.query import Word


def finds(word: str, language: str, text: str) -> bool:
    return match_query(Word(word), MatchText("", text, language=language)) is not None


@pytest.mark.parametrize(
    ("language", "forms"),
    [
        ("en", "sanction sanctions sanctioned sanctioning"),
        ("en", "organize organizes organized organizing"),
        ("en", "document documents documented"),
        ("en", "signal signals signalled signaling"),
        ("en", "supply supplies supplied supplying"),
        ("en", "refer refers referred referring"),
        ("en", "terrorist terrorists"),
        ("en", "child children"),
        ("en", "crisis crises"),
        ("fr", "national nationale nationaux nationales"),
        ("fr", "affirmer affirme affirment affirmé"),
        ("fr", "actif actifs active actives"),
        ("fr", "opération opérations OPERATIONS"),
        ("fr", "agresseur agresseurs"),
        ("es", "trabajador trabajadora trabajadores"),
        ("es", "juez jueces"),
        ("es", "arma armas"),
        ("pt", "organização organizações"),
        ("pt", "nacional nacionais"),
        ("pt", "irmão irmãos"),
        ("it", "terrorista terroristi terroriste"),
        ("it", "operazione operazioni"),
        ("de", "gefährlich gefährliche gefährlichen"),
        ("de", "Ermittlung Ermittlungen"),
        ("el", "τρομοκρατία τρομοκρατίας ΤΡΟΜΟΚΡΑΤΊΑΣ"),
        ("ru", "операция операции операций операцией"),
    ],
)
def test_every_form_of_a_word_finds_every_other(language: str, forms: str) -> None:
    apart = [
        (one, other) for one in forms.split() for other in forms.split() if not finds(one, language, other)
    ]
    assert apart == []


@pytest.mark.parametrize(
    ("language", "word", "other"),
    [
        ("en", "terror", "terrorism"),
        ("en", "terrorism", "terrorist"),
        ("en", "office", "officer"),
        ("en", "nation", "national"),
        ("en", "protect", "protection"),
        ("fr", "traite", "traitement"),
        ("fr", "arme", "armement"),
        ("es", "investigar", "investigación"),
        ("de", "Terror", "Terrorist"),
    ],
)
def test_a_word_does_not_find_another_made_from_it(language: str, word: str, other: str) -> None:
    assert not finds(word, language, other)
    assert not finds(other, language, word)


@pytest.mark.parametrize(
    ("language", "word", "ending"),
    [
        ("en", "terrorism", "ism"),
        ("en", "terrors", ""),
        ("fr", "traitements", "ement"),
        ("uk", "тероризм", ""),
    ],
)
def test_the_ending_that_makes_another_word_has_one_shape(language: str, word: str, ending: str) -> None:
    assert derivation(word, language) == ending
