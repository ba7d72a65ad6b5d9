"""How well stories are read: a score by field on the replica's pages, and the fallback's on an outside corpus.

A corpus lies in a folder as in scrapinghub's article-extraction-benchmark: `html/<id>.html.gz`, and `ground-truth.json`
with `{<id>: {"articleBody": …}}`. Bodies are compared as there, by the shingles of four words that they share, so that
the figures can stand beside those that are published.
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

from scrapy import Request
from scrapy.http import HtmlResponse
from scrapy.utils.test import get_crawler

from akhbar.steps.clean import Reject, clean
from akhbar.story import Story
from bench import measure
from bench.report import Row, Section
from spiders.reading.body import fallback_body
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
    fields, bodies, guessed = score_replica(PAGES)
    refused = score_refused(PAGES)
    accepted = len(fields["title"])
    cells = [[name, f"{sum(right)} of {len(right)}", f"{statistics.mean(right):.3f}"] for name, right in fields.items()]
    whole = statistics.mean(all(fields[name][n] for name in FIELDS) for n in range(accepted))
    _, _, f1 = shingle_score(bodies)
    precision, recall, fallback = shingle_score(guessed)
    rows = [
        Row("stories of the replica whose every field is right", f"{100 * whole:.0f} %", "100 %", whole == 1),
        Row("their bodies by 4-word shingles, F1", f"{f1:.3f}"),
        Row("the fallback extractor on the same pages, F1", f"{fallback:.3f}"),
    ]
    text = (
        f"{accepted} stories on the replica's pages, in four layout eras, each beside the story that a person reads on "
        "it. A field is right when it is the same to the letter. Section, edition and whether it is an editorial are "
        "told to the spider, as the listing of an edition does; everything else is read on the page.\n\n"
        + measure.table(["field", "right", "share"], cells)
        + f"\n\nOf {len(refused)} pages without a story that can be stored, {sum(refused)} are refused, as all should "
        "be.\n\nThe general extractor that stands in where the newspaper's own selectors find no body, on the "
        f"{len(guessed)} of these pages that have one: precision {precision:.3f}, recall {recall:.3f}, F1 "
        f"{fallback:.3f}."
    )
    if corpus:
        row, more = _on_corpus(corpus)
        rows.append(row)
        text += more
    else:
        text += (
            "\n\n`make bench PART=extraction CORPUS=<folder>` scores it on an outside corpus as well, beside the "
            "figures that are published for others."
        )
    return Section("Extraction quality", rows, text)


def _on_corpus(corpus: Path) -> tuple[Row, str]:
    pairs = list(read_corpus(corpus))
    precision, recall, f1 = shingle_score(pairs)
    cells = [[f"akhbar's fallback, here, {len(pairs)} pages", f"{f1:.3f}"]]
    cells += [[f"{name}, as published", figure] for name, figure in PUBLISHED.items()]
    text = (
        f"\n\nOn the corpus {corpus.name}: precision {precision:.3f}, recall {recall:.3f}, F1 {f1:.3f}. The published "
        "figures are those of scrapinghub's 181 pages: they compare only where the corpus is that one.\n\n"
    )
    return Row(f"the fallback extractor on the corpus {corpus.name}, F1", f"{f1:.3f}"), text + measure.table(
        ["", "F1"], cells
    )


def score_replica(pages: Path) -> tuple[dict[str, list[bool]], list[tuple[str, str]], list[tuple[str, str]]]:
    """Every story page of the replica: which fields are right, and (true, found) bodies, ours and the fallback's."""
    fields: dict[str, list[bool]] = {name: [] for name in FIELDS}
    bodies: list[tuple[str, str]] = []
    guessed: list[tuple[str, str]] = []
    for expected, response, found in _cases(pages):
        if expected.get("outcome") == "rejected":
            continue
        record = found.as_dict() if isinstance(found, Story) else {}
        for name, right in fields.items():
            right.append(record.get(name) == expected[name])
        if expected["body"]:
            bodies.append((expected["body"], record.get("body") or ""))
            guessed.append((expected["body"], fallback_body(response.text)[0]))
    return fields, bodies, guessed


def score_refused(pages: Path) -> list[bool]:
    """The replica's pages without a story that can be stored: whether cleaning refuses what is read there."""
    return [
        not isinstance(found, Story) for expected, _, found in _cases(pages) if expected.get("outcome") == "rejected"
    ]


def _cases(pages: Path) -> Iterator[tuple[dict[str, Any], HtmlResponse, Story | Reject]]:
    """Every story page of the replica: what is expected of it, the page, and what reading and cleaning make of it."""
    for case in sorted(pages.glob("news/*.json")):
        expected = json.loads(case.read_text())
        response = _response(case.with_suffix(".html"))
        yield expected, response, clean(_read(response, case.stem, expected), DAWN, READ_AT)


def _response(page: Path) -> HtmlResponse:
    url = f"{DAWN.home_page}/news/{page.stem}"
    request = Request(url, meta={"role": "story", "story_id": page.stem})
    return HtmlResponse(url, body=page.read_bytes(), encoding="utf-8", request=request)


def _read(response: HtmlResponse, story_id: str, expected: dict[str, Any]) -> dict[str, Any]:
    """What the spider makes of a page that a listing of its edition named."""
    spider = DawnSpider.from_crawler(get_crawler(DawnSpider), story=response.url)
    sighting = spider.listed[story_id]
    edition = expected.get("edition_date")
    sighting.section = expected.get("section")
    sighting.editorial = sighting.section == "Editorial"
    sighting.edition_date = date.fromisoformat(edition) if edition else None
    story = next((item for item in spider.parse_story(response, story_id) if isinstance(item, Story)), None)
    return story.as_dict() if story else {}


def read_corpus(folder: Path) -> Iterable[tuple[str, str]]:
    """(true, found) bodies of a corpus, by the fallback extractor."""
    truth = json.loads((folder / "ground-truth.json").read_text(encoding="utf-8"))
    for name, expected in truth.items():
        body = gzip.decompress((folder / "html" / f"{name}.html.gz").read_bytes())
        response = HtmlResponse(expected.get("url") or "https://example.org/", body=body, encoding="utf-8")
        yield expected.get("articleBody", ""), fallback_body(response.text)[0]


def shingle_score(pairs: Iterable[tuple[str, str]]) -> tuple[float, float, float]:
    """(precision, recall, F1) of found texts, each from 0 to 1: the means over all texts, as the benchmark has them.

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
