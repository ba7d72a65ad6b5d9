"""How the cost of each step grows with the work: at 1, 10 and 100 times the size, as a plot in docs/growth.svg."""

import os
import statistics
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import matplotlib as mpl
import psycopg2
from matplotlib.figure import Figure

from akhbar.database.migrate import migrate
from akhbar.local.postgres import Server
from akhbar.run import Run
from akhbar.settings import ROOT
from akhbar.steps.clean import clean_batch
from akhbar.steps.load import load_batch
from akhbar.steps.scrape import scrape
from bench import measure
from bench.library import Writer, fill
from bench.load import make_batch
from bench.report import Row, Section
from bench.site import EDITION, ROOMY, edition

TIMES = (1, 10, 100)
PAGES, BATCH, LIBRARY = 20, 200, 2_000
"""Stories of the smallest edition, of the smallest batch to load, and of the smallest library to search."""
ROUNDS, SEARCHES = 3, 15
QUESTION = "SELECT * FROM search_stories('circular debt or solar')"
PLOT = ROOT / "docs" / "growth.svg"


def report() -> Section:
    seconds = {**_crawl_and_clean(), "load": _load(), "search": _search()}
    draw(seconds)
    rows, cells = [], []
    for step, found in seconds.items():
        growth = added(found)
        shown = [f"{found[times]:.3f}" for times in TIMES]
        cells.append([step, *shown, f"{growth:.2f}"])
        rows.append(
            Row(
                f"{step}: what a story more costs, at 100 times the size",
                f"{growth:.2f} times",
                "at most 1.3",
                growth <= 1.3,
            )
        )
    text = (
        f"The crawl and the cleaning of editions of {', '.join(f'{PAGES * n:,}' for n in TIMES)} stories, the loading "
        f"of batches of {', '.join(f'{BATCH * n:,}' for n in TIMES)}, and a search in tables of "
        f"{', '.join(f'{LIBRARY * n:,}' for n in TIMES)}. CPU seconds, the server's included; of the search, which is "
        "short, seconds. The last column compares what each story more cost from 10 to 100 times with what it "
        "cost from "
        "1 to 10 times: 1 is a straight line, under 1 is less than that.\n\n![seconds by size](growth.svg)\n\n"
    )
    head = ["", *(f"{times} times" for times in TIMES), "growth"]
    return Section("Growth", rows, text + measure.table(head, cells))


def added(found: dict[int, float]) -> float:
    """What a unit of work more costs at the large end, of what it costs at the small end; 0 if nothing at either.

    >>> added({1: 2.0, 10: 11.0, 100: 101.0}), added({1: 1.0, 10: 10.0, 100: 1000.0})
    (1.0, 11.0)
    """
    small, middle, large = (found[times] for times in TIMES)
    early, late = (middle - small) / (TIMES[1] - TIMES[0]), (large - middle) / (TIMES[2] - TIMES[1])
    return max(0.0, late) / early if early > 0 else 0.0


def _crawl_and_clean() -> dict[str, dict[int, float]]:
    crawl: dict[int, float] = {}
    clean: dict[int, float] = {}
    for times in TIMES:
        with edition(PAGES * times) as site:
            crawls, cleans = [], []
            for number in range(ROUNDS):
                database = site.database()
                os.environ.update(site.environment(database))
                run = Run("dawn", "edition", EDITION, f"r{number}")
                crawls.append(measure.here(lambda run=run, url=database: scrape(run, url), site.server))  # type: ignore[misc]
                cleans.append(measure.here(lambda run=run: clean_batch(run.batch)))  # type: ignore[misc]
            crawl[times], clean[times] = measure.median(crawls), measure.median(cleans)
    return {"crawl": crawl, "clean": clean}


def _load() -> dict[int, float]:
    def loaded(server: Server, folder: Path, times: int) -> float:
        costs = []
        for number in range(ROUNDS):
            database = server.create_database(f"load_{times}_{number}")
            migrate(database)
            made = make_batch(folder, f"{times}-{number}", writer, range(1, BATCH * times + 1))
            costs.append(measure.here(lambda made=made, url=database: load_batch(made, url), server))  # type: ignore[misc]
        return measure.median(costs)

    writer = Writer(seed=13)
    return _by_size(loaded)


def _search() -> dict[int, float]:
    def searched(server: Server, _: Path, times: int) -> float:
        database = server.create_database(f"search_{times}")
        migrate(database)
        fill(database, LIBRARY * times, paragraphs=(1, 3))
        with closing(psycopg2.connect(database)) as connection, connection.cursor() as cursor:
            seconds = []
            for _again in range(SEARCHES):
                began = perf_counter()
                cursor.execute(QUESTION)
                cursor.fetchall()
                seconds.append(perf_counter() - began)
        return statistics.median(seconds[1:])

    return _by_size(searched)


def _by_size(measured: Callable[[Server, Path, int], float]) -> dict[int, float]:
    with TemporaryDirectory(dir=ROOMY) as name:
        server = Server(Path(name) / "postgres", options={"shared_buffers": "512MB", "max_wal_size": "4GB"})
        server.start()
        try:
            return {times: measured(server, Path(name), times) for times in TIMES}
        finally:
            server.destroy()


def draw(seconds: dict[str, dict[int, float]], to: Path = PLOT) -> None:
    """Seconds by size, both in powers of ten: what grows as the work does is parallel to the grey lines."""
    mpl.rcParams.update({"svg.hashsalt": "akhbar", "svg.fonttype": "none", "font.family": "sans-serif"})
    figure = Figure(figsize=(7, 4.5), layout="constrained")
    axes = figure.subplots()
    for power in range(-5, 2):
        axes.plot(TIMES, [10.0**power * times for times in TIMES], color="#dddddd", linewidth=0.8, zorder=0)
    for step, found in seconds.items():
        axes.plot(TIMES, [found[times] for times in TIMES], marker="o", label=step)
    axes.set(xscale="log", yscale="log", xlabel="times the size", ylabel="seconds", xticks=TIMES)
    axes.set_xticklabels([str(times) for times in TIMES])
    axes.set_ylim(
        min(min(f.values()) for f in seconds.values()) / 2, max(max(f.values()) for f in seconds.values()) * 2
    )
    axes.legend(frameon=False)
    axes.set_title("Grey: as the work grows. Flatter is better.", fontsize=9)
    figure.savefig(to, metadata={"Date": None, "Creator": None})
