"""What a trial compares: the stories and the bookkeeping it leaves with those of an undisturbed run."""

import re
from collections import Counter
from collections.abc import Collection, Iterator

from tests.torture.installation import Bookkeeping, Stored


def story_differences(stored: list[Stored], expected: list[Stored]) -> list[str]:
    """How the stored stories differ from the expected ones; empty if they are the same."""
    if stored == expected:
        return []
    missing = sorted({story[0] for story in expected} - {story[0] for story in stored})
    extra = sorted({story[0] for story in stored} - {story[0] for story in expected})
    other = sorted(story[0] for story in stored if story not in expected and story[0] not in extra)
    found = (("missing", missing), ("unexpected", extra), ("different", other), ("stored twice", _twice(stored)))
    return [f"{what}: {', '.join(ids[:5])}" for what, ids in found if ids]


def _twice(stored: list[Stored]) -> list[str]:
    return sorted(number for number, times in Counter(story[0] for story in stored).items() if times > 1)


def bookkeeping_errors(
    found: Bookkeeping, rejects: Collection[tuple[str, str]], requested: Counter[str], *, exactly: bool = True
) -> Iterator[str]:
    """What is wrong in the other tables after runs on a site whose stories did not change.

    `rejects` are the stories that an undisturbed run rejects, and why. `requested` counts the requests by path that got
    a healthy answer. Each must be recorded as often, or, if not `exactly`, at least once: a run that is killed between
    the answer and the record requests the page again.
    """
    if found.revisions:
        yield f"{found.revisions} revisions of unchanged stories"
    if found.rejects.keys() != set(rejects):
        yield f"rejects differ from an undisturbed run: {sorted(found.rejects.keys() ^ set(rejects))[:3]}"
    wrong = [
        f"{path} {found.pages[path]} times instead of {times}"
        for path, times in requested.items()
        if not (times if exactly else 1) <= found.pages[path] <= times
    ]
    if wrong:
        yield f"pages recorded: {', '.join(wrong[:3])}"


def obtainable(expected: list[Stored], named_on: dict[str, set[str]], affected: set[str]) -> list[Stored]:
    """The stories that can be stored in full in spite of a fault.

    Their own page was not affected, and an unaffected listing names them, or the page of an obtainable story does.
    `named_on` holds the paths of the pages that name each story; `affected` the paths that got a faulty answer.
    """
    read = {path for paths in named_on.values() for path in paths if not path.startswith("/news/")} - affected
    whole = [story for story in expected if not any(is_page_of(story, path) for path in affected)]
    while True:
        found = [story for story in whole if named_on[story[0]] & read]
        their_pages = {path for paths in named_on.values() for path in paths if any(is_page_of(s, path) for s in found)}
        if their_pages <= read:
            return found
        read |= their_pages


def lost_stories(expected: list[Stored], stored: list[Stored], listings_read: bool) -> Iterator[str]:
    """The expected stories that are not stored as a healthy site gives them.

    Unless all listings were read, a story may lack the section that only an affected listing names: then only its title
    and body are compared.
    """
    if not listings_read:
        expected, stored = ([(story[0], *story[3:5]) for story in stories] for stories in (expected, stored))
    yield from (f"lost {story[0]}, which was obtainable" for story in expected if story not in stored)


def is_page_of(story: Stored, path: str) -> bool:
    return bool(re.match(rf"/news/{story[0]}\b", path))
