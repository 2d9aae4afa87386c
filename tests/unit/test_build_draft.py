from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.feeds.entry import Entry, Media
from shared.domain.releases.build_draft import build_draft, complete_draft, needs_page
from shared.domain.releases.draft import Draft, Refusal, Zone
from shared.domain.releases.page import Page

NOW = datetime(2024, 5, 6, 12, tzinfo=UTC)
LEAD = "Le Conseil a adopté une résolution contre la traite des êtres humains dans les ports de la région."
SECOND = "Quarante ports recevront une aide pour former leurs agents, a indiqué la présidente à la presse."
FULL = f"<p>GENÈVE, 3 mai 2024 – {LEAD}</p><p>{SECOND}</p>"
PAGE = Page(title="Une résolution pour les ports", lines=(LEAD, SECOND), language="fr")


def draft_of(**entry: object) -> Draft:
    known = {"title": "Une résolution pour les ports", "url": "https://conseil.example/ports?utm_source=rss"}
    built = build_draft(Entry(**{**known, **entry}), "Le Conseil", "fr", "https://conseil.example/feed", NOW)  # type: ignore[arg-type]
    assert isinstance(built, Draft)
    return built


def test_an_entry_with_content_is_the_whole_text() -> None:
    draft = draft_of(content=FULL, summary=f"<p>{LEAD[:40]} […]</p>")
    assert draft.text_source == "feed"
    assert draft.body == f"{LEAD}\n{SECOND}"
    assert draft.dateline == "GENÈVE, 3 mai 2024"
    assert draft.language == "fr"
    assert draft.publisher == "Le Conseil"
    assert draft.url == "https://conseil.example/ports"
    assert not needs_page(draft)


def test_the_zones_cover_the_body() -> None:
    draft = draft_of(content=FULL)
    assert draft.zones == (Zone("lead", 0, len(LEAD)), Zone("body", len(LEAD) + 1, len(draft.body)))
    assert draft.body[len(LEAD) + 1 :] == SECOND


def test_a_short_description_is_a_summary_and_needs_its_page() -> None:
    draft = draft_of(summary=LEAD)
    assert (draft.text_source, draft.summary) == ("summary", LEAD)
    assert needs_page(draft)
    assert not needs_page(draft_of(summary=LEAD, url=None))


def test_a_long_description_is_the_whole_text() -> None:
    assert draft_of(summary="".join(f"<p>{at} : {SECOND * 2}</p>" for at in range(8))).text_source == "feed"


@pytest.mark.parametrize(
    "end", ["…", " [...]", ". Lire la suite", " […] Read more »", "... Continue reading →"]
)
def test_a_text_that_says_that_it_goes_on_is_a_summary(end: str) -> None:
    draft = draft_of(content=f"<p>{LEAD}</p><p>{SECOND.rstrip('.')}{end}</p>")
    assert draft.text_source == "summary"
    assert "suite" not in draft.body
    assert "ead" not in draft.body


def test_a_sentence_that_ends_with_more_is_no_link() -> None:
    assert draft_of(content="<p>The ports need to do more</p>").body == "The ports need to do more"


def test_the_title_said_again_and_the_date_line_are_no_body() -> None:
    content = f"<h2>Une résolution pour les ports</h2><p>3 mai 2024</p><p>{LEAD}</p>"
    draft = draft_of(content=content)
    assert draft.body == LEAD
    assert (draft.published_claim, draft.published_at) == ("3 mai 2024", datetime(2024, 5, 3, tzinfo=UTC))


def test_the_line_that_a_publishing_tool_adds_is_no_body() -> None:
    added = "<p>The post Une résolution appeared first on Le Conseil.</p>"
    assert draft_of(content=f"<p>{LEAD}</p>{added}").body == LEAD


def test_an_entry_without_title_is_named_by_its_first_words() -> None:
    draft = draft_of(title="", content=FULL)
    assert draft.title == "Le Conseil a adopté une résolution contre la traite des êtres humains…"


def test_an_entry_with_a_title_alone_is_a_summary() -> None:
    draft = draft_of()
    assert (draft.body, draft.zones, draft.text_source) == ("", (), "summary")


@pytest.mark.parametrize(
    "entry", [Entry(), Entry(url="https://conseil.example/a", content="<p> </p>", title=" ")]
)
def test_an_entry_without_title_and_text_is_refused(entry: Entry) -> None:
    assert build_draft(entry, "Le Conseil", "fr", "https://conseil.example/feed", NOW) == Refusal(
        "the entry has neither a title nor a text"
    )


def test_a_date_in_the_future_leaves_the_claim_and_a_doubt() -> None:
    draft = draft_of(published_text="2031-01-01", published_at=datetime(2031, 1, 1, tzinfo=UTC))
    assert (draft.published_claim, draft.published_at) == ("2031-01-01", None)
    assert "in the future" in draft.published_doubt


def test_tags_and_media_stand_once() -> None:
    picture = Media("https://conseil.example/a.jpg")
    figure = '<figure><img src="/a.jpg"><figcaption>La présidente</figcaption></figure>'
    draft = draft_of(content=FULL + figure, tags=("Ports", "ports ", ""), media=(picture,))
    assert draft.tags == ("ports",)
    assert draft.media == (replace(picture, caption="La présidente"),)


def test_a_page_fills_in_the_summary() -> None:
    summary = draft_of(summary=LEAD)
    at = datetime(2024, 5, 3, tzinfo=UTC)
    page = replace(
        PAGE,
        url="https://conseil.example/fr/ports",
        dateline="GENÈVE",
        published_claim="3 mai 2024",
        published_at=at,
    )
    draft = complete_draft(summary, page, NOW)
    assert draft.body == f"{LEAD}\n{SECOND}"
    assert draft.text_source == "page"
    assert (draft.url, draft.dateline, draft.published_at) == (page.url, "GENÈVE", at)
    assert draft.summary == LEAD
    assert draft.carried_words == summary.carried_words


def test_the_feeds_date_stands_before_the_pages() -> None:
    at = datetime(2024, 5, 2, 8, tzinfo=UTC)
    summary = draft_of(summary=LEAD, published_text="2 mai 2024", published_at=at)
    page = replace(PAGE, published_claim="3 mai 2024", published_at=datetime(2024, 5, 3, tzinfo=UTC))
    assert complete_draft(summary, page, NOW).published_at == at


def test_a_page_that_holds_less_leaves_the_summary() -> None:
    draft = complete_draft(draft_of(summary=LEAD), replace(PAGE, lines=("Connexion",)), NOW)
    assert (draft.body, draft.text_source) == (LEAD, "summary")
    assert "less text" in draft.text_detail


def test_another_page_leaves_the_summary() -> None:
    shop = replace(
        PAGE, title="Boutique", lines=("Nos affiches, livres et cartes postales sont en vente ici. " * 4,)
    )
    draft = complete_draft(draft_of(summary=LEAD), shop, NOW)
    assert (draft.body, draft.text_source) == (LEAD, "summary")
    assert "something else" in draft.text_detail


_ODD_TEXT = st.text(st.sampled_from("Genève, 3 May 2021 –<p>&#x…\n\x00\ud800[]:/?联 "), max_size=60)


@settings(max_examples=60)
@given(_ODD_TEXT, _ODD_TEXT, _ODD_TEXT, _ODD_TEXT)
def test_whatever_an_entry_holds_its_draft_can_be_stored(
    title: str, content: str, summary: str, url: str
) -> None:
    entry = Entry(title=title, content=content, summary=summary, url=f"http://{url}", published_text=title)
    draft = build_draft(entry, title, summary, url, NOW)
    if isinstance(draft, Draft):
        held = "".join(
            (draft.title, draft.body, draft.summary, draft.dateline, draft.publisher, draft.url or "")
        )
        assert "\x00" not in held
        assert held.encode()
        assert all(0 <= zone.start < zone.end <= len(draft.body) for zone in draft.zones)
