"""What a trial expects, and that it notices what is wrong: a check that cannot fail proves nothing."""

from collections import Counter

from tests.torture.compare import bookkeeping_errors, lost_stories, obtainable, story_differences
from tests.torture.installation import Bookkeeping

STORIES = [(number, "article", "full", f"Title {number}", "Text", f"hash {number}") for number in "123"]
NAMED_ON = {"1": {"/section/a", "/section/b"}, "2": {"/section/b"}, "3": {"/news/2/slug"}}


def obtained(*affected: str) -> list[str]:
    return [story[0] for story in obtainable(STORIES, NAMED_ON, set(affected))]


def test_a_story_is_obtainable_if_a_listing_or_an_obtainable_story_names_it() -> None:
    assert obtained() == ["1", "2", "3"]
    assert obtained("/section/a") == ["1", "2", "3"]
    assert obtained("/section/b") == ["1"], "story 3 is named only on the page of story 2, which no listing names"
    assert obtained("/news/2/slug") == ["1"]
    assert obtained("/section/a", "/section/b") == []


def test_a_story_that_lacks_an_affected_listings_section_is_not_lost() -> None:
    stored = [(*STORIES[0][:-1], "another hash"), ("2", "article", "full", "Title 2", "Half a t", "hash 2")]
    assert list(lost_stories(STORIES[:2], stored, listings_read=False)) == ["lost 2, which was obtainable"]
    assert list(lost_stories(STORIES[:1], stored, listings_read=True)) == ["lost 1, which was obtainable"]


def test_missing_unexpected_different_and_duplicate_stories_are_noticed() -> None:
    changed = ("1", "article", "full", "Title 1", "Half a t", "hash 1")
    assert story_differences(STORIES, STORIES) == []
    assert story_differences([changed, STORIES[2]], STORIES[:2]) == ["missing: 2", "unexpected: 3", "different: 1"]
    assert story_differences([*STORIES, STORIES[2]], STORIES) == ["stored twice: 3"]


def test_errors_in_the_bookkeeping_are_noticed() -> None:
    rejected = Counter({("9", "missing_title"): 2})
    found = Bookkeeping(rejected, Counter({"/": 1, "/news/1": 2}), 0)
    requested = Counter({"/": 1, "/news/1": 2})
    assert list(bookkeeping_errors(found, list(rejected), requested)) == []
    once_more = requested + Counter(["/news/1"])
    assert list(bookkeeping_errors(found, list(rejected), once_more, exactly=False)) == []
    assert list(bookkeeping_errors(found, list(rejected), once_more)) == [
        "pages recorded: /news/1 2 times instead of 3"
    ]
    fewer, other = Counter({"/news/1": 1}), Counter({"/news/7": 1})
    assert list(bookkeeping_errors(found, list(rejected), fewer, exactly=False)), "recorded more often than requested"
    assert list(bookkeeping_errors(found, list(rejected), other, exactly=False)), "requested and not recorded"
    assert list(bookkeeping_errors(found, [], requested)), "rejects that an undisturbed run does not have"
    assert list(bookkeeping_errors(Bookkeeping(rejected, found.pages, 3), list(rejected), requested)) == [
        "3 revisions of unchanged stories"
    ]
