"""A whole run, compared with crawlers as they are usually written, on the same pages from the same server."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from scrapy import Request
from scrapy.http import HtmlResponse
from scrapy.utils.test import get_crawler

from akhbar.settings import ROOT
from bench import baselines, measure
from bench.measure import Cost
from bench.report import Figure, Section, table
from bench.site import EDITION, Site, edition, nginx_version
from spiders.discovery import ListedStory
from tests.conftest import rows
from tests.spiders.dawn import DAWN, DawnSpider

PAGES, FEWER, ROUNDS = 2000, 200, 3
"""Stories; stories for the slow general extractors; runs of each crawler."""
AKHBAR = str(Path(sys.executable).with_name("akhbar"))
NEWS_PLEASE = ROOT / ".local" / "bench" / "news-please"
NAMES = {
    "bare": "(a) bare Scrapy, download only",
    "selectors": "(b) three selectors, feed export",
    "insert": "(c) the same, INSERT and commit per item",
    "indexed": "(c′) the same, into a table with a search index",
    "akhbar": "(d) akhbar, everything",
    "trafilatura": "(e) trafilatura in the callback",
    "news-please": "(e) news-please in the callback",
}


def report() -> Section:
    missing = _install_news_please()
    with edition(PAGES) as site:
        crawls = Crawls(site)
        runs: dict[str, Callable[[], Cost]] = {
            "bare": lambda: crawls.baseline("bare"),
            "selectors": lambda: crawls.baseline("selectors"),
            "insert": lambda: crawls.baseline("insert"),
            "indexed": lambda: crawls.baseline("insert", f"{baselines.TABLE}; {baselines.SEARCH}"),
            "akhbar": crawls.akhbar,
            "extraction": lambda: extraction(site),
            "nothing": lambda: crawls.baseline("bare", pages=1),
            "trafilatura": lambda: crawls.baseline("trafilatura", pages=FEWER),
        }
        if not missing:
            python = NEWS_PLEASE / "bin" / "python"
            runs["news-please"] = lambda: crawls.baseline("news-please", pages=FEWER, python=python)
        costs = measure.alternating(runs, ROUNDS)
        size = site.page_size
    return _section(costs, size, missing)


class Crawls:
    """The ways to read an edition, each into a database of its own."""

    def __init__(self, site: Site) -> None:
        self.site = site

    def baseline(
        self, kind: str, schema: str = baselines.TABLE, pages: int = PAGES, python: str | Path = sys.executable
    ) -> Cost:
        database = self.site.empty_database()
        rows(database, schema)
        addresses = self.site.folder / "addresses"
        addresses.write_text("\n".join(self.site.url + path for path in self.site.paths[:pages]))
        environment = {"BASELINE_DATABASE_URL": database, "PYTHONPATH": str(ROOT)}
        server = self.site.server if kind == "insert" else None
        cost = measure.command([python, "-m", "bench.baselines", kind, addresses], environment, server)
        if kind == "insert":
            _expect(database, "SELECT count(*) FROM stories", pages)
        return cost

    def akhbar(self) -> Cost:
        """Listings, pages, archive, clean, load, search index and checks: `akhbar run`."""
        database = self.site.database()
        run = [AKHBAR, "--quiet", "run", "dawn", "--edition", EDITION.isoformat()]
        cost = measure.command(run, self.site.environment(database), self.site.server)
        _expect(database, "SELECT count(*) FROM news.stories WHERE completeness = 'full'", len(self.site.paths))
        return cost


def extraction(site: Site) -> Cost:
    """Extracting the fields of every story from pages in memory: what the spider does between two requests."""
    pages = story_responses(site.folder / "site" / "news")
    return measure.here(lambda: read_pages(pages))


def story_responses(folder: Path) -> dict[str, HtmlResponse]:
    """The story pages in a folder by number, as the spider gets them."""
    return {file.stem: story_response(file) for file in sorted(folder.glob("*.html"))}


def story_response(file: Path) -> HtmlResponse:
    """A saved story page, `<number>.html`, as the spider gets it."""
    url = f"{DAWN.home_page}/news/{file.stem}"
    request = Request(url, meta={"role": "story", "story_id": file.stem})
    return HtmlResponse(url, body=file.read_bytes(), encoding="utf-8", request=request)


def read_pages(pages: dict[str, HtmlResponse]) -> None:
    spider = DawnSpider.from_crawler(CRAWLER, edition=EDITION.isoformat())
    for number, response in pages.items():
        spider.listed[number] = ListedStory(f"/news/{number}")
        story = next(spider.parse_story(response, number))
        if not story.body or not story.title:
            raise measure.CommandFailedError(f"{response.url} was not read")


CRAWLER = get_crawler(DawnSpider)


def _expect(url: str, query: str, expected: int) -> None:
    """Raises `CommandFailedError` if a crawl did not store every story."""
    [(stored,)] = rows(url, query)
    if stored != expected:
        raise measure.CommandFailedError(f"{stored} stories stored instead of {expected}")


def _install_news_please() -> str | None:
    """Installs news-please in its own environment, since it conflicts with ours. Returns the error if that fails."""
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
    """The slow crawlers read fewer pages: the cost of starting Scrapy is counted per page as for the others."""
    nothing = costs.pop("nothing")
    start, start_wall = measure.median(nothing), measure.median(nothing, lambda cost: cost.wall)
    extraction = measure.median(costs.pop("extraction")) / PAGES
    bare = measure.median(costs["bare"]) / PAGES
    total = {}
    lines = []
    for kind, found in costs.items():
        few = kind in ("trafilatura", "news-please")
        pages = FEWER if few else PAGES
        spared = start * (1 / FEWER - 1 / PAGES) if few else 0.0
        wall = measure.median(found, lambda cost: cost.wall) - (start_wall * (1 - FEWER / PAGES) if few else 0.0)
        total[kind] = measure.median(found) / pages - spared
        lines.append(
            [
                NAMES[kind],
                f"{pages / wall:.0f}",
                f"{1000 * (measure.median(found, lambda cost: cost.cpu) / pages - spared):.2f}",
                f"{1000 * measure.median(found, lambda cost: cost.postgres) / pages:.2f}",
                f"{1000 * total[kind]:.2f}",
                f"{total[kind] / bare:.2f}",
            ]
        )
    alone = f"{1000 * extraction:.2f}"
    lines.append(
        ["extracting the fields, nothing else", f"{1 / extraction:.0f}", alone, "", alone, f"{extraction / bare:.2f}"]
    )
    head = ["", "pages/s", "CPU, ms a page", "Postgres, ms a page", "both", "relative to (a)"]
    share, part = total["akhbar"] / total["insert"], extraction / bare
    figures = [
        Figure(
            "(d) everything: CPU relative to (c), the usual pipeline",
            f"{share:.2f} times",
            "at most 1.05",
            share <= 1.05,
        ),
        Figure("the same, relative to (c′), with a search index", f"{total['akhbar'] / total['indexed']:.2f} times"),
        Figure("the same, relative to (a), bare Scrapy", f"{total['akhbar'] / bare:.2f} times"),
        Figure("extraction of all fields alone: CPU relative to (a)", f"{part:.2f} times", "at most 0.5", part <= 0.5),
        *(
            Figure(f"{NAMES[kind]}: CPU relative to (a)", f"{total[kind] / bare:.1f} times")
            for kind in total
            if "(e)" in NAMES[kind]
        ),
    ]
    text = (
        f"{PAGES:,} pages of {size / 1000:.0f} KB from {nginx_version()} on this machine, {ROUNDS} rounds, "
        f"alternating; (e) reads {FEWER} of them, and the cost of starting Scrapy is counted per page as for the "
        "others. No delays in any of them. Each page has the same sidebar of editorials, as Dawn's pages do. (d) is "
        "`akhbar run`: listings, every field, the archive, cleaning, loading with the search index, checks. Starting "
        "its two processes is included.\n\n" + table(head, lines) + "\n\n"
    )
    if missing:
        return Section("Crawl", figures, text + f"news-please was skipped because its installation failed: {missing}")
    return Section("Crawl", figures, text + f"news-please is {_news_please_version()}.")


def _news_please_version() -> str:
    command = "from importlib.metadata import version; print(version('news-please'))"
    return measure.output([NEWS_PLEASE / "bin" / "python", "-c", command], {}).strip()
