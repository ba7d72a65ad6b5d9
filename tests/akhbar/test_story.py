"""The story: the fields of the contract between the steps, in order."""

import json

import pytest

from akhbar.story import RejectedPage, Story, web_address

FIELDS = [
    "source",
    "story_id",
    "kind",
    "url",
    "title",
    "excerpt",
    "body",
    "authors",
    "section",
    "dateline",
    "published_at",
    "updated_at",
    "published_date",
    "edition_date",
    "image_url",
    "image_caption",
    "tags",
    "language",
    "extracted_by",
    "completeness",
]
"""As documented. Archived batches have these keys, so a change here makes them unreadable."""

MINIMAL = Story("dawn", "7", "article", "https://www.dawn.com/news/7", "Ferries return")


def test_a_story_has_the_fields_of_the_contract_in_order() -> None:
    assert list(MINIMAL.as_dict()) == FIELDS


def test_a_story_is_the_same_after_a_round_trip_through_json() -> None:
    story = Story(*(f"value of {name}" for name in FIELDS))  # type: ignore[arg-type]
    line = json.dumps(story.as_dict())
    assert list(json.loads(line)) == FIELDS
    assert Story(**json.loads(line)) == story


def test_fields_that_are_not_given_are_empty() -> None:
    empty = {name: value for name, value in MINIMAL.as_dict().items() if not value}
    assert empty.pop("authors") == empty.pop("tags") == []
    assert set(empty.values()) == {None}
    assert (MINIMAL.language, MINIMAL.extracted_by, MINIMAL.completeness) == ("en", "selectors", "full")


def test_stories_share_no_lists() -> None:
    one, other = (Story("dawn", number, "article", f"/news/{number}", None) for number in "78")
    one.authors.append("Sana Mirza")
    one.tags.append("ferries")
    assert (other.authors, other.tags) == ([], [])


def test_a_rejected_page_is_a_story_with_a_reason() -> None:
    assert RejectedPage(MINIMAL, "login_page").as_dict() == MINIMAL.as_dict() | {"rejected": "login_page"}


@pytest.mark.parametrize(
    ("url", "is_kept"),
    [
        ("https://i.dawn.com/1.jpg", True),
        ("http://i.dawn.com/1.jpg", True),
        ("javascript:alert(1)", False),
        ("//i.dawn.com/1.jpg", False),
        ("/1.jpg", False),
        ("https:///1.jpg", False),
        ("https://[", False),
        ("", False),
    ],
)
def test_only_http_and_https_urls_are_web_addresses(url: str, is_kept: bool) -> None:
    assert web_address(url) == (url if is_kept else None)
