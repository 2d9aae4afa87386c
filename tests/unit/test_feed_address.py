import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.web.feed_address import web_url
from shared.errors import RefusedError


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("https://press.example/feed", "https://press.example/feed"),
        ("  HTTP://Press.Example/Feed?Id=A#top ", "http://press.example/Feed?Id=A"),
        ("press.example", "https://press.example"),
        ("press.example:8443/feed", "https://press.example:8443/feed"),
        ("//press.example/feed", "https://press.example/feed"),
        ("feed://press.example/rss", "https://press.example/rss"),
        ("feed:https://press.example/rss", "https://press.example/rss"),
        ("https://User:Pass@Press.example/", "https://User:Pass@press.example/"),
        ("http://[::1]:8080/feed", "http://[::1]:8080/feed"),
        ("127.0.0.1:8000/feed", "https://127.0.0.1:8000/feed"),
    ],
)
def test_an_address_is_read_as_it_is_typed(typed: str, address: str) -> None:
    assert web_url(typed) == address


@pytest.mark.parametrize(
    "typed",
    ["", "ftp://press.example/", "mailto:press@press.example", "file:///etc/passwd", "https://", "http://[::1",
     "https://press.example:99999/", "javascript:alert(1)"],
)  # fmt: skip
def test_what_is_no_web_address_is_refused(typed: str) -> None:
    with pytest.raises(RefusedError):
        web_url(typed)


@settings(max_examples=100)
@given(st.text(max_size=60))
def test_an_address_that_was_read_is_read_the_same_again(typed: str) -> None:
    try:
        address = web_url(typed)
    except RefusedError:
        return
    assert web_url(address) == address
