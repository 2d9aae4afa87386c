"""Tables that fit the terminal, whatever the texts in them."""

from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from services.cli.fitting import Heading, lay_out, wrap

ID = "0199c6d2-7b3a-7c55-9f0e-3a5d1f0b9e21"
TITLE = "Hochwasser am Rhein: Der Pegel in Köln steigt seit Sonntag weiter an"
HEADINGS = (Heading("id", may_be_cut=False), Heading("language"), Heading("title"))


def test_a_text_is_cut_where_there_is_no_room_and_an_id_is_not() -> None:
    table = lay_out(HEADINGS, [[ID, "de", TITLE]], 80)
    assert ID in table
    assert table.splitlines()[1].endswith("…")


def test_addresses_of_one_host_are_cut_so_that_they_differ() -> None:
    addresses = [f"https://desk.example/alerts/hooks/{team}" for team in ("politics", "courts")]
    table = lay_out([Heading("endpoint"), Heading("id", may_be_cut=False)], [[a, ID] for a in addresses], 60)
    shown = [line.split()[0] for line in table.splitlines()[1:]]
    assert shown == ["desk.exampl…s/politics", "desk.exampl…oks/courts"]


def test_an_address_loses_its_scheme_first() -> None:
    table = lay_out([Heading("url")], [["https://desk.example/"]], 15)
    assert table.splitlines()[1] == "desk.example/"


def test_nothing_is_cut_where_there_is_room() -> None:
    assert TITLE in lay_out(HEADINGS, [[ID, "de", TITLE]], 200)


def test_a_row_becomes_a_record_where_its_columns_have_no_room() -> None:
    headings = [Heading(f"id{n}", may_be_cut=False) for n in range(3)]
    assert lay_out(headings, [[ID, ID, ID]], 80).splitlines() == [f"id{n}  {ID}" for n in range(3)]


def test_numbers_stand_at_the_right() -> None:
    headings = [Heading("topic"), Heading("matched", may_be_cut=False, to_the_right=True)]
    assert lay_out(headings, [["crues", "7"], ["ports", "120"]], 80).splitlines() == [
        "topic  matched",
        "crues        7",
        "ports      120",
    ]


def test_a_table_without_rows_is_its_header() -> None:
    assert lay_out(HEADINGS, [], 80) == "id  language  title"


def test_what_a_feed_wrote_neither_breaks_the_line_nor_steers_the_terminal() -> None:
    table = lay_out([Heading("title")], [["Crue\x1b[2J de\nla \u202eMoselle"]], 80)
    assert table.splitlines() == ["title", "Crue [2J de la  Moselle"]


@settings(max_examples=50)
@given(st.lists(st.tuples(st.text(), st.text(), st.text()), max_size=4), st.integers(40, 120))
def test_no_line_is_wider_than_the_terminal(rows: list[tuple[str, str, str]], width: int) -> None:
    headings = [Heading("title"), Heading("publisher"), Heading("dateline")]
    assert all(cell_len(line) <= width for line in lay_out(headings, rows, width).split("\n"))


@settings(max_examples=50)
@given(st.text(st.characters(exclude_categories=["Cc", "Zl", "Zp"])), st.integers(10, 80))
def test_wrapping_loses_no_word(text: str, width: int) -> None:
    lines = wrap(text, width)
    assert all(cell_len(line) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
