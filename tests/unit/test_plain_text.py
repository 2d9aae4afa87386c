import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.feeds.entry import Media
from shared.domain.feeds.plain_text import MAX_HTML_CHARACTERS, is_crumb, read_html


def test_each_paragraph_and_list_item_is_a_line() -> None:
    html = "<p>Trois priorités :</p><ul><li>les ports ;</li><li>les routes ;</li></ul><p>Le plan\n suit.</p>"
    assert read_html(html).lines == ("Trois priorités :", "les ports ;", "les routes ;", "Le plan suit.")


def test_entities_are_decoded_and_white_space_is_one_space() -> None:
    assert read_html("<p>Recherche&nbsp;&amp;  d&eacute;veloppement</p>").text == "Recherche & développement"


@pytest.mark.parametrize("tag", ["script", "style", "noscript", "nav", "iframe"])
def test_what_is_not_for_reading_is_left_out(tag: str) -> None:
    assert read_html(f"<p>Der Rat tagt.</p><{tag}>alert(1)</{tag}>").text == "Der Rat tagt."


def test_captions_are_media_and_no_text() -> None:
    figure = '<figure><img src="/a.jpg" alt="x"><figcaption>The <b>chair</b></figcaption></figure>'
    read = read_html(f"<p>The fund opens.</p>{figure}", "https://fund.example/news/1")
    assert read.lines == ("The fund opens.",)
    assert read.media == (Media("https://fund.example/a.jpg", "image", "The chair"),)


def test_a_gallery_that_stands_twice_gives_each_picture_once() -> None:
    slide = '<figure><img src="https://fund.example/a.jpg"><figcaption>The chair</figcaption></figure>'
    assert len(read_html(f"<div>{slide}</div><div>{slide}</div>").media) == 1


def test_a_caption_that_is_repeated_as_a_paragraph_is_no_text() -> None:
    figure = '<figure><img src="/a.jpg"><figcaption>The chair</figcaption></figure>'
    assert read_html(f"{figure}<p>The chair</p><p>The fund opens.</p>").lines == ("The fund opens.",)


def test_a_table_or_quotation_in_a_figure_stays_text() -> None:
    table = "<table><tr><td>2024</td><td>12 ports</td></tr></table>"
    assert read_html(f"<figure>{table}<figcaption>Ports</figcaption></figure>").lines == ("2024 | 12 ports",)


def test_counting_pixels_are_no_media() -> None:
    assert read_html('<p>News</p><img src="https://stat.example/p.gif" width="1" height="1">').media == ()


def test_a_repeated_paragraph_stands_once() -> None:
    html = "<p>Le conseil se réunit lundi à Lyon.</p><p>Il vote.</p><p>Le conseil se réunit lundi à Lyon.</p>"
    assert read_html(html).lines == ("Le conseil se réunit lundi à Lyon.", "Il vote.")


@pytest.mark.parametrize("crumb", ["/", "1", "‹ ›", "1/3", "1 of 12", "# # #", "…", "« »"])
def test_pager_crumbs_and_end_marks_go(crumb: str) -> None:
    assert is_crumb(crumb)
    assert read_html(f"<p>Der Rat tagt.</p><div>{crumb}</div>").lines == ("Der Rat tagt.",)


@pytest.mark.parametrize("line", ["2024", "26 %!", "1.250", "联合国", "A", "G20"])
def test_short_lines_that_say_something_stay(line: str) -> None:
    assert not is_crumb(line)


def test_plain_text_has_its_paragraphs_at_blank_lines_and_unwraps_others() -> None:
    text = "The minister opened\nthe new port.\n\nIt is the third\nthis year."
    assert read_html(text).lines == ("The minister opened the new port.", "It is the third this year.")


def test_line_breaks_are_paragraphs_where_nothing_else_is() -> None:
    assert read_html("Der Rat tagt.<br>Er wählt.").lines == ("Der Rat tagt.", "Er wählt.")
    assert read_html("<p>Der Rat<br>tagt.</p>").lines == ("Der Rat tagt.",)


def test_bullets_go() -> None:
    assert read_html("<p>Priorités :<br>• les ports<br>• les routes</p>").lines == (
        "Priorités :",
        "les ports",
        "les routes",
    )


def test_html_that_was_escaped_twice_is_read() -> None:
    assert read_html("&lt;p&gt;Der Rat tagt.&lt;/p&gt;").lines == ("Der Rat tagt.",)


def test_a_comparison_sign_is_no_markup() -> None:
    assert read_html("Costs < 5 and > 3").lines == ("Costs < 5 and > 3",)


def test_what_a_database_cannot_hold_is_dropped() -> None:
    assert read_html("<p>Der\x00 Rat\ud800 ta\u00adgt.</p>").lines == ("Der Rat tagt.",)


@pytest.mark.parametrize(
    "tag", ["<div>", "<b>", "<ul><li>", "<table><tr><td>", "<b class=x></i>", "<!--", "<script>"]
)
def test_deeply_nested_html_is_read_without_building_its_tree(tag: str) -> None:
    read = read_html("<p>Der Rat tagt.</p>" + tag * (200_000 // len(tag)))
    assert read.lines[0].startswith("Der Rat tagt.")


def test_a_text_without_end_is_cut_and_says_so() -> None:
    read = read_html("<p>Rat</p>" + " " * MAX_HTML_CHARACTERS)
    assert read.cut
    assert not read_html("<p>Rat</p>").cut


@settings(max_examples=60)
@given(st.text(st.sampled_from("<>/p divfgurecaton=\"'&;lt!-•\n 12é联"), max_size=80))
def test_any_text_gives_tidy_lines(html: str) -> None:
    for line in read_html(html).lines:
        assert line == " ".join(line.split())
        assert not is_crumb(line)


def test_a_gallery_in_a_copied_text_is_captions_and_no_text() -> None:
    gallery = (
        "The quay at low tide.\nThe quay at low tide.\nThe chair at her desk\nThe chair at her desk\n/\n"
    )
    text = read_html(f"The board has met.\n\n{gallery}\nIt meets again in May.")
    assert text.lines == ("The board has met.", "It meets again in May.")
    assert [media.caption for media in text.media] == ["The quay at low tide.", "The chair at her desk"]


def test_a_line_that_is_said_twice_is_no_gallery() -> None:
    assert read_html("Never again.\nNever again.\n\nThe crowd went home.").media == ()
