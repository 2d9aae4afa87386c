"""Words as each language has them: where they begin and end, and which spellings are one word."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.language.folding import fold
from shared.domain.language.words import form_of, split_words


def words(text: str, language: str | None = None) -> list[str]:
    return [text[token.start : token.end] for token in split_words(text, language)]


def meet(query: str, text: str, language: str) -> bool:
    """Say whether a query's word finds a text's word in that language, in any inflection."""
    return not set(form_of(query, language).keys).isdisjoint(form_of(text, language).found)


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Électricité", "electricite"),
        ("AÑO", "ano"),
        ("Straße", "strasse"),
        ("œuvre", "oeuvre"),
        ("Łódź", "lodz"),
        ("Øresund", "oresund"),
        ("İstanbul", "istanbul"),
        ("ISPARTA", "isparta"),
        ("Isparta", "isparta"),
        ("ısparta", "isparta"),
        ("ΛΙΜΕΝΑΣ", "λιμενασ"),
        ("λιμένας", "λιμενασ"),
        ("Ёлка", "елка"),
        ("йод", "йод"),
        ("їжа", "їжа"),
        ("أمن", "امن"),
        ("إرهاب", "ارهاب"),
        ("آمن", "امن"),
        ("مُهَرِّب", "مهرب"),
        ("مـــهرب", "مهرب"),
        ("شرطة", "شرطه"),
        ("مستشفى", "مستشفي"),
        ("کشور", "كشور"),
        ("می‌شود", "ميشود"),
        ("١٢٣", "123"),
        ("۱۲۳", "123"),
        ("ＩＮＴＥＲＰＯＬ", "interpol"),
        ("ﬁnance", "finance"),
        ("O'Brien", "obrien"),
        ("co\u00adoperation", "cooperation"),
    ],
)
def test_folding_leaves_what_a_reader_would_search_for(written: str, folded: str) -> None:
    assert fold(written) == folded


def test_folding_keeps_letters_that_only_look_like_accented_ones() -> None:
    assert fold("й") != fold("и")
    assert fold("が") != fold("か")
    assert fold("ї") != fold("і")


@settings(max_examples=200)
@given(st.text(max_size=12))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("Police seize 1,200 kg.", "en", ["Police", "seize", "1", "200", "kg"]),
        ("l’ONU et d'Interpol", "fr", ["l", "ONU", "et", "d", "Interpol"]),
        ("dell’arma", "it", ["dell", "arma"]),
        ("U.N. and U.S. officials", "en", ["U.N.", "and", "U.S.", "officials"]),
        ("Ends. A. Smith", "en", ["Ends", "A", "Smith"]),
        ("COVID-19", "en", ["COVID", "19"]),
        ("п'ять суден", "uk", ["п'ять", "суден"]),
        ("Ankara'da", "tr", ["Ankara", "da"]),
        ("Arzneimittelfälschung", "de", ["Arzneimittelfälschung"]),
        ("警方查获", "zh", ["警", "方", "查", "获"]),
        ("東京の港", "ja", ["東", "京", "の", "港"]),
        ("INTERPOLの逮捕", "ja", ["INTERPOL", "の", "逮", "捕"]),
        ("ท่าเรือ", "th", ["ท่", "า", "เ", "รื", "อ"]),
        ("부산항에서", "ko", ["부산항에서"]),
        ("الشرطة، أمس", "ar", ["الشرطة", "أمس"]),
        ("snake_case", "en", ["snake", "case"]),
        ("– … !", None, []),
    ],
)
def test_a_text_is_split_as_its_readers_would(text: str, language: str | None, expected: list[str]) -> None:
    assert words(text, language) == expected


@settings(max_examples=200)
@given(st.text(max_size=40), st.sampled_from(["en", "fr", "ar", "zh", "uk", "th", None]))
def test_words_slice_the_text_in_order_and_never_overlap(text: str, language: str | None) -> None:
    end = 0
    for token in split_words(text, language):
        assert end <= token.start < token.end <= len(text)
        assert fold(text[token.start : token.end].replace(".", "")) == token.form.folded
        end = token.end


@pytest.mark.parametrize(
    ("language", "query", "text"),
    [
        ("en", "sanction", "sanctions"),
        ("en", "trafficking", "trafficked"),
        ("fr", "terrorisme", "terrorismes"),
        ("fr", "arrêté", "arrêtées"),
        ("fr", "arrete", "arrêtées"),
        ("es", "armas", "arma"),
        ("es", "obra", "obras"),
        ("es", "vacunación", "vacunaciones"),
        ("pt", "sanção", "sanções"),
        ("pt", "sancao", "sanções"),
        ("pt", "arma", "armas"),
        ("pt", "animal", "animais"),
        ("it", "sequestro", "sequestri"),
        ("de", "Waffe", "Waffen"),
        ("de", "Bürger", "Buergern"),
        ("de", "Buerger", "Bürgern"),
        ("ru", "санкции", "санкций"),
        ("el", "λιμένας", "ΛΙΜΕΝΑΣ"),
        ("tr", "ışık", "IŞIK"),
        ("ar", "شرطة", "الشرطة"),
        ("ar", "شرطة", "والشرطة"),
        ("ar", "شرطة", "بالشرطة"),
        ("ar", "شرطة", "للشرطة"),
        ("ar", "إرهاب", "الارهاب"),
        ("fa", "کشور", "كشور"),
        ("he", "משטרה", "המשטרה"),
        ("he", "משטרה", "והמשטרה"),
        ("ko", "경찰", "경찰은"),
    ],
)
def test_a_word_finds_its_other_forms(language: str, query: str, text: str) -> None:
    assert meet(query, text, language)


@pytest.mark.parametrize(
    ("language", "query", "text"),
    [
        ("en", "tor", "directory"),
        ("en", "port", "report"),
        ("de", "Mittel", "Arzneimittel"),
        ("fr", "main", "maintien"),
        ("ru", "мир", "кумир"),
    ],
)
def test_a_word_does_not_find_what_only_contains_it(language: str, query: str, text: str) -> None:
    assert not meet(query, text, language)


def test_a_word_of_an_unknown_language_has_only_its_own_spelling() -> None:
    assert form_of("sanctions", None).keys == ("sanctions",)


def test_a_huge_word_is_read_without_a_stem() -> None:
    assert form_of("a" * 5_000, "en").keys == ("a" * 5_000,)
