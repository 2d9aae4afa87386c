"""Names across scripts."""

import pytest

from shared.domain.language.romanised import skeleton


@pytest.mark.parametrize(
    "spellings",
    [
        ("Marchetti", "Маркетти", "ماركيتي"),
        ("Nairobi", "Найроби", "نيروبي"),
        ("Karachi", "Карачи", "كراتشي"),
        ("Boysen", "Бойзен"),
        ("Mecklenburg", "Мекленбург"),
        ("Lisbon", "Лиссабон", "لشبونة"),
        ("Chennai", "Ченнаи"),
        ("Traoré", "تراوري"),
        ("Παπαδοπουλος", "Papadopoulos"),
    ],
)
def test_spellings_of_one_name_have_the_same_consonants(spellings: tuple[str, ...]) -> None:
    assert len({skeleton(spelling) for spelling in spellings}) == 1, [skeleton(s) for s in spellings]


@pytest.mark.parametrize(("one", "other"), [("Marchetti", "Marchand"), ("Kiel", "Ulm"), ("Niger", "Mali")])
def test_other_names_have_others(one: str, other: str) -> None:
    assert skeleton(one) != skeleton(other)
