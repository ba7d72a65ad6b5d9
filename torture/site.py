"""The site misbehaves: one run for each fault, and one more once the site is well again."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from akhbar.local.postgres import Server
from torture.faults import REFUSED, UNREACHABLE, Fault, Hostile, faults, hostile
from torture.newsroom import Beside, Ended, Newsroom, Stored, postgres
from torture.report import Row

NAMES = [fault.name for fault in faults("")]
EDITION = ["run", "dawn", "--edition", "2016-01-22"]
LATEST = ["run", "dawn", "--latest"]
MOST_MEMORY = 400
"""MiB that the largest process of a run may hold: one that reads a healthy site holds some 130."""


@dataclass(frozen=True)
class Tried:
    """What became of a fault."""

    fault: Fault
    ended: Ended
    struck: int
    """Requests that were answered wrongly."""
    stored: int
    """Stories stored in spite of it."""
    had: int
    """Stories that could be had in spite of it."""
    expected: int
    wrong: list[str]
    """Promises that were not kept; empty if all was well."""


def torture(folder: Path, seed: int, wanted: Collection[str]) -> Iterator[Row]:
    """Tries the faults of these names."""
    with postgres(folder / "postgres") as server, hostile(seed) as site:
        for tried in try_faults(server, site, folder, [fault for fault in faults(site.trap) if fault.name in wanted]):
            e = tried.ended
            stored = f"stored {tried.stored} of {tried.expected}, of which {tried.had} could be had in full"
            seen = f"struck {tried.struck}, {stored}; {e.peak:.0f} MiB"
            yield Row(tried.fault.name, 1, e.seconds, seen, "; ".join(tried.wrong), seed)


def try_faults(server: Server, site: Hostile, folder: Path, wanted: Iterable[Fault]) -> Iterator[Tried]:
    """Tries each fault in a newsroom of its own."""
    clean: dict[bool, list[Stored]] = {}
    naming: dict[str, set[str]] = {}
    for fault in wanted:
        if fault.latest not in clean:
            site.plan(None)
            newsroom = Newsroom.fresh(server, folder, site.url)
            newsroom.akhbar(*arguments(fault))
            clean[fault.latest] = newsroom.stories()
            naming |= pages_naming(clean[fault.latest], site)
        newsroom = Newsroom.fresh(server, folder, site.url, AKHBAR_TIMEOUT="3")
        yield try_fault(fault, newsroom, site, clean[fault.latest], naming)


def pages_naming(stories: list[Stored], site: Hostile) -> dict[str, set[str]]:
    """Of the pages that were asked for, those that name each story: without them nobody can know of it."""
    read = {path: site.site.answer(path).body.decode(errors="replace") for path in set(site.asked)}
    return {
        number: {path for path, text in read.items() if f"/news/{number}" in text and f"/news/{number}" not in path}
        for number, *_ in stories
    }


def arguments(fault: Fault) -> list[str]:
    return LATEST if fault.latest else EDITION


def try_fault(
    fault: Fault, newsroom: Newsroom, site: Hostile, clean: list[Stored], naming: dict[str, set[str]]
) -> Tried:
    """Runs against the fault and then against the healthy site.

    `clean` is what the healthy site alone gives, and `naming` which pages name each of its stories.
    """
    site.plan(fault)
    first = newsroom.akhbar(*arguments(fault), longest=fault.seconds)
    words = _words if fault.latest else list
    clean = words(clean)
    asked, struck = Counter(site.asked), site.struck
    had = clean if fault.spares else to_be_had(clean, naming, struck)
    if re.search(f"{REFUSED}|{UNREACHABLE}", first.said):  # and the crawl stopped: what it did not ask for is for later
        had = [story for story in had if any(_is_page_of(story, path) for path in asked)]
    stored = newsroom.stories()
    wrong = list(_broken_promises(fault, first, newsroom, struck))
    wrong += lost(had, words(stored), fault.spares or all(path.startswith("/news/") for path in struck))
    site.plan(None)
    again = newsroom.akhbar(*arguments(fault), longest=fault.seconds)
    if again.status != 0:
        wrong.append(f"the run on the healthy site ended with {again.status}: {_last(again)}")
    wrong += difference(words(newsroom.stories()), clean)
    wrong += _beside_the_struck(newsroom.beside(), struck, asked + Counter(site.asked))
    if site.trapped:
        wrong.append(f"asked elsewhere for {site.trapped.pop()}")
    return Tried(fault, first, len(struck), len(stored), len(had), len(clean), wrong)


def _words(stories: list[Stored]) -> list[Stored]:
    """Stories without the hash of all that they say: one that no feed gave is read from its page, which says more."""
    return [story[:-1] for story in stories]


def _broken_promises(fault: Fault, ended: Ended, newsroom: Newsroom, struck: set[str]) -> Iterator[str]:
    if ended.status not in (0, 1):
        yield f"ended with {ended.status} after {ended.seconds:.0f} s: {_last(ended)}"
    if ended.peak > MOST_MEMORY:
        yield f"held {ended.peak:.0f} MiB"
    if not re.search(fault.says, ended.said):
        yield f"did not say {fault.says!r}: {_last(ended)}"
    if "Traceback" in ended.said:
        yield f"showed a traceback: {_last(ended)}"
    if not struck:
        yield "never struck"
    yield from newsroom.left_behind()
    numbers = [story[0] for story in newsroom.stories()]
    if len(numbers) != len(set(numbers)):
        yield "stored a story twice"
    if fault.spares and ended.status != 0:
        yield f"ended with {ended.status}: {_last(ended)}"


def to_be_had(clean: list[Stored], naming: dict[str, set[str]], struck: set[str]) -> list[Stored]:
    """The stories that could be had in spite of a fault: their page was not struck, and they are named by a listing
    that was not struck, or beside a story that could be had.
    """
    read = {path for paths in naming.values() for path in paths if not path.startswith("/news/")} - struck
    whole = [story for story in clean if not any(_is_page_of(story, path) for path in struck)]
    while True:
        had = [story for story in whole if naming[story[0]] & read]
        beside_them = {path for paths in naming.values() for path in paths for story in had if _is_page_of(story, path)}
        if beside_them <= read:
            return had
        read |= beside_them


def _is_page_of(story: Stored, path: str) -> bool:
    return bool(re.match(rf"/news/{story[0]}\b", path))


def lost(had: list[Stored], stored: list[Stored], listed: bool) -> Iterator[str]:
    """The stories that could be had and are not stored as a healthy site gives them.

    Unless all that list them was read, which is what `listed` says, they may lack the section that only a struck
    listing tells: then their words alone are compared.
    """
    if not listed:
        had, stored = ([(story[0], *story[3:5]) for story in stories] for stories in (had, stored))
    yield from (f"lost {story[0]}, which could be had" for story in had if story not in stored)


def _beside_the_struck(found: Beside, struck: set[str], asked: Counter[str]) -> Iterator[str]:
    """What is wrong beside the stories, but for the pages that were struck: they are asked for again, and refused.

    An undisturbed run refuses none of the replica's stories.
    """
    ids = {path.split("/")[2] for path in struck if path.startswith("/news/")}
    rejects = Counter({(story, why): times for (story, why), times in found.rejects.items() if story not in ids})
    healthy = Counter({path: times for path, times in asked.items() if path not in {"/robots.txt", *struck}})
    yield from beside(Beside(rejects, found.pages, found.revisions), [], healthy)


def difference(stored: list[Stored], clean: list[Stored]) -> list[str]:
    """How what is stored differs from what a healthy site gives."""
    if stored == clean:
        return []
    lost = sorted({story[0] for story in clean} - {story[0] for story in stored})
    more = sorted({story[0] for story in stored} - {story[0] for story in clean})
    other = sorted(story[0] for story in stored if story not in clean and story[0] not in more)
    return [
        f"{what} {', '.join(ids[:5])}" for what, ids in (("lost", lost), ("made up", more), ("differ", other)) if ids
    ]


def beside(
    found: Beside, rejects: Collection[tuple[str, str]], asked: Counter[str], *, exactly: bool = True
) -> Iterator[str]:
    """What is wrong in the tables beside the stories, after runs that read a site whose stories nobody changed.

    `rejects` are the stories that an undisturbed run refuses, and why; `asked` how often each page that was answered
    as it should be was asked for. It must be counted as often, or, not `exactly`, at least once: who is killed between
    the answer and the count asks again.
    """
    if found.revisions:
        yield f"{found.revisions} revisions of stories that nobody changed"
    if found.rejects.keys() != set(rejects):
        yield f"refused {sorted(found.rejects.keys() ^ set(rejects))[:3]}, unlike an undisturbed run"
    wrong = [
        f"{path} {found.pages[path]} times and not {times}"
        for path, times in asked.items()
        if not (times if exactly else 1) <= found.pages[path] <= times
    ]
    if wrong:
        yield f"counted {', '.join(wrong[:3])}"


def _last(ended: Ended) -> str:
    lines = ended.said.strip().splitlines()
    return lines[-1][:300] if lines else "it said nothing"
