import pytest

from shared.domain.releases.dateline import split_dateline, split_first_dateline


@pytest.mark.parametrize(
    ("dateline", "separator", "rest"),
    [
        ("NATIONS UNIES (New York)", " – ", "Le Conseil adopte une résolution"),
        ("GENEVA, 3 March", " – ", "The fund has opened"),
        ("Geneva", " – ", "The fund has opened"),
        ("LYON, France", " — ", "La police a saisi"),
        ("Geneva, Switzerland", " – ", "The fund"),
        ("Geneva/New York, 3 March 2021", " – ", "The fund"),
        ("Washington, D.C.", " – ", "The agency"),
        ("WASHINGTON (AP)", " — ", "The agency"),
        ("ROMA (ITALPRESS)", " - ", "Il governo"),
        ("(ANSA) - ROMA, 03 MAR", " - ", "Il governo"),
        ("Wien (OTS)", " - ", "Der Rat"),
        ("Bern, 03.03.2021", " - ", "Der Bundesrat"),
        ("Berlin, den 3. März 2021", " – ", "Das Ministerium"),
        ("Paris, le 3 mars 2021", " – ", "Le ministre"),
        ("Madrid, 3 de marzo de 2021", ". – ", "El Gobierno"),
        ("Madrid, 3 de marzo de 2021", ".- ", "El Gobierno"),
        ("Lisboa, 03 mar 2021 (Lusa)", " – ", "O Governo"),
        ("NEW YORK, March 3, 2021 (GLOBE NEWSWIRE)", " -- ", "Acme opens"),
        ("SAN JOSE, Calif., March 3, 2021 /PRNewswire/", " -- ", "Acme opens"),
        ("МОСКВА, 3 марта. /ТАСС/", ". ", "Правительство"),
        ("МОСКВА, 3 мар", " — ", "РИА Новости сообщает"),
        ("جنيف", " – ", "أعلنت المنظمة"),
        ("نيويورك، 3 مارس/آذار 2021", " – ", "أعلنت المنظمة"),
        ("【新华社北京3月3日讯】", "", "国务院今天公布"),
        ("新华社北京3月3日电", " ", "国务院今天公布"),
        ("日内瓦，2021年3月3日", " — ", "世卫组织今天公布"),
        ("(서울=연합뉴스)", " ", "정부는 발표했다"),
    ],
)
def test_a_dateline_is_split_off(dateline: str, separator: str, rest: str) -> None:
    assert split_dateline(dateline + separator + rest) == (dateline, rest)


@pytest.mark.parametrize(
    "line",
    [
        "COVID-19 – The virus spreads",
        "NEW RULES FOR PORTS – THE GOVERNMENT ANNOUNCES",
        "NEW RULES FOR PORTS – The government announces",
        "UPDATE – The government announces",
        "UNICEF – The agency announces",
        "Statement, 3 March 2021 – The council",
        "Climate change – The threat grows",
        "France – Germany summit",
        "Paris – Berlin: a new train",
        "London – a city of trade",
        "Human Trafficking (UNODC) – The report",
        "He said on 3 March – The day before",
        "Der Rat – das höchste Organ – tagt",
        "",
        "–",
    ],
)
def test_what_only_looks_like_a_dateline_stays(line: str) -> None:
    assert split_dateline(line) == ("", line)


def test_a_dateline_may_follow_a_subtitle() -> None:
    lines = ("New rules for ports", "GENEVA, 3 March – The fund opens.")
    assert split_first_dateline(lines) == ("GENEVA, 3 March", ("New rules for ports", "The fund opens."))


def test_a_dateline_may_stand_alone_on_its_line() -> None:
    assert split_first_dateline(("Geneva, 3 March 2021", "The fund opens.")) == (
        "Geneva, 3 March 2021",
        ("The fund opens.",),
    )
