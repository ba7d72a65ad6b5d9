"""The steps that trials disturb, what each leaves if undisturbed, and whether a disturbed one leaves the same."""

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil  # type: ignore[import-untyped]

from akhbar.local.postgres import Server
from tests.akhbar.batches import batch, editorial, lines, page, story
from tests.replica import Replica
from tests.torture.compare import bookkeeping_errors, story_differences
from tests.torture.installation import Bookkeeping, Installation, Result, Stored

EDITION = "2016-01-22"
BIG = 2_000
"""Stories of the batch that is cleaned and loaded: enough that the work takes longer than starting Python."""
PATIENCE = 15
"""Seconds within which everything that a killed process started must have ended."""


@dataclass(frozen=True)
class Undisturbed:
    """How long a step takes and what it leaves if nothing happens to it."""

    seconds: float
    stories: list[Stored]
    bookkeeping: Bookkeeping


@dataclass
class Lab:
    """Where steps are disturbed. A step is `run`, `scrape`, `clean` or `load`."""

    server: Server
    folder: Path
    site: Replica
    known: dict[str, Undisturbed] = field(default_factory=dict)
    earlier_requests: int = 0
    """Requests to the site that belong to earlier installations."""

    def undisturbed(self, step: str) -> Undisturbed:
        """Measured once for each step."""
        if step not in self.known:
            installation = self._prepared(step)
            seconds = succeed(installation.akhbar(*self.command(step, installation))).seconds
            errors = list(self.run_again(step, installation))
            assert not errors, errors
            self.known[step] = Undisturbed(seconds, installation.stories(), installation.bookkeeping())
            installation.remove()
        return self.known[step]

    def installation(self, step: str) -> Installation:
        """An installation ready for a step. Requests to the site count as its own until the next one is made."""
        self.undisturbed(step)
        self.earlier_requests = len(self.site.requests)
        return self._prepared(step)

    def _prepared(self, step: str) -> Installation:
        installation = Installation.fresh(self.server, self.folder, self.site.url)
        if step in ("clean", "load"):
            folder = big_batch(installation.archive)
            if step == "load":
                succeed(installation.akhbar("clean", str(folder)))
        return installation

    def command(self, step: str, installation: Installation) -> list[str]:
        if step in ("run", "scrape"):
            return [step, "dawn", "--edition", EDITION]
        return [step, str(installation.archive / "dawn" / "big")]

    def run_again(self, step: str, installation: Installation) -> Iterator[str]:
        """Runs once more, undisturbed. Yields what went wrong."""
        commands = [self.command("run", installation)]
        if step in ("clean", "load"):
            commands = [self.command(each, installation) for each in ("clean", "load")]
        for command in commands:
            result = installation.akhbar(*command)
            if result.status:
                yield f"akhbar {command[0]} exited with {result.status}: {result.last_line}"

    def differences(self, step: str, installation: Installation, *, exactly: bool = False) -> Iterator[str]:
        """How all tables differ from those of an undisturbed step, and what else is left over.

        A batch leaves the same rows however often it is loaded. A run requests again what is not stored: `exactly`
        means that each page must be recorded as often as it was requested, since nothing was killed in between.
        """
        undisturbed, found = self.undisturbed(step), installation.bookkeeping()
        yield from story_differences(installation.stories(), undisturbed.stories)
        if step in ("run", "scrape"):
            requested = Counter(path for path in self.site.paths[self.earlier_requests :] if path != "/robots.txt")
            rejects = undisturbed.bookkeeping.rejects.keys()
            yield from bookkeeping_errors(found, rejects, requested, exactly=exactly)
        elif found != undisturbed.bookkeeping:
            numbers = (
                f"{each.rejects.total()}, {each.pages.total()} and {each.revisions}"
                for each in (found, undisturbed.bookkeeping)
            )
            yield f"rejects, pages and revisions: {' instead of '.join(numbers)}"
        yield from installation.leftovers()

    def recovers(self, step: str, installation: Installation, *, exactly: bool = False) -> Iterator[str]:
        """Runs once more and removes the installation. Yields how the result differs: see `differences`."""
        yield from self.run_again(step, installation)
        yield from self.differences(step, installation, exactly=exactly)
        installation.remove()


def succeed(result: Result) -> Result:
    assert result.status == 0, result.output[-2000:]
    return result


def big_batch(archive: Path) -> Path:
    """A batch that is scraped but not cleaned: articles, editorials, and stories that cleaning rejects."""
    stories = [
        (editorial if number % 9 == 0 else story)(number, body=f"LAHORE: {'Word after word. ' * 60}{number}")
        for number in range(1, BIG + 1)
    ]
    untitled = [story(number, title="") for number in range(BIG + 1, BIG + 50)]
    folder = batch(archive, "big", stories, pages=map(page, range(1, BIG + 1)))
    lines(folder, "scraped.jsonl", [*stories, *untitled])
    for name in ("clean.jsonl", "rejects.jsonl"):
        (folder / name).unlink()
    return folder


def with_children(process: psutil.Process) -> list[psutil.Process]:
    """A process and everything it started: the processes that a power failure would end."""
    return [process, *process.children(recursive=True)]


def kill(processes: list[psutil.Process]) -> None:
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.kill()


def orphans(installation: Installation) -> Iterator[str]:
    """Kills and reports the processes that still work for an installation when all should have ended."""
    _, alive = psutil.wait_procs(installation.processes(), timeout=PATIENCE)
    for process in alive:
        yield f"still running after {PATIENCE} s: {process}"
        process.kill()
