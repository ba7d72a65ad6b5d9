"""What a trial expects, and that it sees what is wrong: a check that nothing can fail proves nothing."""

from collections import Counter

from torture.newsroom import Beside
from torture.site import beside, lost, to_be_had

STORIES = [(number, "article", "full", f"Title {number}", "Text", f"hash {number}") for number in "123"]
NAMING = {"1": {"/section/a", "/section/b"}, "2": {"/section/b"}, "3": {"/news/2/slug"}}


def had(*struck: str) -> list[str]:
    return [story[0] for story in to_be_had(STORIES, NAMING, set(struck))]


def test_a_story_could_be_had_if_a_listing_or_a_story_that_could_be_had_names_it() -> None:
    assert had() == ["1", "2", "3"]
    assert had("/section/a") == ["1", "2", "3"]
    assert had("/section/b") == ["1"], "story 3 is named beside 2 only, of which nobody knows"
    assert had("/news/2/slug") == ["1"]
    assert had("/section/a", "/section/b") == []


def test_a_story_that_lacks_a_struck_listings_section_is_not_lost() -> None:
    stored = [(*STORIES[0][:-1], "another hash"), ("2", "article", "full", "Title 2", "Half a t", "hash 2")]
    assert list(lost(STORIES[:2], stored, listed=False)) == ["lost 2, which could be had"]
    assert list(lost(STORIES[:1], stored, listed=True)) == ["lost 1, which could be had"]


def test_what_is_wrong_beside_the_stories_is_seen() -> None:
    refused = Counter({("9", "missing_title"): 2})
    found = Beside(refused, Counter({"/": 1, "/news/1": 2}), 0)
    asked = Counter({"/": 1, "/news/1": 2})
    assert list(beside(found, list(refused), asked)) == []
    assert list(beside(found, list(refused), asked + Counter(["/news/1"]), exactly=False)) == []
    assert list(beside(found, list(refused), asked + Counter(["/news/1"]))) == ["counted /news/1 2 times and not 3"]
    assert list(beside(found, list(refused), Counter({"/news/1": 1}), exactly=False)), "counted more than asked for"
    assert list(beside(found, list(refused), Counter({"/news/7": 1}), exactly=False)), "asked for and not counted"
    assert list(beside(found, [], asked)), "refused unlike an undisturbed run"
    assert list(beside(Beside(refused, found.pages, 3), list(refused), asked)) == [
        "3 revisions of stories that nobody changed"
    ]
