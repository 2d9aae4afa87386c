"""For whom a Retry-After holds."""

from uuid import UUID

import pytest

from shared.domain.web.wait_scope import Waiting, registered_domain, wait_scope

HERE = Waiting(UUID(int=1), "rss.polizei.gv.at")


@pytest.mark.parametrize(
    ("others", "scope"),
    [
        ([], "feed"),
        ([HERE], "feed"),
        ([Waiting(UUID(int=2), "press.example")], "feed"),
        ([Waiting(UUID(int=2), "rss.polizei.gv.at")], "host"),
        ([Waiting(UUID(int=2), "presse.polizei.gv.at")], "domain"),
        ([Waiting(UUID(int=2), "justiz.gv.at")], "feed"),
    ],
)
def test_a_wait_is_as_wide_as_the_evidence(others: list[Waiting], scope: str) -> None:
    assert wait_scope(HERE, others) == scope


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("feeds.police.co.uk", "police.co.uk"),
        ("old.reddit.com", "reddit.com"),
        ("desk-a.github.io", "desk-a.github.io"),
        ("127.0.0.1", "127.0.0.1"),
        ("press.example", "press.example"),
    ],
)
def test_what_was_registered_is_told_by_the_public_suffix_list(host: str, domain: str) -> None:
    assert registered_domain(host) == domain
