"""`kill -9` at random moments: of a whole run, of a part of it, of each step, of the database's own process."""

import random
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil  # type: ignore[import-untyped]

from akhbar.local.postgres import Server
from tests.akhbar.batches import batch, editorial, lines, page, story
from tests.replica import Replica
from torture.newsroom import Beside, Ended, Newsroom, Stored, ended
from torture.report import Row
from torture.site import beside, difference

EDITION = "2016-01-22"
BIG = 2_000
"""Stories of the batch that is cleaned and loaded: enough that the work takes longer than the start of Python."""
PATIENCE = 15
"""Seconds in which whatever a killed process left must have ended by itself."""

Victims = Callable[[psutil.Process], list[psutil.Process]]


def everything(run: psutil.Process) -> list[psutil.Process]:
    """A run and all that it started, as when a machine loses its power."""
    return [run, *run.children(recursive=True)]


def itself(run: psutil.Process) -> list[psutil.Process]:
    return [run]


def its_crawl(run: psutil.Process) -> list[psutil.Process]:
    return list(run.children(recursive=True))


@dataclass(frozen=True)
class Kill:
    """What is killed, and how often."""

    name: str
    step: str
    """`run`, `scrape`, `clean` or `load`."""
    victims: Victims
    times: int


KILLS = (
    Kill("kill -9 of a run with all its processes", "run", everything, 20),
    Kill("kill -9 of a run; its crawl must follow", "run", itself, 15),
    Kill("kill -9 of a run's crawl", "run", its_crawl, 15),
    Kill("kill -9 of the step scrape, with its crawl", "scrape", everything, 5),
    Kill("kill -9 of the step scrape; its crawl must follow", "scrape", itself, 5),
    Kill("kill -9 of the step clean", "clean", itself, 20),
    Kill("kill -9 of the step load", "load", itself, 25),
)


@dataclass(frozen=True)
class Undisturbed:
    """What a step takes, and what it leaves, if nobody is killed."""

    seconds: float
    stories: list[Stored]
    beside: Beside


@dataclass
class Lab:
    """Where kills are tried."""

    server: Server
    folder: Path
    site: Replica
    known: dict[str, Undisturbed] = field(default_factory=dict)
    asked_before: int = 0
    """Requests to the site that belong to earlier newsrooms."""

    def undisturbed(self, step: str) -> Undisturbed:
        """Measured once for each step."""
        if step not in self.known:
            newsroom = self._ready(step)
            seconds = must(newsroom.akhbar(*self.command(step, newsroom))).seconds
            wrong = list(self.once_more(step, newsroom))
            assert not wrong, wrong
            self.known[step] = Undisturbed(seconds, newsroom.stories(), newsroom.beside())
            newsroom.forget()
        return self.known[step]

    def newsroom(self, step: str) -> Newsroom:
        """One that is ready for a step to be killed. Until the next, what is asked of the site is asked for it."""
        self.undisturbed(step)
        self.asked_before = len(self.site.requests)
        return self._ready(step)

    def _ready(self, step: str) -> Newsroom:
        newsroom = Newsroom.fresh(self.server, self.folder, self.site.url)
        if step in ("clean", "load"):
            folder = big_batch(newsroom.archive)
            if step == "load":
                must(newsroom.akhbar("clean", str(folder)))
        return newsroom

    def command(self, step: str, newsroom: Newsroom) -> list[str]:
        if step in ("run", "scrape"):
            return [step, "dawn", "--edition", EDITION]
        return [step, str(newsroom.archive / "dawn" / "big")]

    def once_more(self, step: str, newsroom: Newsroom) -> Iterator[str]:
        """The one run more. Yields what went wrong."""
        commands = [self.command("run", newsroom)]
        if step in ("clean", "load"):
            commands = [self.command(each, newsroom) for each in ("clean", "load")]
        for command in commands:
            again = newsroom.akhbar(*command)
            if again.status:
                yield f"akhbar {command[0]} ended with {again.status}: {again.said.strip().splitlines()[-1][:200]}"

    def compared(self, step: str, newsroom: Newsroom, *, exactly: bool = False) -> Iterator[str]:
        """How all tables differ from those that a step leaves if nobody is killed, and what else was left behind.

        A batch leaves the same rows, however often it was loaded. A run asks again for what is not stored: `exactly`
        tells that each page must be counted as often as it was asked for, since nobody was killed in between.
        """
        undisturbed, found = self.undisturbed(step), newsroom.beside()
        yield from difference(newsroom.stories(), undisturbed.stories)
        if step in ("run", "scrape"):
            asked = Counter(path for path in self.site.paths[self.asked_before :] if path != "/robots.txt")
            yield from beside(found, undisturbed.beside.rejects.keys(), asked, exactly=exactly)
        elif found != undisturbed.beside:
            numbers = (
                f"{each.rejects.total()}, {each.pages.total()}, {each.revisions}"
                for each in (found, undisturbed.beside)
            )
            yield f"rejects, pages and revisions: {', not '.join(numbers)}"
        yield from newsroom.left_behind()


def must(done: Ended) -> Ended:
    assert done.status == 0, done.said[-2000:]
    return done


def big_batch(archive: Path) -> Path:
    """A batch that was crawled and not yet cleaned: stories, editorials among them, and rejects."""
    read = [
        (editorial if number % 9 == 0 else story)(number, body=f"LAHORE: {'Word after word. ' * 60}{number}")
        for number in range(1, BIG + 1)
    ]
    folder = batch(archive, "big", read, pages=map(page, range(1, BIG + 1)))
    lines(folder, "scraped.jsonl", [*read, *(one | {"title": ""} for one in map(story, range(BIG + 1, BIG + 50)))])
    for name in ("clean.jsonl", "rejects.jsonl"):
        (folder / name).unlink()
    return folder


def torture(lab: Lab, seed: int, wanted: Collection[str]) -> Iterator[Row]:
    """Tries each kind of kill that is wanted as often as it says."""
    for kill in KILLS:
        if kill.name in wanted:
            undisturbed = lab.undisturbed(kill.step)
            began = time.monotonic()
            wrong: list[str] = []
            for number in range(kill.times):
                wrong += [f"{number}: {what}" for what in kill_once(lab, kill, seed, number)]
            seen = f"within the step's {undisturbed.seconds:.1f} s; {len(undisturbed.stories)} stories after each"
            yield Row(kill.name, kill.times, time.monotonic() - began, seen, "; ".join(wrong), seed)


def kill_once(lab: Lab, kill: Kill, seed: int, number: int) -> Iterator[str]:
    """Kills once, at a moment that the seed and the number decide, then runs once more. Yields what went wrong."""
    chance = random.Random(f"{seed} {kill.name} {number}")  # noqa: S311 - nobody's secret hangs on it
    newsroom = lab.newsroom(kill.step)
    undisturbed = lab.undisturbed(kill.step)
    while not struck(lab, kill, newsroom, chance.uniform(0.05, 1) * undisturbed.seconds):
        newsroom.forget()
        newsroom = lab.newsroom(kill.step)  # it was over before the blow fell
    yield from orphans(newsroom)
    stored = len(newsroom.stories())
    if kill.step == "load" and stored not in (0, len(undisturbed.stories)):
        yield f"half a batch was loaded: {stored} stories"
    yield from lab.once_more(kill.step, newsroom)
    yield from lab.compared(kill.step, newsroom)
    newsroom.forget()


def struck(lab: Lab, kill: Kill, newsroom: Newsroom, delay: float) -> bool:
    """Starts the step and kills it after so many seconds. False where there was nobody left to kill."""
    process = newsroom.start(*lab.command(kill.step, newsroom))
    time.sleep(delay)
    victims = kill.victims(psutil.Process(process.pid))
    strike(victims)
    ended(process, longest=60)
    return bool(victims)


def strike(victims: list[psutil.Process]) -> None:
    for victim in victims:
        with suppress(psutil.NoSuchProcess):
            victim.kill()


def orphans(newsroom: Newsroom) -> Iterator[str]:
    """Whoever still works for a newsroom when all must have ended."""
    _, left = psutil.wait_procs(newsroom.processes(), timeout=PATIENCE)
    for process in left:
        yield f"still running after {PATIENCE} s: {process}"
        process.kill()
