"""How well stories are extracted: scores by field on Dawn's replica, and the general reader's score on a given corpus.

A corpus is a folder laid out as in scrapinghub's article-extraction-benchmark: `html/<id>.html.gz`, and
`ground-truth.json` with `{<id>: {"articleBody": …}}`. Bodies are compared as there, by shared shingles of four words:
the figures are comparable with the published ones.
"""

import gzip
import json
import re
import statistics
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from scrapy.http import HtmlResponse
from scrapy.utils.test import get_crawler

from akhbar.steps.clean import Reject, clean
from akhbar.story import Story
from bench.crawl import story_response
from bench.report import Figure, Section, table
from spiders.reading.article import Origin, read_article
from spiders.reading.body import general_paragraphs, split_body
from spiders.reading.html import parse
from tests.replica import PAGES
from tests.spiders.dawn import DAWN, DawnSpider

FIELDS = (
    "title", "excerpt", "body", "authors", "section", "dateline", "published_at", "updated_at", "edition_date",
    "image_url", "image_caption", "tags", "kind",
)  # fmt: skip
PUBLISHED = {
    "trafilatura 2.0.0": "0.958",
    "newspaper4k 0.9.3.1": "0.949",
    "news-please 1.6.16": "0.948",
    "readability-lxml 0.8.4.1": "0.922",
    "goose3 3.1.20": "0.896",
}
"""F1 on scrapinghub's 181 pages, as published in the README of article-extraction-benchmark at commit 4f9c9ed."""
SHINGLE = 4
WORD = re.compile(r"\w+")
READ_AT = datetime(2026, 11, 23, tzinfo=UTC)


def report(corpus: Path | None = None) -> Section:
    fields, bodies, fallback_bodies = score_replica(PAGES)
    rejected = score_rejected(PAGES)
    accepted = len(fields["title"])
    cells = [[name, f"{sum(right)} of {len(right)}", f"{statistics.mean(right):.3f}"] for name, right in fields.items()]
    all_right = statistics.mean(all(fields[name][n] for name in FIELDS) for n in range(accepted))
    _, _, f1 = shingle_score(bodies)
    precision, recall, fallback = shingle_score(fallback_bodies)
    figures = [
        Figure("stories with every field right", f"{100 * all_right:.0f} %", "100 %", all_right == 1),
        Figure("their bodies by 4-word shingles, F1", f"{f1:.3f}"),
        Figure("the fallback extractor on the same pages, F1", f"{fallback:.3f}"),
    ]
    text = (
        f"{accepted} stories on the replica's pages, in four layout eras, each compared with the story that a person "
        "reads on the page. A field is right if it is identical. The spider is given the section, the edition and "
        "whether the story is an editorial, which it otherwise learns from the edition's listing; it reads everything "
        "else from the page.\n\n"
        + table(["field", "right", "share"], cells)
        + f"\n\nOf {len(rejected)} pages without a storable story, {sum(rejected)} are rejected; all should be."
        "\n\nThe general extractor, the fallback where the newspaper's own selectors find no body, on the "
        f"{len(fallback_bodies)} of these pages that have one: precision {precision:.3f}, recall {recall:.3f}, F1 "
        f"{fallback:.3f}."
    )
    if corpus:
        figure, more = _on_corpus(corpus)
        figures.append(figure)
        text += more
    else:
        text += (
            "\n\n`make bench PART=extraction CORPUS=<folder>` also scores the general reader on a corpus, beside the "
            "published figures of other extractors."
        )
    return Section("Extraction quality", figures, text)


def _on_corpus(corpus: Path) -> tuple[Figure, str]:
    pairs = list(read_corpus(corpus))
    precision, recall, f1 = shingle_score(pairs)
    cells = [[f"akhbar's general reader, {len(pairs)} pages", f"{f1:.3f}"]]
    cells += [[f"{name}, as published", figure] for name, figure in PUBLISHED.items()]
    text = (
        f"\n\nOn the corpus {corpus.name}: precision {precision:.3f}, recall {recall:.3f}, F1 {f1:.3f}. The published "
        "figures are for scrapinghub's 181 pages and are comparable only if the corpus is that one.\n\n"
    )
    figure = Figure(f"the general reader on the corpus {corpus.name}, F1", f"{f1:.3f}")
    return figure, text + table(["", "F1"], cells)


def score_replica(pages: Path) -> tuple[dict[str, list[bool]], list[tuple[str, str]], list[tuple[str, str]]]:
    """Which fields of the replica's stories are right, and (true, found) bodies: our selectors' and the fallback's."""
    fields: dict[str, list[bool]] = {name: [] for name in FIELDS}
    bodies: list[tuple[str, str]] = []
    fallback_bodies: list[tuple[str, str]] = []
    for expected, response, found in _cases(pages):
        if expected.get("outcome") == "rejected":
            continue
        record = found.as_dict() if isinstance(found, Story) else {}
        for name, right in fields.items():
            right.append(record.get(name) == expected[name])
        if expected["body"]:
            bodies.append((expected["body"], record.get("body") or ""))
            fallback_bodies.append((expected["body"], fallback_body(response.text)))
    return fields, bodies, fallback_bodies


def score_rejected(pages: Path) -> list[bool]:
    """For each page of the replica without a storable story: whether cleaning rejects what is read there."""
    return [
        not isinstance(found, Story) for expected, _, found in _cases(pages) if expected.get("outcome") == "rejected"
    ]


def _cases(pages: Path) -> Iterator[tuple[dict[str, Any], HtmlResponse, Story | Reject]]:
    """Every story page of the replica: the expected story, the page, and the cleaned story or the reject."""
    for case in sorted(pages.glob("news/*.json")):
        expected = json.loads(case.read_text())
        response = story_response(case.with_suffix(".html"))
        yield expected, response, clean(_read(response, case.stem, expected), DAWN, READ_AT)


def _read(response: HtmlResponse, story_id: str, expected: dict[str, Any]) -> dict[str, Any]:
    """The scraped story of a page that a listing of its edition names."""
    spider = DawnSpider.from_crawler(get_crawler(DawnSpider), story=response.url)
    listed = spider.listed[story_id]
    edition = expected.get("edition_date")
    listed.section = expected.get("section")
    listed.editorial = listed.section == "Editorial"
    listed.edition_date = date.fromisoformat(edition) if edition else None
    story = next((item for item in spider.parse_story(response, story_id) if isinstance(item, Story)), None)
    return story.as_dict() if story else {}


def read_corpus(folder: Path) -> Iterable[tuple[str, str]]:
    """(true, found) bodies of a corpus, by the general reader."""
    truth = json.loads((folder / "ground-truth.json").read_text(encoding="utf-8"))
    for name, expected in truth.items():
        page = parse(gzip.decompress((folder / "html" / f"{name}.html.gz").read_bytes()), "text/html; charset=utf-8")
        found = read_article(page, Origin(expected.get("url") or "https://example.org/", READ_AT))
        yield expected.get("articleBody", ""), "\n\n".join(found.paragraphs)


def fallback_body(page: str) -> str:
    """The text that the fallback extractor finds on a page."""
    return "\n\n".join(split_body(general_paragraphs(page))[0])


def shingle_score(pairs: Iterable[tuple[str, str]]) -> tuple[float, float, float]:
    """(precision, recall, F1) of found texts, each from 0 to 1: means over all texts, as in the benchmark.

    >>> shingle_score([("one two three four five", "one two three four")])
    (1.0, 0.5, 0.6666666666666666)
    """
    precisions, recalls = [], []
    for true, found in pairs:
        wanted, got = _shingles(true), _shingles(found)
        shared = (wanted & got).total()
        if got:
            precisions.append(shared / got.total())
        if wanted:
            recalls.append(shared / wanted.total())
    precision = statistics.mean(precisions) if precisions else 0.0
    recall = statistics.mean(recalls) if recalls else 0.0
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return precision, recall, f1


def _shingles(text: str) -> Counter[tuple[str, ...]]:
    words = WORD.findall(text)
    return Counter(
        shingle for at in range(max(1, len(words) - SHINGLE + 1)) if (shingle := tuple(words[at : at + SHINGLE]))
    )
