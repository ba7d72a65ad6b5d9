"""The general reader on pages of undeclared newspapers: what it costs, and how much it reads right.

Its cost is compared with that of trafilatura, with its default settings, on the same pages in the same process.

A corpus is a folder of pages, `<id>.html.gz`, with their true values in `expected.json`: a list of `{"id", "url",
"zone", "publisher", "expected": {"title", "authors", "publishing_date", "topics", "body"}}`. Without one, only the cost
is measured, on the story pages of the replicas.
"""

import gzip
import json
import re
import statistics
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from time import process_time
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import trafilatura

from bench.report import Figure, Section, table
from spiders.reading import Article
from spiders.reading.article import Origin, read_article
from spiders.reading.html import parse
from tests.replica import PAGES

ROUNDS = 3
MOST_CPU = 0.67
TARGETS = {
    "headline, identical": 0.84,
    "authors, identical": 0.86,
    "no wrong author": 0.96,
    "time, within a minute": 0.97,
    "tags, F1": 0.70,
    "text, mean F1 of 4-word shingles": 0.955,
    "text, share with F1 of at least 0.9": 0.91,
}
"""For a reader that knows nothing about the newspaper."""
FOLDED = {ord(mark): plain for marks, plain in (("“”„‟«»‹›", '"'), ("‘’‚‛`´′", "'"), ("–—‒−‑", "-")) for mark in marks}
INVISIBLE = re.compile("[\u00ad\u200b\u2060\ufeff]")
TOKEN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\W_]+")
"""A word, or a character of a script without spaces between words."""
SHINGLE = 4


def report(corpus: Path | None = None) -> Section:
    pages = _corpus_pages(corpus) if corpus else _replica_pages()
    share, ours, theirs = cpu_share(pages)
    figures = [
        Figure(
            f"the general reader on {len(pages)} pages: CPU relative to trafilatura, median page",
            f"{share:.2f} times",
            f"at most {MOST_CPU}",
            share <= MOST_CPU,
        )
    ]
    text = (
        f"Parsing a page and reading all fields takes {ours * 1000:.1f} ms of CPU, trafilatura's extraction of the "
        f"text alone {theirs * 1000:.1f} ms (medians of {len(pages)} pages, the best of {ROUNDS} rounds each)."
    )
    if corpus is None:
        text += (
            "\n\n`make bench PART=reading CORPUS=<folder>` also scores every field on a corpus of real pages; "
            "`bench/reading.py` describes its layout."
        )
        return Section("Reading undeclared newspapers", figures, text)
    scores = score(corpus)
    cells = [[name, f"{statistics.mean(values):.3f}", str(len(values))] for name, values in scores.items()]
    for name, target in TARGETS.items():
        found = statistics.mean(scores[name])
        figures.append(Figure(f"{name}, on {corpus.name}", f"{found:.3f}", f"at least {target}", found >= target))
    text += f"\n\nThe corpus {corpus.name}. Names of the newspaper itself do not count as authors.\n\n" + table(
        ["field", "score", "pages"], cells
    )
    return Section("Reading undeclared newspapers", figures, text)


def _replica_pages() -> list[bytes]:
    names = {file.parent.name for file in PAGES.parent.glob("*/routes.json")}
    cases = (case for name in sorted(names) for case in sorted((PAGES.parent / name).rglob("*.json")))
    return [page.read_bytes() for case in cases if (page := case.with_suffix(".html")).exists()]


def _corpus_pages(corpus: Path) -> list[bytes]:
    return [gzip.decompress(file.read_bytes()) for file in sorted(corpus.glob("*.html.gz"))]


def cpu_share(pages: list[bytes]) -> tuple[float, float, float]:
    """The median over the pages of our CPU time relative to trafilatura's, and both medians in seconds.

    Both read a page in turn, in several rounds, of which the least time counts: other load on the machine affects both.
    """
    costs: list[tuple[float, float]] = []
    for page in pages:
        rounds = [(_cost(lambda page: read(page, ""), page), _cost(trafilatura.extract, page)) for _ in range(ROUNDS)]
        costs.append((min(ours for ours, _ in rounds), min(theirs for _, theirs in rounds)))
    ours, theirs = zip(*costs, strict=True)
    return statistics.median(one / other for one, other in costs), statistics.median(ours), statistics.median(theirs)


def _cost(reader: Callable[[bytes], object], page: bytes) -> float:
    """CPU seconds."""
    began = process_time()
    reader(page)
    return process_time() - began


def read(page: bytes, address: str) -> Article:
    return read_article(parse(page, None), Origin(address, datetime.now(UTC)))


def score(corpus: Path) -> dict[str, list[float]]:
    """The score of each page, from 0 to 1, by field."""
    scores: dict[str, list[float]] = {name: [] for name in TARGETS}
    for case in json.loads((corpus / "expected.json").read_text(encoding="utf-8")):
        found = read(gzip.decompress((corpus / f"{case['id']}.html.gz").read_bytes()), case["url"])
        for name, value in _scores(case, found):
            scores[name].append(value)
    return scores


def _scores(case: dict[str, Any], found: Article) -> Iterable[tuple[str, float]]:
    true = case["expected"]
    if "title" in true:
        yield "headline, identical", _folded(true["title"]) == _folded(found.title or "")
    if "authors" in true:
        wanted, got = (_people(names, case) for names in (true["authors"], found.authors))
        yield "authors, identical", wanted == got
        yield "no wrong author", got <= wanted
    if "publishing_date" in true:
        yield "time, within a minute", _same_minute(true["publishing_date"], found, ZoneInfo(case["zone"]))
    if "topics" in true:
        yield "tags, F1", _f1(*(Counter({_folded(tag) for tag in tags}) for tags in (true["topics"], found.tags)))
    if "body" in true:
        sections = true["body"]["sections"]
        lines = [*true["body"]["summary"], *(line for one in sections for line in one["headline"] + one["paragraphs"])]
        f1 = _f1(_shingles(lines), _shingles(found.paragraphs))
        yield "text, mean F1 of 4-word shingles", f1
        yield "text, share with F1 of at least 0.9", f1 >= 0.9


def _folded(text: str) -> str:
    plain = INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).translate(FOLDED)
    return " ".join(plain.replace("''", '"').split()).casefold()


def _shingles(lines: list[str]) -> Counter[tuple[str, ...]]:
    text = unicodedata.normalize("NFKC", "\n\n".join(lines)).casefold()
    tokens = TOKEN.findall(INVISIBLE.sub("", text))
    return Counter(tuple(tokens[at : at + SHINGLE]) for at in range(max(1, len(tokens) - SHINGLE + 1)))


def _people(names: list[str], case: dict[str, Any]) -> set[str]:
    """The names in a list of authors, without those of the newspaper itself."""
    host = urlsplit(case["url"]).hostname or ""
    papers = {"".join(filter(str.isalnum, name)) for name in (case["publisher"].casefold(), host)}
    folded = {name: "".join(filter(str.isalnum, name)) for name in map(_folded, names)}
    return {name for name, plain in folded.items() if not any(plain in paper or paper in plain for paper in papers)}


def _same_minute(true: str, found: Article, zone: ZoneInfo) -> bool:
    text = found.published_at or found.published_date
    if text is None:
        return False
    times = [datetime.fromisoformat(one) for one in (true, text)]
    at, shown = (time if time.tzinfo else time.replace(tzinfo=zone) for time in times)
    return abs((at - shown).total_seconds()) < 60


def _f1(true: Counter[Any], found: Counter[Any]) -> float:
    return 2 * (true & found).total() / max(1, true.total() + found.total())
