import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.web.url import canonical_url, host_of, masked_url, site_of


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("HTTPS://News.Example.ORG/A", "https://news.example.org/A"),
        ("https://news.example.org:443/a", "https://news.example.org/a"),
        ("http://news.example.org:8080/a", "http://news.example.org:8080/a"),
        ("http://news.example.org", "http://news.example.org/"),
        ("https://news.example.org/a#photos", "https://news.example.org/a"),
        ("https://news.example.org/#!/news/1", "https://news.example.org/#!/news/1"),
        ("https://u:p@news.example.org/a", "https://news.example.org/a"),
        ("https://news.example.org/a?id=3&utm_source=rss&b=&fbclid=x&lang=fr", "https://news.example.org/a?id=3&b=&lang=fr"),
        ("https://news.example.org/a?utm_medium=feed", "https://news.example.org/a"),
        ("https://nouvelles-é.example/é a", "https://xn--nouvelles--k7a.example/%C3%A9%20a"),
        ("https://news.example.org/%C3%A9%20a", "https://news.example.org/%C3%A9%20a"),
    ],
)  # fmt: skip
def test_an_address_has_one_form(url: str, canonical: str) -> None:
    assert canonical_url(url) == canonical


@pytest.mark.parametrize(
    "url",
    [
        "mailto:press@example.org",
        "javascript:alert(1)",
        "/news/1",
        "",
        "http://",
        "http://[",
        "http://a b/",
        "http://\x00/",
    ],
)
def test_what_is_no_web_address_has_none(url: str) -> None:
    assert canonical_url(url) is None


@settings(max_examples=60)
@given(st.text(st.sampled_from("aé/?&=#:@%[]!.2 \ud800"), max_size=30))
def test_the_canonical_form_is_its_own_and_can_be_stored(rest: str) -> None:
    canonical = canonical_url(f"http://example.org/{rest}")
    assert canonical is not None
    assert canonical.isascii()
    assert canonical_url(canonical) == canonical


def test_the_host_is_lower_case_without_port() -> None:
    assert host_of("https://User@News.Example.org:8443/a") == "news.example.org"
    assert host_of("no address") == ""


@pytest.mark.parametrize(
    ("url", "site"),
    [
        ("https://news.police.example.org/a", "example.org"),
        ("https://www.police.gov.uk/a", "police.gov.uk"),
        ("https://press.police.bund.de/a", "bund.de"),
        ("http://127.0.0.1:8101/feed", "127.0.0.1:8101"),
        ("http://localhost:8101/feed", "localhost:8101"),
        ("http://[::1]:8101/feed", "[::1]:8101"),
        ("no address", ""),
    ],
)
def test_a_site_is_one_publishers_whatever_its_subdomain(url: str, site: str) -> None:
    assert site_of(url) == site


@pytest.mark.parametrize(
    ("url", "masked"),
    [
        ("https://user:secret@news.example.org/a", "https://***@news.example.org/a"),
        ("https://news.example.org/a?token=secret&secret#secret", "https://news.example.org/a?token=***&***"),
        ("https://hooks.slack.com/services/T0/B0/secret", "https://hooks.slack.com/services/***"),
        ("https://discord.com/api/webhooks/1/secret", "https://discord.com/api/***"),
        ("https://x.webhook.office.com/webhookb2/secret/IncomingWebhook/secret", "https://x.webhook.office.com/webhookb2/***"),
        ("https://prod-1.westeurope.logic.azure.com:443/workflows/secret/triggers/manual/paths/invoke", "https://prod-1.westeurope.logic.azure.com:443/workflows/***"),
        ("https://news.example.org/services/ports", "https://news.example.org/services/ports"),
        ("https://[secret", "***"),
    ],
)  # fmt: skip
def test_what_a_log_must_not_hold_is_masked(url: str, masked: str) -> None:
    assert masked_url(url) == masked
