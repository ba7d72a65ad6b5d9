"""The whole way of an edition beside crawlers as they are usually written, on the same pages from the same server."""

import sys
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg2

from bench import measure, usual
from bench.measure import Cost
from bench.site import EDITION, make_site, nginx
from pipeline.migrate import migrate
from pipeline.postgres import Server
from pipeline.settings import ROOT

AKHBAR = Path(sys.executable).with_name("akhbar")
NAMES = {
    "bare": "(a) bare Scrapy, download only",
    "selectors": "(b) three selectors, a JSON feed",
    "insert": "(c) the same, INSERT and commit an item",
    "indexed": "(c′) the same, into a table with a search index",
    "akhbar": "(d) akhbar, all of it",
    "trafilatura": "(e) trafilatura in the callback",
}


class Crawls:
    """The pages, and one way after the other to read them, each into a database of its own."""

    def __init__(self, server: Server, url: str, paths: list[str], folder: Path) -> None:
        self.server, self.url, self.folder = server, url, folder
        self.addresses = folder / "addresses"
        self.addresses.write_text("\n".join(url + path for path in paths))
        self.stories = len(paths)
        self.made = 0

    def database(self) -> str:
        self.made += 1
        return self.server.create_database(f"crawl_{self.stories}_{self.made}")

    def usual(self, kind: str, table: str = usual.TABLE) -> Cost:
        url = self.database()
        _execute(url, table)
        arguments: list[str | Path] = [sys.executable, "-m", "bench.usual", kind, self.addresses]
        environment = {"USUAL_DATABASE_URL": url, "PYTHONPATH": str(ROOT)}
        cost = measure.command(arguments, environment, self.server)
        if kind == "insert":
            _expect(url, "SELECT count(*) FROM stories", self.stories)
        return cost

    def akhbar(self) -> Cost:
        """Listings, pages, archive, clean, load, search index and checks: `akhbar run`."""
        url = self.database()
        migrate(url)
        environment = {
            "AKHBAR_DATABASE_URL": url,
            "AKHBAR_DAWN_BASE_URL": self.url,
            "AKHBAR_ARCHIVE": str(self.folder / f"archive-{self.made}"),
        }
        run: list[str | Path] = [AKHBAR, "--quiet", "run", "dawn", "--edition", EDITION.isoformat()]
        cost = measure.command(run, environment, self.server)
        _expect(url, "SELECT count(*) FROM news.stories WHERE completeness = 'full'", self.stories)
        return cost


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


def report(pages: int, rounds: int) -> str:
    """The section of the report, as Markdown."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        paths = make_site(folder / "site", pages)
        size = sum(file.stat().st_size for file in (folder / "site" / "news").iterdir()) / pages
        server = Server(folder / "postgres")
        server.start()
        try:
            with nginx(folder) as url:
                crawls = Crawls(server, url, paths, folder)
                runs = {
                    "bare": lambda: crawls.usual("bare"),
                    "selectors": lambda: crawls.usual("selectors"),
                    "insert": lambda: crawls.usual("insert"),
                    "indexed": lambda: crawls.usual("insert", f"{usual.TABLE}; {usual.SEARCH}"),
                    "akhbar": crawls.akhbar,
                    "trafilatura": lambda: crawls.usual("trafilatura"),
                }
                costs = measure.alternating(runs, rounds)
        finally:
            server.destroy()
    bare = measure.median(costs["bare"])
    rows = [
        [
            NAMES[kind],
            f"{pages / measure.median(found, lambda cost: cost.wall):.0f}",
            f"{1000 * measure.median(found, lambda cost: cost.cpu) / pages:.2f}",
            f"{1000 * measure.median(found, lambda cost: cost.postgres) / pages:.2f}",
            f"{1000 * measure.median(found) / pages:.2f}",
            f"{measure.median(found) / bare:.2f}",
        ]
        for kind, found in costs.items()
    ]
    head = ["", "pages/s", "CPU, ms a page", "Postgres, ms a page", "both", "of (a)"]
    return (
        f"{pages:,} pages of {size / 1000:.0f} KB from nginx on this machine, medians of {rounds} rounds. "
        "No politeness in any of them.\n\n" + measure.table(head, rows)
    )
