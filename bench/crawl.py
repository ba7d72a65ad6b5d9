"""The whole way of an edition beside crawlers as they are usually written, on the same pages from the same server."""

import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import psycopg2
from scrapy import Request
from scrapy.http import HtmlResponse
from scrapy.utils.test import get_crawler

from akhbar.settings import ROOT
from bench import measure, usual
from bench.measure import Cost
from bench.report import Row, Section
from bench.site import EDITION, Site, edition, nginx_version
from spiders.discovery import ListedStory
from tests.spiders.dawn import DawnSpider

PAGES, FEWER, ROUNDS = 2000, 200, 3
"""Stories; those that the slow general extractors are given; and how often each crawl is run."""
AKHBAR = Path(sys.executable).with_name("akhbar")
NEWS_PLEASE = ROOT / ".local" / "bench" / "news-please"
NAMES = {
    "bare": "(a) bare Scrapy, download only",
    "selectors": "(b) three selectors, a JSON feed",
    "insert": "(c) the same, INSERT and commit an item",
    "indexed": "(c′) the same, into a table with a search index",
    "akhbar": "(d) akhbar, all of it",
    "trafilatura": "(e) trafilatura in the callback",
    "news-please": "(e) news-please in the callback",
}


def report() -> Section:
    missing = _install_news_please()
    with edition(PAGES) as site:
        crawls = Crawls(site)
        runs: dict[str, Callable[[], Cost]] = {
            "bare": lambda: crawls.usual("bare"),
            "selectors": lambda: crawls.usual("selectors"),
            "insert": lambda: crawls.usual("insert"),
            "indexed": lambda: crawls.usual("insert", f"{usual.TABLE}; {usual.SEARCH}"),
            "akhbar": crawls.akhbar,
            "extraction": lambda: extraction(site),
            "nothing": lambda: crawls.usual("bare", pages=1),
            "trafilatura": lambda: crawls.usual("trafilatura", pages=FEWER),
        }
        if not missing:
            python = NEWS_PLEASE / "bin" / "python"
            runs["news-please"] = lambda: crawls.usual("news-please", pages=FEWER, python=python)
        costs = measure.alternating(runs, ROUNDS)
        size = site.page_size
    return _section(costs, size, missing)


class Crawls:
    """One way after the other to read an edition, each into a database of its own."""

    def __init__(self, site: Site) -> None:
        self.site = site

    def usual(
        self, kind: str, table: str = usual.TABLE, pages: int = PAGES, python: str | Path = sys.executable
    ) -> Cost:
        database = self.site.empty_database()
        _execute(database, table)
        addresses = self.site.folder / "addresses"
        addresses.write_text("\n".join(self.site.url + path for path in self.site.paths[:pages]))
        environment = {"USUAL_DATABASE_URL": database, "PYTHONPATH": str(ROOT)}
        server = self.site.server if kind == "insert" else None
        cost = measure.command([python, "-m", "bench.usual", kind, addresses], environment, server)
        if kind == "insert":
            _expect(database, "SELECT count(*) FROM stories", pages)
        return cost

    def akhbar(self) -> Cost:
        """Listings, pages, archive, clean, load, search index and checks: `akhbar run`."""
        database = self.site.database()
        run: list[str | Path] = [AKHBAR, "--quiet", "run", "dawn", "--edition", EDITION.isoformat()]
        cost = measure.command(run, self.site.environment(database), self.site.server)
        _expect(database, "SELECT count(*) FROM news.stories WHERE completeness = 'full'", len(self.site.paths))
        return cost


def extraction(site: Site) -> Cost:
    """Reading the fields of every story, from pages that are in memory: what the spider does between two requests."""
    pages = answers(site.folder / "site" / "news")
    return measure.here(lambda: read_pages(pages))


def answers(folder: Path) -> dict[str, HtmlResponse]:
    """The stories' pages of a folder by number, as a spider is given them."""
    found = {}
    for file in sorted(folder.iterdir()):
        url = f"https://www.dawn.com/news/{file.stem}"
        request = Request(url, meta={"role": "story", "story_id": file.stem})
        found[file.stem] = HtmlResponse(url, body=file.read_bytes(), encoding="utf-8", request=request)
    return found


def read_pages(pages: dict[str, HtmlResponse]) -> None:
    spider = DawnSpider.from_crawler(CRAWLER, edition=EDITION.isoformat())
    for number, response in pages.items():
        spider.listed[number] = ListedStory(f"/news/{number}")
        story = next(spider.parse_story(response, number))
        if not story.body or not story.title:
            raise measure.CommandFailedError(f"{response.url} was not read")


CRAWLER = get_crawler(DawnSpider)


def _execute(url: str, statement: str) -> None:
    with closing(psycopg2.connect(url)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(statement)


def _expect(url: str, query: str, wanted: int) -> None:
    """A crawl that did not store what it should have is no measurement."""
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute(query)
        row = cursor.fetchone()
    if row != (wanted,):
        raise measure.CommandFailedError(f"{row} stories were stored, and not {wanted}")


def _install_news_please() -> str | None:
    """Puts news-please into an environment of its own, for it conflicts with ours. Returns why not, if it cannot be."""
    if (NEWS_PLEASE / "bin" / "news-please").exists():
        return None
    uv = Path(sys.executable).with_name("uv")
    steps: tuple[list[str | Path], ...] = (
        ["venv", "--quiet", "--clear", "--python", sys.executable, NEWS_PLEASE],
        ["pip", "install", "--quiet", "--python", NEWS_PLEASE / "bin" / "python", "news-please", "lxml_html_clean"],
    )
    for arguments in steps:
        done = subprocess.run([uv, *arguments], capture_output=True, text=True, check=False)
        if done.returncode:
            return f"uv {' '.join(map(str, arguments[:2]))}: {done.stderr.strip()[-200:]}"
    return None


def _section(costs: dict[str, list[Cost]], size: float, missing: str | None) -> Section:
    """The slow crawls read fewer pages: what starting Scrapy takes is taken off them, and that of (a) put on."""
    nothing = costs.pop("nothing")
    start, start_wall = measure.median(nothing), measure.median(nothing, lambda cost: cost.wall)
    extraction = measure.median(costs.pop("extraction")) / PAGES
    bare = measure.median(costs["bare"]) / PAGES
    whole = {}
    rows = []
    for kind, found in costs.items():
        few = kind in ("trafilatura", "news-please")
        pages = FEWER if few else PAGES
        spared = start * (1 / FEWER - 1 / PAGES) if few else 0.0
        wall = measure.median(found, lambda cost: cost.wall) - (start_wall * (1 - FEWER / PAGES) if few else 0.0)
        whole[kind] = measure.median(found) / pages - spared
        rows.append(
            [
                NAMES[kind],
                f"{pages / wall:.0f}",
                f"{1000 * (measure.median(found, lambda cost: cost.cpu) / pages - spared):.2f}",
                f"{1000 * measure.median(found, lambda cost: cost.postgres) / pages:.2f}",
                f"{1000 * whole[kind]:.2f}",
                f"{whole[kind] / bare:.2f}",
            ]
        )
    alone = f"{1000 * extraction:.2f}"
    rows.append(
        ["the fields of a page, nothing else", f"{1 / extraction:.0f}", alone, "", alone, f"{extraction / bare:.2f}"]
    )
    head = ["", "pages/s", "CPU, ms a page", "Postgres, ms a page", "both", "of (a)"]
    share, part = whole["akhbar"] / whole["insert"], extraction / bare
    findings = [
        Row("(d) all of it: CPU of (c), the usual pipeline", f"{share:.2f} times", "at most 1", share <= 1),
        Row("the same, of (c′) with a search index", f"{whole['akhbar'] / whole['indexed']:.2f} times"),
        Row("the same, of (a) bare Scrapy", f"{whole['akhbar'] / bare:.2f} times"),
        Row("extraction of all fields alone: CPU of (a)", f"{part:.2f} times", "at most 0.5", part <= 0.5),
        *(
            Row(f"{NAMES[kind]}: CPU of (a)", f"{whole[kind] / bare:.1f} times")
            for kind in whole
            if "(e)" in NAMES[kind]
        ),
    ]
    text = (
        f"{PAGES:,} pages of {size / 1000:.0f} KB from {nginx_version()} on this machine, {ROUNDS} rounds in turn; (e) "
        f"reads {FEWER} of them, and what starting Scrapy costs is counted as for the others. No politeness in any. "
        "Each page has the same box of editorials, as Dawn's do. (d) is `akhbar run`: listings, every field, the "
        "archive, cleaning, loading with the search index, checks. Its own start, two processes, is included.\n\n"
        + measure.table(head, rows)
        + "\n\n"
    )
    if missing:
        return Section("Crawl", findings, text + f"news-please is left out, it did not install: {missing}")
    return Section("Crawl", findings, text + f"news-please is {_news_please_version()}.")


def _news_please_version() -> str:
    ask = "from importlib.metadata import version; print(version('news-please'))"
    return measure.output([NEWS_PLEASE / "bin" / "python", "-c", ask], {}).strip()
