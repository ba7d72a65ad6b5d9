"""Load: a day of 20,000 stories, an archive of 1,000 editions. Ten times as many may need 60 MiB more."""

import random
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from akhbar.archive.warc import PageWriter
from akhbar.local.postgres import Server
from akhbar.newspapers import newspaper
from tests.akhbar.batches import batch, lines, page, story
from tests.replica import Answer, Replica, html, served
from torture.newsroom import Newsroom, postgres
from torture.report import Row

STORIES = (2_000, 20_000)
EDITIONS, OF_AN_EDITION = (100, 1_000), 9
"""Editions of two archives, and stories of each edition."""
MORE_MEMORY = 60
"""MiB that a step may hold more for ten times as many: what is kept in memory on its way, and who was seen. A crawl's
requests wait in memory, 2 to 3 KiB each: 18,000 more of them were seen to take 36 to 55 MiB."""
MORE_TIME = 15
"""How many times as long a step may take for ten times as many."""
WORDS = 450
STEPS = {
    "clean, a tenth of it refused": "clean BATCH",
    "load": "load BATCH",
    "load again": "load BATCH",
    "check": "check BATCH",
    "export as CSV": "export --table stories --output FILE",
}
"""What is measured, in this order, and its command: each needs what the ones before it left."""
OF_THE_ARCHIVE = {
    "replay of an archive of editions": "--quiet replay dawn",
    "verify": "verify",
    "doctor": "doctor dawn",
    "prune": "prune --older-than 1d",
}

CRAWL = "crawl"
NAMES = [CRAWL, *STEPS, *OF_THE_ARCHIVE]
FIRST = 7_000_000
STORY = """<html><head><title>Story {0}</title></head><body><div class="template__header">
<h2 class="story__title">Story {0}</h2><span class="story__time">22 Jan, 2016 06:48am</span></div>
<div class="story__content"><p>LAHORE: Word after word of story {0}, and no end of words.</p></div></body></html>"""


def torture(folder: Path, seed: int, wanted: Collection[str]) -> Iterator[Row]:
    """A row a step at both sizes. The steps before a wanted one are done as well, and get no row."""
    with postgres(folder / "postgres") as server:
        if CRAWL in wanted:
            yield compared(CRAWL, "stories", STORIES, [crawled(server, folder, number) for number in STORIES], seed)
        if not STEPS.keys().isdisjoint(wanted):
            days = [of_a_day(server, folder, number, seed) for number in STORIES]
            for what in (what for what in STEPS if what in wanted):
                yield compared(what, "stories", STORIES, [day[what] for day in days], seed)
        if not OF_THE_ARCHIVE.keys().isdisjoint(wanted):
            archives = [of_an_archive(server, folder, number) for number in EDITIONS]
            for what in (what for what in OF_THE_ARCHIVE if what in wanted):
                yield compared(what, "editions", EDITIONS, [archive[what] for archive in archives], seed)


Measured = tuple[float, float]
"""MiB of the largest process, and seconds."""


def compared(what: str, unit: str, sizes: tuple[int, int], measured: list[Measured], seed: int) -> Row:
    (small, quick), (large, slow) = measured
    lost = [f"{large - small:.0f} MiB more"] if large - small > MORE_MEMORY else []
    lost += [f"{slow / quick:.0f} times as long"] if slow / quick > MORE_TIME else []
    seen = (
        f"{small:.0f} MiB and {quick:.1f} s for {sizes[0]:,} {unit}; {large:.0f} MiB and {slow:.1f} s for {sizes[1]:,}"
    )
    return Row(what, 2, quick + slow, seen, "; ".join(lost), seed)


def of_a_day(server: Server, folder: Path, number: int, seed: int) -> dict[str, Measured]:
    """Each of `STEPS` for a day of so many stories."""
    newsroom = Newsroom.fresh(server, folder, "http://127.0.0.1:9")
    made = scraped(newsroom.archive, number, seed)
    return steps_of(newsroom, STEPS, {"BATCH": str(made), "FILE": str(folder / "stories.csv")})


def of_an_archive(server: Server, folder: Path, editions: int) -> dict[str, Measured]:
    """Each of `OF_THE_ARCHIVE` for so many editions, which the database does not know at first."""
    with served(Day(OF_AN_EDITION)) as site:
        newsroom = Newsroom.fresh(server, folder, site.url)
        for number in range(editions):
            archived(newsroom.archive, number)
        measured = steps_of(newsroom, OF_THE_ARCHIVE, {})
    newsroom.forget()
    return measured


def steps_of(newsroom: Newsroom, steps: Mapping[str, str], places: Mapping[str, str]) -> dict[str, Measured]:
    measured = {}
    for what, command in steps.items():
        ended = newsroom.akhbar(*(places.get(word, word) for word in command.split()), longest=600)
        if ended.status != 0 and what not in ("check", "doctor"):  # which find that this newspaper is none
            raise RuntimeError(f"{what} ended with {ended.status}: {ended.said[-500:]}")
        measured[what] = ended.peak, ended.seconds
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


def crawled(server: Server, folder: Path, stories: int) -> tuple[float, float]:
    """MiB and seconds of a crawl of so many pages."""
    with served(Day(stories)) as site:
        newsroom = Newsroom.fresh(server, folder, site.url)
        ended = newsroom.akhbar("--quiet", "scrape", "dawn", "--edition", "2016-01-22", longest=600)
    if ended.status != 0:
        raise RuntimeError(f"the crawl ended with {ended.status}: {ended.said[-500:]}")
    newsroom.forget()
    return ended.peak, ended.seconds


def scraped(archive: Path, number: int, seed: int) -> Path:
    """The batch of a day with so many stories, of which every tenth has lost its text."""
    draw = random.Random(seed)  # noqa: S311 - nobody's secret hangs on it
    bodies = [" ".join(f"word{int(draw.paretovariate(0.6)) % 50_000}" for _ in range(WORDS)) for _ in range(50)]
    made = batch(archive, f"day-{number}", [], pages=map(page, range(number)), listed=map(str, range(number)))
    stories = (story(at, title=f"Story {at}", body=bodies[at % 50] if at % 10 else "") for at in range(number))
    lines(made, "scraped.jsonl", stories)
    return made


def archived(archive: Path, number: int) -> None:
    """The batch of an edition, so many days before the first: a section, and the stories that it names."""
    first = FIRST + number * OF_AN_EDITION
    ids = [str(at) for at in range(first, first + OF_AN_EDITION)]
    cards = "".join(
        f'<article class="story"><a class="story__link" href="/news/{at}">No. {at}</a></article>' for at in ids
    )
    texts = {"/newspaper/front-page/2016-01-22": f"<html><body><div>{cards}</div></body></html>"}
    texts |= {f"/news/{at}": STORY.format(at) for at in ids}
    made = batch(archive, f"edition-{number}", [], hours=-24 * (number + 2), listed=ids, edition="2016-01-22")
    with (made / "pages.warc.gz").open("wb") as file:
        writer = PageWriter(file, [])
        pages = [_page(writer, path, text.encode()) for path, text in texts.items()]
    lines(made, "pages.jsonl", pages)
    lines(made, "due.jsonl", [])


def _page(writer: PageWriter, path: str, text: bytes) -> dict[str, Any]:
    """Archives a page. Returns its line of `pages.jsonl`."""
    url = f"https://www.dawn.com{path}"
    place = writer.write(url, 200, [("Content-Type", "text/html; charset=utf-8")], text, ("GET", []))
    told = page(path.split("/")[2], url=url, digest=place.digest, warc_offset=place.offset, warc_length=place.length)
    return told if "/news/" in path else told | {"role": "listing", "story_id": None}
