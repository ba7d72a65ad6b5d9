"""Challenge pages, and stories that resemble one."""

import pytest

from spiders.challenge import is_challenge
from tests.spiders.markup import meta


@pytest.mark.parametrize(
    ("page", "mitigated", "challenge"),
    [
        ("<title>Just a moment...</title>", "", True),
        ("<title> Attention Required! | Cloudflare </title>", "", True),
        ("<title>Access denied | gazette.example</title>", "", True),
        ("", "Challenge", True),
        ("<title>Just a moment in time</title>", "", False),
        ("<title>Access denied</title>" + meta("article:published_time", "2026-06-19"), "", False),
        ("<title>Ferries return</title>", "", False),
    ],
)
def test_a_challenge_page_is_recognised(page: str, mitigated: str, challenge: bool) -> None:
    assert is_challenge(page.encode(), mitigated) is challenge
