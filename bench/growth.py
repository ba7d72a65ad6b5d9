"""How the cost of each step grows with its input: at 1, 10 and 100 times the size, with a plot in docs/growth.svg."""

import os
import statistics
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import matplotlib as mpl
import psycopg2
from matplotlib.figure import Figure as Plot

from akhbar.local.postgres import Server
from akhbar.run import Run
from akhbar.settings import ROOT
from akhbar.steps.clean import clean_batch
from akhbar.steps.load import load_batch
from akhbar.steps.scrape import scrape
from bench import measure
from bench.load import make_batch
from bench.report import Figure, Section, table
from bench.site import EDITION, ON_DISK, edition
from bench.stories import Writer, fill
from tests.conftest import fresh_news, migrated_server

TIMES = (1, 10, 100)
EDITION_SIZE, BATCH_SIZE, TABLE_SIZE = 20, 200, 2_000
"""Stories of the smallest edition, of the smallest batch to load, and of the smallest tables to search."""
ROUNDS, SEARCHES = 3, 15
QUERY = "SELECT * FROM search_stories('circular debt or solar')"
PLOT = ROOT / "docs" / "growth.svg"


def report() -> Section:
    seconds = {**_crawl_and_clean(), "load": _load(), "search": _search()}
    draw(seconds)
    figures, cells = [], []
    for step, found in seconds.items():
        growth = growth_of(found)
        shown = [f"{found[times]:.3f}" for times in TIMES]
        cells.append([step, *shown, f"{growth:.2f}"])
        what = f"{step}: cost of one more story at 100 times the size"
        figures.append(Figure(what, f"{growth:.2f} times", "at most 1.3", growth <= 1.3))
    text = (
        f"Crawling and cleaning editions of {_sizes(EDITION_SIZE)} stories, loading batches of {_sizes(BATCH_SIZE)}, "
        f"and searching tables of {_sizes(TABLE_SIZE)}. CPU seconds, including the server's; for the search, which is "
        "short, wall-clock seconds. The last column compares the cost of each further story from 10 to 100 times the "
        "size with that from 1 to 10 times: 1 is linear growth, less than 1 is slower growth.\n\n"
        "![seconds by size](growth.svg)\n\n"
    )
    head = ["", *(f"{times} times" for times in TIMES), "growth"]
    return Section("Growth", figures, text + table(head, cells))


def _sizes(smallest: int) -> str:
    return ", ".join(f"{smallest * times:,}" for times in TIMES)


def growth_of(found: dict[int, float]) -> float:
    """The cost of one more unit of work at the large end, relative to the small end; 0 if there is none at either.

    >>> growth_of({1: 2.0, 10: 11.0, 100: 101.0}), growth_of({1: 1.0, 10: 10.0, 100: 1000.0})
    (1.0, 11.0)
    """
    small, middle, large = (found[times] for times in TIMES)
    early, late = (middle - small) / (TIMES[1] - TIMES[0]), (large - middle) / (TIMES[2] - TIMES[1])
    return max(0.0, late) / early if early > 0 else 0.0


def _crawl_and_clean() -> dict[str, dict[int, float]]:
    crawl: dict[int, float] = {}
    clean: dict[int, float] = {}
    for times in TIMES:
        with edition(EDITION_SIZE * times) as site:
            crawls, cleans = [], []
            for number in range(ROUNDS):
                database = site.database()
                os.environ.update(site.environment(database))
                run = Run("dawn", "edition", EDITION, f"r{number}")
                crawls.append(measure.here(partial(scrape, run, database), site.server))
                cleans.append(measure.here(partial(clean_batch, run.batch)))
            crawl[times], clean[times] = measure.median(crawls), measure.median(cleans)
    return {"crawl": crawl, "clean": clean}


def _load() -> dict[int, float]:
    def loaded(server: Server, folder: Path, times: int) -> float:
        costs = []
        for number in range(ROUNDS):
            database = fresh_news(server).admin
            made = make_batch(folder, f"{times}-{number}", writer, range(1, BATCH_SIZE * times + 1))
            costs.append(measure.here(partial(load_batch, made, database), server))
        return measure.median(costs)

    writer = Writer(seed=13)
    return _by_size(loaded)


def _search() -> dict[int, float]:
    def searched(server: Server, _: Path, times: int) -> float:
        database = fresh_news(server).admin
        fill(database, TABLE_SIZE * times, paragraphs=(1, 3))
        with closing(psycopg2.connect(database)) as connection, connection.cursor() as cursor:
            seconds = []
            for _search in range(SEARCHES):
                began = perf_counter()
                cursor.execute(QUERY)
                cursor.fetchall()
                seconds.append(perf_counter() - began)
        return statistics.median(seconds[1:])

    return _by_size(searched)


def _by_size(measured: Callable[[Server, Path, int], float]) -> dict[int, float]:
    with TemporaryDirectory(dir=ON_DISK) as name:
        folder = Path(name)
        with migrated_server(folder / "postgres", shared_buffers="512MB", max_wal_size="4GB") as server:
            return {times: measured(server, folder, times) for times in TIMES}


def draw(seconds: dict[str, dict[int, float]], to: Path = PLOT) -> None:
    """Plots seconds by size, both logarithmic: linear growth is parallel to the grey lines."""
    mpl.rcParams.update({"svg.hashsalt": "akhbar", "svg.fonttype": "none", "font.family": "sans-serif"})
    figure = Plot(figsize=(7, 4.5), layout="constrained")
    axes = figure.subplots()
    for power in range(-5, 2):
        axes.plot(TIMES, [10.0**power * times for times in TIMES], color="#dddddd", linewidth=0.8, zorder=0)
    for step, found in seconds.items():
        axes.plot(TIMES, [found[times] for times in TIMES], marker="o", label=step)
    axes.set(xscale="log", yscale="log", xlabel="size, relative to the smallest", ylabel="seconds", xticks=TIMES)
    axes.set_xticklabels([str(times) for times in TIMES])
    axes.set_ylim(
        min(min(f.values()) for f in seconds.values()) / 2, max(max(f.values()) for f in seconds.values()) * 2
    )
    axes.legend(frameon=False)
    axes.set_title("Grey: linear growth. Flatter is better.", fontsize=9)
    figure.savefig(to, metadata={"Date": None, "Creator": None})
