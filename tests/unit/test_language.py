import pytest

from shared.domain.language.language import identify_language, language_code


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Le Conseil adopte une résolution sur la traite des êtres humains", "fr"),
        ("Das Ministerium teilt mit, dass die Mittel erhöht werden", "de"),
        ("El Gobierno aprueba un plan contra el tráfico de personas", "es"),
        ("Il governo approva un piano contro la tratta di esseri umani", "it"),
        ("O governo aprova um plano contra o tráfico de pessoas", "pt"),
        ("Правительство утвердило план борьбы с торговлей людьми", "ru"),
        ("أعلنت الحكومة عن خطة جديدة لمكافحة الاتجار بالبشر", "ar"),
        ("حکومت نے انسانی اسمگلنگ کے خلاف نئے منصوبے کا اعلان کیا ہے", "ur"),
        ("دولت برنامه جدیدی برای مبارزه با قاچاق انسان اعلام کرد", "fa"),
        ("国务院公布打击贩卖人口的新计划", "zh"),
        ("政府は人身取引対策の新しい計画を発表しました", "ja"),
        ("The council adopts a resolution on human trafficking", "en"),
    ],
)
def test_a_sentence_tells_its_language_whatever_the_feed_claims(text: str, language: str) -> None:
    assert identify_language(text, "en" if language != "en" else "fr") == language


@pytest.mark.parametrize("text", ["2024", "", "§ 12 – 3.5 %"])
def test_a_text_without_letters_is_in_no_language(text: str) -> None:
    assert identify_language(text, "fr") is None


def test_a_text_too_short_to_tell_is_in_the_language_claimed() -> None:
    assert identify_language("INTERPOL", "fr-FR") == "fr"
    assert identify_language("INTERPOL", None) is None


def test_a_claim_in_another_script_is_not_believed() -> None:
    assert identify_language("联合国大会通过决议", "en") == "zh"


def test_a_language_that_the_model_is_not_asked_about_is_believed() -> None:
    assert identify_language("El Govern aprova un pla contra el tràfic de persones", "ca") == "ca"


@pytest.mark.parametrize(
    ("tag", "code"),
    [
        ("fr-CH", "fr"),
        ("PT_br", "pt"),
        ("nb-NO", "no"),
        (" de ", "de"),
        ("x-default", None),
        ("", None),
        (None, None),
    ],
)
def test_a_language_tag_gives_its_two_letters(tag: str | None, code: str | None) -> None:
    assert language_code(tag) == code
