"""Bad input: what reads the words of others is fed what nobody should write, guided by which code it reaches.

`python -m torture.bad_input TARGET SECONDS SEED` feeds one target by atheris, in a process of its own, since atheris
ends the process that it runs in.
"""

import gzip
import json
import logging
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from datetime import UTC, date, datetime
from functools import cache
from importlib.util import find_spec
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
from akhbar.archive.warc import BrokenRecordError, PageWriter, read_page
from akhbar.dates import read_printed_date, read_timestamp
from akhbar.newspapers import UnknownNewspaperError, newspaper
from akhbar.replay.worker import Site, reread
from akhbar.settings import ROOT
from akhbar.steps.clean import BYLINE_PARTS, Reject, authors, canonical_url, clean, dateline, line, paragraphs
from akhbar.story import Story
from spiders.discovery import ListedStory
from spiders.reading.body import fallback_body, split_body
from spiders.reading.html import is_cut_short, parse
from spiders.reading.newskit import read_listing, read_story
from spiders.spider import NewspaperSpider
from tests.akhbar.batches import batch, lines, page, reject, story
from tests.replica import PAGES, Replica
from tests.spiders.dawn import DAWN, LINKS, DawnSpider
from torture.report import Row, left_out

ZONE = ZoneInfo("Asia/Karachi")
EDITION = date(2016, 1, 22)
AS_OF = datetime(2026, 1, 1, tzinfo=UTC)
SECONDS = 20
"""How long each target is fed."""
SLOWEST = 3.0
"""How many times longer than twice as long twice the input may take: a square takes twice, and noise some."""


def dates(words: str) -> None:
    instant = read_timestamp(words, ZONE)
    assert instant is None or instant.tzinfo is not None
    read_printed_date(words)


def bylines(words: str) -> None:
    for name in authors([words, words]):
        assert name == name.strip() != ""
    dateline(words)


def addresses(words: str) -> None:
    canonical_url(words, DAWN)
    LINKS.story_id(words)


def texts(words: str) -> None:
    for mend in (line, paragraphs):
        once = mend(words)
        assert mend(once) == once, "cleaning twice is not cleaning once"


def records(words: str) -> None:
    """A scraped record: any JSON object, or the words in every field."""
    try:
        found = json.loads(words)
    except (ValueError, RecursionError):
        found = None
    names = Story.__annotations__
    record: dict[str, Any] = found if isinstance(found, dict) else dict.fromkeys(names, words)
    cleaned = clean(record, newspaper("dawn"), AS_OF)
    if isinstance(cleaned, Reject):
        assert cleaned.reasons
    else:
        assert clean(cleaned.as_dict(), newspaper("dawn"), AS_OF) == cleaned


def pages(page: bytes) -> None:
    """A page read as a story and as a listing. Declared: `ParserError` for an empty page."""
    try:
        root = parse(page, "utf-8")
    except etree.ParserError:
        return
    is_cut_short(page)
    read_story(root, DAWN)
    read_listing(root, LINKS)


@cache
def _spider(edition: str | None = None) -> NewspaperSpider:
    chosen = {"edition": edition} if edition else {"mode": "latest"}
    return DawnSpider.from_crawler(get_crawler(DawnSpider), **chosen)


def feeds(page: bytes) -> None:
    """A document read as a feed and as a sitemap."""
    spider = _spider()
    for role, read in (("feed", spider.parse_feed), ("sitemap", spider.parse_sitemap)):
        request = Request("https://www.dawn.com/feeds/home", meta={"role": role})
        spider.listings_left = 2  # so that no story is asked for
        list(read(TextResponse(request.url, body=page, request=request, encoding="utf-8")))
        spider.listed.clear()
        spider.read.clear()


ASKED = {
    "story": "/news/1234501",
    "section": "/newspaper/editorial/2016-01-22",
    "listing": "/latest-news",
    "feed": "/feeds/home",
    "sitemap": "/feeds/sitemap",
}
"""A page of each kind, by the name of the callback that reads it."""
TYPES = (
    *("text/html; charset=UTF-8", "application/rss+xml", "", "text/html; charset=utf-16"),
    *("text/html; charset=mac-roman", "text/plain", "image/png"),
)


def answered(kind: str, content_type: str, body: bytes) -> list[Any]:
    """What the spider makes of an answer, as Scrapy hands it over, when it is the last listing or a story of one."""
    spider = _spider("2016-01-22" if kind == "section" else None)
    spider.listings_left = 1  # so that every story is asked for that is named
    spider.listed["1234501"] = ListedStory("/news/1234501", edition_date=None if len(body) % 2 else EDITION)
    role = "listing" if kind in ("section", "listing") else kind
    request = Request(f"https://www.dawn.com{ASKED[kind]}", meta={"role": role, "story_id": "1234501"})
    headers = {"Content-Type": content_type} if content_type else {}
    of_its_type = responsetypes.from_args(headers=Headers(headers), url=request.url, body=body)
    response: Response = of_its_type(request.url, headers=headers, body=body, request=request)
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
    """Any bytes as an answer, of which kind and type the first two decide. Declared: stories and requests come out."""
    kind, content_type = (
        list(ASKED)[content[0] % len(ASKED)] if content else "story",
        TYPES[sum(content[1:2]) % len(TYPES)],
    )
    for made in answered(kind, content_type, content[2:]):
        assert isinstance(made, Story | Request), f"{type(made)} came out"


def guessed(page: bytes) -> None:
    """A page whose layout nobody knows, read by the general extractor."""
    text, edition = fallback_body(TextResponse("https://www.dawn.com/news/1", body=page, encoding="utf-8").text)
    assert isinstance(text, str)
    assert edition is None or edition == date.fromisoformat(edition).isoformat()


FILES = ("manifest.json", *LINES, "scraped.jsonl")


def made_batch(archive: Path) -> Path:
    """A batch of two pages and a copy of one, with a line in each of its files."""
    paths = ("/latest-news", "/news/2009001", "/news/2009002")
    bodies = [Replica().answer("/latest-news").body, (PAGES / "news/2009001.html").read_bytes()]
    told = []
    file = BytesIO()
    writer = PageWriter(file, [])
    for path, body in zip(paths, (*bodies, bodies[1]), strict=True):
        url = f"https://www.dawn.com{path}"
        at = writer.write(url, 200, [("Content-Type", "text/html")], body, ("GET", [("Accept", "*/*")]))
        facts: dict[str, Any] = {"digest": at.digest, "warc_offset": at.offset, "warc_length": at.length}
        facts |= {} if "/news/" in path else {"role": "listing", "story_id": None}
        told.append(page(path.rpartition("/")[2], url=url, **facts))
    made = batch(
        archive, "made", [story(1)], pages=told, rejects=[reject(2, "missing_date")], mode="latest", edition=None
    )
    lines(made, "scraped.jsonl", [story(1)])
    lines(made, "due.jsonl", [{"story_id": "3", "section": None, "url": "/news/3", "edition_date": "2026-01-01"}])
    (made / "pages.warc.gz").write_bytes(file.getvalue())
    return made


@cache
def _batch() -> Path:
    return made_batch(Path(tempfile.mkdtemp(prefix="batch-", dir=Path.cwd())))


def batches(content: bytes) -> None:
    """Any bytes as one of a batch's files, by the first of them. Declared: `BatchMissingError`."""
    name = FILES[content[0] % len(FILES)] if content else FILES[0]
    folder = UPath("memory://batch")  # a disk takes a hundred times as long
    folder.fs.pipe_file(f"{folder.path}/{name}", content[1:])
    read = Batch(folder)
    with suppress(BatchMissingError):
        list(read.lines(name)) if name in LINES else read.manifest()


def batches_again(content: bytes) -> None:
    """The same, and the batch with this file is read as a replay does. Declared: what `reread` declares."""
    name = (*FILES, "pages.warc.gz")[content[0] % (len(FILES) + 1)] if content else FILES[0]
    file = _batch() / name
    whole = file.read_bytes()
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        try:
            file.write_bytes(content[1:])
            reread(Batch(file.parent), Path(folder) / "again", _settings())
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
    """Any bytes as a WARC file, or packed as a record of one. Declared: `BrokenRecordError`."""
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
    "cleaning of texts": texts,
    "cleaning of whole stories": records,
}
BYTES: dict[str, Callable[[bytes], None]] = {
    "story pages and listings": pages,
    "feeds and sitemaps": feeds,
    "callbacks of the spider": callbacks,
    "pages read by the general extractor": guessed,
    "files of a batch": batches,
    "batches read again": batches_again,
    "WARC files and records": archives,
}

EXAMPLES = (
    *("29 Mar, 2025 08:05am", "July 21, 2017", "2016-01-22T08:30:00+05:00", "Fri, 22 Jan 2016 08:30:00 +0500"),
    *("Published in Dawn, EOS, December 10th, 2017", "By Amina Shah and Bilal Khan | Reuters", "Report by: A; B / C"),
    *("LAHORE / KARACHI, Jan 21: A delegation", "https://www.dawn.com/news/1234501/a-slug?x=1#y", "/news/1"),
    *("&amp;amp;quot; &#38;#x26;lt; it’s \u00e2\u20ac\u2122", "a\n \n\u200bb"),
)
"""What the fuzzing of words begins with, besides pages, feeds and stories of the replica."""

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
    "bylines whose spaces were not folded": (
        BYLINE_PARTS.split,
        (*SPACES, "and ", " and", " , ", " | "),
    ),
    "lines of a batch": (
        lambda words: batches(bytes([FILES.index("pages.jsonl")]) + json.dumps({"url": words}).encode()),
        ("a", "\n", '"', "\u00e9", "[", "{"),
    ),
    "dates": (dates, ("Jan ", "1 ", "January 1, 2016 ", "Published in Dawn, ", "Published in " + "a, ")),
    "bylines and datelines": (bylines, ("By ", "A and ", "| ", ", ", "LAHORE ", "A/", "from our ", " ")),
    "addresses": (addresses, ("/", "a.", "%2", "/news/1", "http://", "?")),
    "cleaning of texts": (texts, ("&amp;", "&#38;", " ", "\n ", "\n\n", "â€™", "\u0301", "\u200b", "<")),
    "paragraphs of pages": (
        lambda words: split_body([words]),
        ("read more: ", "Published in Dawn, ", "Copyright © 2016 ", "January 1 "),
    ),
    "boxes beside a page's stories": (
        lambda words: pages(words.encode()),
        (
            "<aside><div><h4>Editorial</h4></div></aside>",
            "<h3>Top Reads</h3>",
            "<p>Editorial</p><article><p>a</article>",
        ),
    ),
    "feeds": (
        lambda words: answered("feed", TYPES[1], RSS.format(words).encode()),
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
    "items of feeds": (
        lambda words: answered("feed", TYPES[1], RSS.format(ITEM.format(words)).encode()),
        ("&lt;p&gt;a", "&lt;b&gt;", "a ", "\n", "&amp;lt;", "Published in Dawn, ", "&lt;br&gt;", "By A and "),
    ),
    "sitemaps": (
        lambda words: answered("sitemap", TYPES[1], SITEMAP.format(words).encode()),
        (f"<url><loc>{LINK}</loc></url>", "<url><loc>", "<url/>", "a", "<lastmod>", "<url><lastmod>1</lastmod></url>"),
    ),
    "WARC records": (
        lambda words: archives(b"rWARC/1.1\r\n" + words.encode()),
        (
            *("X: y\r\n", "WARC-Type: response\r\n", "Content-Length: 9\r\n", "a", " ", "\r\n", "\n", ":", "\r"),
            "WARC/1.1\r\nWARC-Type: response\r\nContent-Length: 0\r\n\r\n",
        ),
    ),
    "answers within WARC records": (
        lambda words: archives(b"r" + RECORD.format(len(words) + 17, words).encode()),
        ("X: y\r\n", "Transfer-Encoding: chunked\r\n", "Content-Encoding: gzip\r\n", "a", " ", "\r\n", "\n", ":", "\r"),
    ),
    "pages read by the general extractor": (
        lambda words: guessed(f"<html><body>{words}</body></html>".encode()),
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
"""What is read as a whole, and what it is made of when its length is doubled to see whether the time doubles."""
NAMES = [*WORDS, *BYTES, *(f"linear time: {name}" for name in LONG)]


def torture(folder: Path, seed: int, wanted: Collection[str]) -> Iterator[Row]:
    """Feeds each target for some seconds, then looks whether time grows as the input does."""
    for target in [*WORDS, *BYTES]:
        if target not in wanted:
            continue
        if find_spec("atheris"):
            yield fed(target, folder, seed)
        else:
            left_out(target, "atheris")
    for name, (read, parts) in LONG.items():
        if f"linear time: {name}" in wanted:
            began = time.monotonic()
            slow = [wrong for part in parts if (wrong := superlinear(read, part))]
            seen = f"{len(parts)} inputs of up to 160,000 characters"
            yield Row(f"linear time: {name}", len(parts) * 2, time.monotonic() - began, seen, "; ".join(slow), seed)


def examples(target: str, folder: Path) -> Iterator[bytes]:
    """What the fuzzing of a target begins with: pages, feeds and stories of the replica, or a batch's files."""
    if target == "callbacks of the spider":
        for file in sorted((PAGES / "news").glob("*.html"))[:12]:
            yield b"\0\0" + file.read_bytes()
        for (number, path), of_type in product(enumerate(ASKED.values()), range(len(TYPES))):
            body = Replica().answer(path).body
            yield bytes([number, of_type]) + (body.decode().encode("cp1252", "replace") if of_type else body)
        return
    if "batch" not in target and "WARC" not in target:
        saved = [*sorted((PAGES / "news").glob("*.html"))[:12], *sorted((PAGES / "news").glob("*.json"))[:12]]
        yield from (file.read_bytes() for file in saved)
        yield from (Replica().answer(path).body for path in ("/feeds/home", "/feeds/sitemap", "/latest-news"))
        yield from map(str.encode, EXAMPLES)
        return
    made = made_batch(folder / "made")
    if "batch" in target:
        yield from (bytes([number]) + (made / name).read_bytes() for number, name in enumerate(FILES))
    warc = (made / "pages.warc.gz").read_bytes()
    for place in map(json.loads, (made / "pages.jsonl").read_text().splitlines()):
        member = warc[place["warc_offset"] :][: place["warc_length"]]
        yield from (b"f" + member, b"r" + gzip.decompress(member))
    shutil.rmtree(folder / "made")


def fed(target: str, folder: Path, seed: int) -> Row:
    """Feeds one target, beginning with its examples."""
    corpus = folder / target.replace(" ", "-")
    corpus.mkdir()
    for number, example in enumerate(examples(target, folder)):
        (corpus / str(number)).write_bytes(example)
    command = [sys.executable, "-m", "torture.bad_input", target, str(SECONDS), str(seed), str(corpus)]
    began = time.monotonic()
    done = subprocess.run(
        command, cwd=folder, env={"PYTHONPATH": str(ROOT)}, capture_output=True, timeout=SECONDS * 4, check=False
    )
    said = done.stderr.decode(errors="replace") + done.stdout.decode(errors="replace")
    runs = re.findall(r"Done (\d+) runs|^#(\d+)\s", said, re.MULTILINE)
    times = max((int(a or b) for a, b in runs), default=0)
    raised = re.findall(r"^(?:\w+\.)*\w*(?:Error|Exception)\b.*", said, re.MULTILINE)
    lost = "" if done.returncode == 0 else f"ended with {done.returncode}: {(raised or [said[-200:]])[0][:200]}"
    return Row(target, times, time.monotonic() - began, "no exception but the declared ones" * (not lost), lost, seed)


def superlinear(read: Callable[[str], object], part: str) -> str | None:
    """What to say of a function that takes much more than twice as long for twice the input; None where it does not.

    Short times are noise: only what takes more than a tenth of a second is looked at.
    """
    short, long = (_seconds(read, part * (length // len(part))) for length in (40_000, 160_000))
    if long < 0.1 or long < 4 * SLOWEST * short:
        return None
    return f"{part!r}: {short:.2f} s for 40,000 characters and {long:.2f} s for 160,000"


def _seconds(read: Callable[[str], object], words: str) -> float:
    began = time.process_time()
    read(words + "!")
    return time.process_time() - began


def feed(target: str, seconds: str, seed: str, corpus: str) -> None:
    """Feeds a target by atheris; does not return."""
    import atheris  # type: ignore[import-not-found,import-untyped,unused-ignore]

    logging.disable()
    readers = ("akhbar.archive.batch", "akhbar.replay.worker", "akhbar.archive.warc")
    for name in ("spiders.reading.newskit", "spiders.spider", "akhbar.steps.clean", "akhbar.dates", *readers):
        for place in (sys.modules[name], NewspaperSpider, Batch, Site):
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
    feed(*sys.argv[1:])
