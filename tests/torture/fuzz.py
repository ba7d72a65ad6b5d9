"""Fuzz targets: everything that reads external input. Each asserts what holds for any input.

`python -m tests.torture.fuzz TARGET SECONDS SEED CORPUS` fuzzes one target with atheris, guided by the code that the
input reaches. It runs in a process of its own, since atheris ends its process.
"""

import gzip
import json
import logging
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, date, datetime
from functools import cache
from io import BytesIO
from itertools import product
from pathlib import Path
from types import FunctionType
from typing import Any
from zoneinfo import ZoneInfo

from lxml import etree
from scrapy import Request
from scrapy.http import Headers, Response, TextResponse
from scrapy.responsetypes import responsetypes
from scrapy.settings import Settings
from scrapy.utils.test import get_crawler
from upath import UPath

from akhbar.archive.batch import LINES, Batch, BatchMissingError
from akhbar.archive.warc import BrokenRecordError, read_page
from akhbar.dates import read_printed_date, read_timestamp
from akhbar.newspapers import UnknownNewspaperError
from akhbar.replay.worker import replay_batch
from akhbar.steps.clean import BYLINE_PARTS, Reject, authors, canonical_url, clean, dateline, line, paragraphs
from akhbar.story import Story
from spiders.discovery import ListedStory
from spiders.encoding import decode
from spiders.reading.body import general_paragraphs, split_body
from spiders.reading.html import ParserLimitError, is_cut_short, parse
from spiders.reading.newskit import read_listing, read_story
from spiders.spider import NewspaperSpider
from tests.akhbar.batches import archived, batch, lines, reject, story
from tests.replica import PAGES, Replica
from tests.spiders.dawn import ADDRESS, DAWN, FETCHED_AT, SITE, DawnSpider

ZONE = ZoneInfo("Asia/Karachi")
EDITION = date(2016, 1, 22)
AS_OF = datetime(2026, 1, 1, tzinfo=UTC)
INSTRUMENTED = ("spiders.", "akhbar.archive.", "akhbar.dates", "akhbar.replay.worker", "akhbar.steps.clean")
"""Modules whose coverage guides the fuzzing, by the beginning of their names."""
MAX_RATIO = 12
"""How many times as long four times the input may take: linear time is 4, quadratic 16."""


def dates(words: str) -> None:
    instant = read_timestamp(words, ZONE, FETCHED_AT)
    assert instant is None or instant.tzinfo is not None
    read_printed_date(words)


def bylines(words: str) -> None:
    for name in authors([words, words]):
        assert name == name.strip() != ""
    dateline(words)


def addresses(words: str) -> None:
    canonical_url(words, DAWN)
    SITE.story_id(words)


def texts(words: str) -> None:
    for clean_text in (line, paragraphs):
        once = clean_text(words)
        assert clean_text(once) == once, "cleaning twice differs from cleaning once"


def records(words: str) -> None:
    """A scraped record: any JSON object, or the text in every field."""
    try:
        found = json.loads(words)
    except (ValueError, RecursionError):
        found = None
    names = Story.__annotations__
    record: dict[str, Any] = found if isinstance(found, dict) else dict.fromkeys(names, words)
    cleaned = clean(record, DAWN, AS_OF)
    if isinstance(cleaned, Reject):
        assert cleaned.reasons
    else:
        assert clean(cleaned.as_dict(), DAWN, AS_OF) == cleaned


def pages(page: bytes) -> None:
    """A page read as a story and as a listing. Documented: `ParserError` and `ParserLimitError`."""
    try:
        root = parse(page, "text/html; charset=utf-8")
    except (etree.ParserError, ParserLimitError):
        return
    is_cut_short(page)
    read_story(root, SITE, ADDRESS)
    read_listing(root, SITE)


@cache
def _spider(edition: str | None = None) -> NewspaperSpider:
    chosen = {"edition": edition} if edition else {"mode": "latest"}
    return DawnSpider.from_crawler(get_crawler(DawnSpider), **chosen)


def feeds(page: bytes) -> None:
    """A document read as a feed and as a sitemap."""
    spider = _spider()
    for role, read in (("feed", spider.parse_feed), ("sitemap", spider.parse_sitemap)):
        request = Request("https://www.dawn.com/feeds/home", meta={"role": role})
        spider.listings_left = 2  # so that no story is requested
        list(read(TextResponse(request.url, body=page, request=request, encoding="utf-8")))
        spider.listed.clear()
        spider.read.clear()


PATHS = {
    "story": "/news/1234501",
    "section": "/newspaper/editorial/2016-01-22",
    "listing": "/latest-news",
    "feed": "/feeds/home",
    "sitemap": "/feeds/sitemap",
}
"""A page for each callback of the spider."""
CONTENT_TYPES = (
    *("text/html; charset=UTF-8", "application/rss+xml", "", "text/html; charset=utf-16"),
    *("text/html; charset=mac-roman", "text/plain", "image/png"),
)


def respond(kind: str, content_type: str, body: bytes) -> list[Any]:
    """What the spider yields for a response, built as Scrapy builds it, to the last listing or to a listed story."""
    spider = _spider("2016-01-22" if kind == "section" else None)
    spider.listings_left = 1  # so that every named story is requested
    spider.listed["1234501"] = ListedStory("/news/1234501", edition_date=None if len(body) % 2 else EDITION)
    role = "listing" if kind in ("section", "listing") else kind
    request = Request(f"https://www.dawn.com{PATHS[kind]}", meta={"role": role, "story_id": "1234501"})
    headers = {"Content-Type": content_type} if content_type else {}
    response_class = responsetypes.from_args(headers=Headers(headers), url=request.url, body=body)
    response: Response = response_class(request.url, headers=headers, body=body, request=request)
    more: dict[str, dict[str, Any]] = {
        "story": {"story_id": "1234501"},
        "section": {"section": "Editorial"},
        "listing": {"section": None},
    }
    try:
        return list(getattr(spider, f"parse_{kind}")(response, **more.get(kind, {})))
    finally:
        for state in (spider.listed, spider.sidebar_editorials, spider.read, spider.failed_listings):
            state.clear()


def callbacks(content: bytes) -> None:
    """Any bytes as a response; the first two choose callback and type. Only stories and requests may come out."""
    kind, content_type = (
        list(PATHS)[content[0] % len(PATHS)] if content else "story",
        CONTENT_TYPES[sum(content[1:2]) % len(CONTENT_TYPES)],
    )
    for item in respond(kind, content_type, content[2:]):
        assert isinstance(item, Story | Request), f"the spider yielded {type(item)}"


def fallback(page: bytes) -> None:
    """A page of unknown layout, read by the general extractor."""
    _, edition = split_body(general_paragraphs(decode(page, None)))
    assert edition is None or edition == date.fromisoformat(edition).isoformat()


FILES = ("manifest.json", *LINES, "scraped.jsonl")


def made_batch(archive: Path) -> Path:
    """A batch of two pages and a duplicate of one, with a line in each of its files."""
    listing, body = Replica().answer("/latest-news").body, (PAGES / "news/2009001.html").read_bytes()
    warc, records = archived({"/latest-news": listing, "/news/2009001": body, "/news/2009002": body})
    made = batch(
        archive, "made", [story(1)], pages=records, rejects=[reject(2, "missing_date")], mode="latest", edition=None
    )
    lines(made, "scraped.jsonl", [story(1)])
    lines(made, "due.jsonl", [{"story_id": "3", "section": None, "url": "/news/3", "edition_date": "2026-01-01"}])
    (made / "pages.warc.gz").write_bytes(warc)
    return made


@cache
def _batch() -> Path:
    return made_batch(Path(tempfile.mkdtemp(prefix="batch-", dir=Path.cwd())))


def batches(content: bytes) -> None:
    """Any bytes as one of a batch's files; the first chooses which. Documented: `BatchMissingError`."""
    name = FILES[content[0] % len(FILES)] if content else FILES[0]
    folder = UPath("memory://batch")  # a hundred times as fast as a disk
    folder.fs.pipe_file(f"{folder.path}/manifest.json", b'{"version": 2}')  # without one, there is no batch
    folder.fs.pipe_file(f"{folder.path}/{name}", content[1:])
    read = Batch(folder)
    with suppress(BatchMissingError):
        list(read.lines(name)) if name in LINES else read.manifest()


def replays(content: bytes) -> None:
    """The same, with the whole batch replayed. Documented: `BatchMissingError`, `UnknownNewspaperError`."""
    name = (*FILES, "pages.warc.gz")[content[0] % (len(FILES) + 1)] if content else FILES[0]
    file = _batch() / name
    whole = file.read_bytes()
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        try:
            file.write_bytes(content[1:])
            replay_batch(Batch(file.parent), Path(folder) / "again", _settings())
        except (BatchMissingError, UnknownNewspaperError):
            pass
        finally:
            file.write_bytes(whole)


@cache
def _settings() -> Settings:
    settings = Settings()
    settings.setmodule("akhbar.crawl.settings")
    return settings


def archives(content: bytes) -> None:
    """Any bytes as a WARC file, or compressed as one of its records. Documented: `BrokenRecordError`."""
    file = content[1:] if content[:1] == b"f" else gzip.compress(content[1:], 1)
    digest = re.search(rb"WARC-Payload-Digest: (\S+)", content)
    originals = {digest[1].decode("latin-1"): content[0]} if digest else {}
    for offset in (0, len(file) // 2):
        with suppress(BrokenRecordError):
            read_page(BytesIO(file), offset, originals)


WORDS: dict[str, Callable[[str], None]] = {
    "dates": dates,
    "bylines and datelines": bylines,
    "addresses": addresses,
    "cleaning texts": texts,
    "cleaning stories": records,
}
BYTES: dict[str, Callable[[bytes], None]] = {
    "story pages and listings": pages,
    "feeds and sitemaps": feeds,
    "spider callbacks": callbacks,
    "pages read by the general extractor": fallback,
    "batch files": batches,
    "replays of a batch": replays,
    "WARC files and records": archives,
}

EXAMPLES = (
    *("29 Mar, 2025 08:05am", "July 21, 2017", "2016-01-22T08:30:00+05:00", "Fri, 22 Jan 2016 08:30:00 +0500"),
    *("Published in Dawn, EOS, December 10th, 2017", "By Amina Shah and Bilal Khan | Reuters", "Report by: A; B / C"),
    *("LAHORE / KARACHI, Jan 21: A delegation", "https://www.dawn.com/news/1234501/a-slug?x=1#y", "/news/1"),
    *("&amp;amp;quot; &#38;#x26;lt; it’s \u00e2\u20ac\u2122", "a\n \n\u200bb"),
)
"""Seed inputs for the text targets, in addition to pages, feeds and stories of the replica."""

PAGE = """<html><head><title>{0}</title></head><body><h3>{0}</h3><div class="template__header">
<h2 class="story__title">{0}</h2><span class="story__byline">{0}</span><span class="story__time">{0}</span></div>
<div class="story__content"><p>{0}</p></div></body></html>"""
LINK = "https://www.dawn.com/news/1"
RSS = '<rss version="2.0"><channel>{0}</channel></rss>'
ITEM = f"<item><title>A</title><link>{LINK}</link><description>{{0}}</description></item>"
SITEMAP = '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{0}</urlset>'
RECORD = (
    f"WARC/1.1\r\nWARC-Type: response\r\nWARC-Target-URI: {LINK}\r\nContent-Length: {{0}}\r\n\r\n"
    "HTTP/1.1 200 OK\r\n{1}"
)
SPACES = (" ", "\n", "\t", "\r", "\x0b", "\x1c", "\xa0", "\u2003", "\u2028", " \n", "\n\t")
LONG: dict[str, tuple[Callable[[str], object], tuple[str, ...]]] = {
    "bylines with raw white space": (BYLINE_PARTS.split, (*SPACES, "and ", " and", " , ", " | ")),
    "lines of a batch file": (
        lambda words: batches(bytes([FILES.index("pages.jsonl")]) + json.dumps({"url": words}).encode()),
        ("a", "\n", '"', "\u00e9", "[", "{"),
    ),
    "dates": (dates, ("Jan ", "1 ", "January 1, 2016 ", "Published in Dawn, ", "Published in " + "a, ")),
    "bylines and datelines": (bylines, ("By ", "A and ", "| ", ", ", "LAHORE ", "A/", "from our ", " ")),
    "addresses": (addresses, ("/", "a.", "%2", "/news/1", "http://", "?")),
    "cleaning texts": (texts, ("&amp;", "&#38;", " ", "\n ", "\n\n", "â€™", "\u0301", "\u200b", "<")),
    "paragraphs of pages": (
        lambda words: split_body([words]),
        ("read more: ", "Published in Dawn, ", "Copyright © 2016 ", "January 1 "),
    ),
    "sidebars": (
        lambda words: pages(words.encode()),
        (
            "<aside><div><h4>Editorial</h4></div></aside>",
            "<h3>Top Reads</h3>",
            "<p>Editorial</p><article><p>a</article>",
        ),
    ),
    "feeds": (
        lambda words: respond("feed", CONTENT_TYPES[1], RSS.format(words).encode()),
        (
            f"<item><link>{LINK}</link><description>a</description></item>",
            f"<item><link>{LINK}</link><description>&lt;p&gt;a&lt;/p&gt;&lt;p&gt;b&lt;/p&gt;</description></item>",
            "<item></item>",
            "<item>",
            f"<item/><link>{LINK}</link>",
            "<a b='c'>",
            "&amp;",
            "&e;",
            "<![CDATA[",
        ),
    ),
    "feed items": (
        lambda words: respond("feed", CONTENT_TYPES[1], RSS.format(ITEM.format(words)).encode()),
        ("&lt;p&gt;a", "&lt;b&gt;", "a ", "\n", "&amp;lt;", "Published in Dawn, ", "&lt;br&gt;", "By A and "),
    ),
    "sitemaps": (
        lambda words: respond("sitemap", CONTENT_TYPES[1], SITEMAP.format(words).encode()),
        (f"<url><loc>{LINK}</loc></url>", "<url><loc>", "<url/>", "a", "<lastmod>", "<url><lastmod>1</lastmod></url>"),
    ),
    "WARC records": (
        lambda words: archives(b"rWARC/1.1\r\n" + words.encode()),
        (
            *("X: y\r\n", "WARC-Type: response\r\n", "Content-Length: 9\r\n", "a", " ", "\r\n", "\n", ":", "\r"),
            "WARC/1.1\r\nWARC-Type: response\r\nContent-Length: 0\r\n\r\n",
        ),
    ),
    "responses in WARC records": (
        lambda words: archives(b"r" + RECORD.format(len(words) + 17, words).encode()),
        ("X: y\r\n", "Transfer-Encoding: chunked\r\n", "Content-Encoding: gzip\r\n", "a", " ", "\r\n", "\n", ":", "\r"),
    ),
    "pages read by the general extractor": (
        lambda words: fallback(f"<html><body>{words}</body></html>".encode()),
        (
            *("<p>Word after word. </p>", "<div>", "word ", "<p>a<b>", "<br>", "<li>a", "&amp;", "<table><tr><td>a"),
            *("<a href='/news/1'>a</a>", "\n", "<p>Published in Dawn, </p>", "<h2>a</h2>", "<!-- a -->", "<span>a"),
        ),
    ),
    "titles, headings and times of pages": (
        lambda words: pages(PAGE.format(words).encode()),
        ("top a ", " ", " - ", " - a", "-", "\n", "editorial ", ". ", "updated ", "<p>a", "<b>"),
    ),
}
"""Functions whose time must be linear in their input, and the parts that long inputs repeat."""


def examples(target: str, folder: Path) -> Iterator[bytes]:
    """Seed inputs for a target: pages, feeds and stories of the replica, or a batch's files."""
    if target == "spider callbacks":
        for file in sorted((PAGES / "news").glob("*.html"))[:12]:
            yield b"\0\0" + file.read_bytes()
        for (number, path), of_type in product(enumerate(PATHS.values()), range(len(CONTENT_TYPES))):
            body = Replica().answer(path).body
            yield bytes([number, of_type]) + (body.decode().encode("cp1252", "replace") if of_type else body)
        return
    if "batch" not in target and "WARC" not in target:
        saved = [*sorted((PAGES / "news").glob("*.html"))[:12], *sorted((PAGES / "news").glob("*.json"))[:12]]
        yield from (file.read_bytes() for file in saved)
        yield from (Replica().answer(path).body for path in ("/feeds/home", "/feeds/sitemap", "/latest-news"))
        yield from map(str.encode, EXAMPLES)
        return
    made = made_batch(folder)
    if "batch" in target:
        yield from (bytes([number]) + (made / name).read_bytes() for number, name in enumerate(FILES))
    warc = (made / "pages.warc.gz").read_bytes()
    for record in map(json.loads, (made / "pages.jsonl").read_text().splitlines()):
        member = warc[record["warc_offset"] :][: record["warc_length"]]
        yield from (b"f" + member, b"r" + gzip.decompress(member))


def superlinear(read: Callable[[str], object], part: str) -> str | None:
    """Describes a function whose time is not linear in its input; None if it is.

    Times of less than a tenth of a second are not compared: they are mostly noise.
    """
    short, long = (_seconds(read, part * (length // len(part))) for length in (40_000, 160_000))
    if long < 0.1 or long < MAX_RATIO * short:
        return None
    return f"{part!r}: {short:.2f} s for 40,000 characters and {long:.2f} s for 160,000"


def _seconds(read: Callable[[str], object], words: str) -> float:
    began = time.process_time()
    read(words + "!")
    return time.process_time() - began


def fuzz(target: str, seconds: str, seed: str, corpus: str) -> None:
    """Fuzzes a target with atheris; does not return."""
    import atheris  # type: ignore[import-not-found,import-untyped,unused-ignore]

    logging.disable()
    for name in [name for name in sys.modules if name.startswith(INSTRUMENTED)]:
        classes = [found for found in vars(sys.modules[name]).values() if isinstance(found, type)]
        for place in (sys.modules[name], *classes):
            for found in vars(place).values():
                if isinstance(found, FunctionType) and found.__module__ == name:
                    atheris.instrument_func(found)

    def one(data: bytes) -> None:
        if target in BYTES:
            BYTES[target](data)
        else:
            WORDS[target](data.decode("utf-8", "surrogateescape"))

    options = [f"-max_total_time={seconds}", f"-seed={seed}", "-max_len=8192", "-timeout=20", "-rss_limit_mb=1500"]
    atheris.Setup([sys.argv[0], *options, corpus], one)
    atheris.Fuzz()


if __name__ == "__main__":
    fuzz(*sys.argv[1:])
