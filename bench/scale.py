"""Memory and time of each command for ten times as much: a day of 20,000 stories, an archive of 1,000 editions.

`bench.growth` measures how CPU grows; this measures the largest process of the whole command.
"""

import random
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from akhbar.local.postgres import Server
from akhbar.newspapers import newspaper
from bench.measure import CommandFailedError
from bench.report import Figure, Section, table
from bench.site import NO_SITE, ON_DISK
from tests.akhbar.batches import archived, batch, lines, page, story
from tests.conftest import migrated_server
from tests.replica import Answer, Replica, html, served
from tests.torture.installation import Installation

STORIES = (2_000, 20_000)
EDITIONS, OF_AN_EDITION = (100, 1_000), 9
"""Editions in the small and in the large archive, and stories of each edition."""
MORE_MEMORY = 60
"""MiB that a command may need more for ten times as much. The requests of a crawl wait in memory, 2 to 3 KiB each:
18,000 more of them took 36 to 55 MiB."""
MORE_TIME = 15
"""How many times as long a command may take for ten times as much."""
WORDS = 450
FIRST = 7_000_000
CRAWL = {"scrape": "--quiet scrape dawn --edition 2016-01-22"}
STEPS = {
    "clean, a tenth rejected": "clean BATCH",
    "load": "load BATCH",
    "load again": "load BATCH",
    "check": "check BATCH",
    "export as CSV": "export --table stories --output FILE",
}
"""The commands for a day's stories, in their order: each needs what the earlier ones left."""
ARCHIVE = {
    "replay": "--quiet replay dawn",
    "verify": "verify",
    "doctor": "doctor dawn",
    "prune": "prune --older-than 1d",
}
"""The commands for an archive of editions, likewise."""
MAY_FAIL = ("check", "doctor")
"""Commands that report problems: the generated newspaper has some."""
STORY = """<html><head><title>Story {0}</title></head><body><div class="template__header">
<h2 class="story__title">Story {0}</h2><span class="story__time">22 Jan, 2016 06:48am</span></div>
<div class="story__content"><p>LAHORE: Word after word of story {0}, and no end of words.</p></div></body></html>"""

Measured = tuple[float, float]
"""Peak memory of the largest process in MiB, and seconds."""


def report() -> Section:
    with TemporaryDirectory(dir=ON_DISK) as name:
        folder = Path(name)
        with migrated_server(folder / "postgres") as server:
            crawls = [crawl(server, folder, number) for number in STORIES]
            days = [crawls[place] | steps(server, folder, number) for place, number in enumerate(STORIES)]
            archives = [archive(server, folder, number) for number in EDITIONS]
    figures, cells = [], []
    for measured, sizes, unit in ((days, STORIES, "stories"), (archives, EDITIONS, "editions")):
        for what in measured[0]:
            (small, quick), (large, slow) = (each[what] for each in measured)
            more, times = large - small, slow / quick
            met = more <= MORE_MEMORY and times <= MORE_TIME
            target = f"at most {MORE_MEMORY} MiB, {MORE_TIME} times"
            value = f"{round(more)} MiB more, {times:.1f} times as long"
            figures.append(Figure(f"{what}, {sizes[1]:,} {unit} instead of {sizes[0]:,}", value, target, met))
            numbers = [f"{small:.0f}", f"{large:.0f}", f"{quick:.1f}", f"{slow:.1f}"]
            cells.append([what, *(f"{size:,} {unit}" for size in sizes), *numbers])
    return Section(
        "Ten times as much",
        figures,
        f"A day of {STORIES[0]:,} and of {STORIES[1]:,} stories, then archives of {EDITIONS[0]:,} and of "
        f"{EDITIONS[1]:,} editions with {OF_AN_EDITION} stories each, which the database does not know at first. Each "
        "command is a process of its own; memory is the peak of the largest process that it starts. The targets bound "
        "the growth from the small to the large size; they do not prove that memory is constant (that of the crawl is "
        "not).\n\n"
        + table(["command", "small", "large", "MiB, small", "MiB, large", "s, small", "s, large"], cells, "lrrrrrr"),
    )


def crawl(server: Server, folder: Path, stories: int) -> dict[str, Measured]:
    """A crawl of so many pages."""
    with served(Day(stories)) as site:
        return run(Installation.fresh(server, folder, site.url), CRAWL, {})


def steps(server: Server, folder: Path, stories: int) -> dict[str, Measured]:
    """The other steps for a day of so many stories."""
    installation = Installation.fresh(server, folder, NO_SITE)
    made = scraped_batch(installation.archive, stories)
    return run(installation, STEPS, {"BATCH": str(made), "FILE": str(folder / "stories.csv")})


def archive(server: Server, folder: Path, editions: int) -> dict[str, Measured]:
    """The commands for an archive of so many editions."""
    with served(Day(OF_AN_EDITION)) as site:
        installation = Installation.fresh(server, folder, site.url)
        for number in range(editions):
            archived_edition(installation.archive, number)
        return run(installation, ARCHIVE, {})


def run(installation: Installation, commands: Mapping[str, str], places: Mapping[str, str]) -> dict[str, Measured]:
    """Runs commands and removes the installation."""
    measured = {}
    for what, command in commands.items():
        result = installation.akhbar(*(places.get(word, word) for word in command.split()), timeout=600)
        if result.status != 0 and what not in MAY_FAIL:
            raise CommandFailedError(f"{what} exited with {result.status}: {result.output[-500:]}")
        measured[what] = result.peak, result.seconds
    installation.remove()
    return measured


class Day(Replica):
    """A newspaper whose sections share so many stories evenly."""

    def __init__(self, stories: int) -> None:
        super().__init__()
        cards = [
            f'<article class="story"><b class="story__title"><a href="/news/{FIRST + at}/x">No. {at}</a></b></article>'
            for at in range(stories)
        ]
        slugs = list(newspaper("dawn").print_edition.sections)
        self.sections = {
            slug: f"<html><body><div>{''.join(cards[place :: len(slugs)])}</div></body></html>"
            for place, slug in enumerate(slugs)
        }

    def answer(self, path: str) -> Answer:
        if path.startswith("/news/"):
            return html(STORY.format(path.split("/")[2]))
        section = self.sections.get(path.split("/")[2]) if path.startswith("/newspaper/") else None
        return html(section) if section else Answer(404, b"")


def scraped_batch(archive: Path, number: int) -> Path:
    """The scraped batch of a day with so many stories, a tenth of them without a body."""
    draw = random.Random(1)  # noqa: S311 - not used for secrets
    bodies = [" ".join(f"word{int(draw.paretovariate(0.6)) % 50_000}" for _ in range(WORDS)) for _ in range(50)]
    made = batch(archive, f"day-{number}", [], pages=map(page, range(number)), listed=map(str, range(number)))
    stories = (story(at, title=f"Story {at}", body=bodies[at % 50] if at % 10 else "") for at in range(number))
    lines(made, "scraped.jsonl", stories)
    return made


def archived_edition(archive: Path, number: int) -> None:
    """The batch of an edition, so many days before the first: a section page and the pages of its stories."""
    first = FIRST + number * OF_AN_EDITION
    ids = [str(at) for at in range(first, first + OF_AN_EDITION)]
    cards = "".join(
        f'<article class="story"><a class="story__link" href="/news/{at}">No. {at}</a></article>' for at in ids
    )
    texts = {"/newspaper/front-page/2016-01-22": f"<html><body><div>{cards}</div></body></html>"}
    texts |= {f"/news/{at}": STORY.format(at) for at in ids}
    made = batch(archive, f"edition-{number}", [], hours=-24 * (number + 2), listed=ids, edition="2016-01-22")
    warc, pages = archived({path: text.encode() for path, text in texts.items()})
    (made / "pages.warc.gz").write_bytes(warc)
    lines(made, "pages.jsonl", pages)
    lines(made, "due.jsonl", [])
