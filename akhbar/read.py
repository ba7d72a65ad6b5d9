"""`akhbar read`: reads the stories of saved or live pages, without a crawl and without a database."""

import gzip
import zlib
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from rich.console import Group
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from akhbar.fetch import Fetcher, FetchError, check_contact, is_url
from akhbar.newspaper import Newspaper, bare_host
from akhbar.newspapers import declared, newspaper
from akhbar.printable import printable
from akhbar.terminal import terminal_text

READER = "spiders.reading.page"
"""The module that reads a page. It is found by its name, like the declarations: this package imports no spider."""
GZIPPED = b"\x1f\x8b"
MOST_BYTES = 100_000_000
"""No page is larger; a small gzipped file can be."""
SHOWN = (
    *("title", "kind", "authors", "published_at", "updated_at", "edition_date", "section", "tags", "language"),
    *("image_url", "image_caption", "excerpt", "body"),
)
"""The fields of a card with their sources. Its text comes last."""


@dataclass(frozen=True)
class PageRead:
    """What was read from a page: the story's fields, or why it has none."""

    page: str
    """The file or URL, as given."""
    fields: dict[str, Any] | None
    problem: str | None = None


@dataclass(frozen=True)
class Content:
    """A page as it was saved or fetched."""

    body: bytes
    content_type: str | None = None
    address: str | None = None
    """The URL that it was fetched from, after redirects."""


def read_pages(pages: Sequence[str], url: str | None = None, source: str | None = None) -> Iterator[PageRead]:
    """Reads the story of each page, in order. A page is a file, which may be gzipped, or a URL.

    A page's address is `url`, or else where it was fetched from; a file's is the one that the page names itself.
    Without a `source`, the newspaper is the declared one at that address, if there is one. Raises
    `UnknownNewspaperError`, and `MissingSettingError` if a setting that requests need is missing or invalid.
    """
    given = newspaper(source) if source else None
    reader = import_module(READER)
    check_contact(filter(is_url, pages))
    with Fetcher() if any(map(is_url, pages)) else nullcontext() as fetcher:
        for page in pages:
            try:
                content = _fetched(fetcher, page) if fetcher and is_url(page) else Content(_content(Path(page)))
                found = reader.read_page(
                    content.body, content.content_type, url or content.address, given, newspaper_at, datetime.now(UTC)
                )
            except (OSError, EOFError, zlib.error) as error:
                yield PageRead(page, None, getattr(error, "strerror", None) or str(error))
            except (FetchError, reader.UnreadablePageError) as error:
                yield PageRead(page, None, str(error))
            else:
                yield PageRead(page, {"file": page, **fields_of(found)})


def _fetched(fetcher: Fetcher, url: str) -> Content:
    found = fetcher.page(url)
    return Content(found.content, found.content_type, found.address)


def _content(file: Path) -> bytes:
    content = file.read_bytes()
    if not content.startswith(GZIPPED):
        return content
    with gzip.open(file) as unpacked:
        content = unpacked.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise OSError(f"it has more than {MOST_BYTES:,} bytes")
    return content


def newspaper_at(address: str) -> Newspaper | None:
    """The declared newspaper with the host of a URL, or with another form of it such as `m.`."""
    try:
        host = bare_host(urlsplit(address).netloc)
    except ValueError:
        return None
    return next((paper for paper in declared() if bare_host(paper.host) == host), None)


def fields_of(found: Any) -> dict[str, Any]:
    """The fields of a story, named like the columns of `stories`, and where each was found: as the general reader says,
    or by the platform's reader.

    `published_at` has a time zone, and a time of day, only if they are known.
    """
    article = found.article
    fields: dict[str, Any] = {
        "url": found.address,
        "newspaper": found.paper.name if found.paper else None,
        "kind": "editorial" if article.editorial else "article",
        "title": article.title,
        "excerpt": article.excerpt,
        "authors": article.authors,
        "section": article.section,
        "published_at": article.published,
        "updated_at": article.updated_at,
        "published_date": article.published_date,
        "edition_date": article.edition_date,
        "image_url": article.image_url,
        "image_caption": article.image_caption,
        "tags": article.tags,
        "language": article.language,
        "body": "\n\n".join(article.paragraphs),
    }
    reader = (found.paper and found.paper.platform) or "general reader"
    sources = {"published_at": article.sources.get("published_date", reader), **article.sources}
    found_in = {name: sources.get(name, reader) for name in (*SHOWN, "published_date") if fields[name]}
    found_in.pop("kind")
    return {**fields, "found_in": found_in}


def card(fields: dict[str, Any]) -> Panel:
    """A story for a terminal: its fields with their sources, then its text."""
    table = Table.grid(padding=(0, 2))
    for name in SHOWN:
        value = fields[name]
        if name == "body":
            value = f"{len(value.split())} words"
        if value:
            shown = ", ".join(value) if isinstance(value, list) else value
            table.add_row(_text(name, "bold"), terminal_text(shown), _text(fields["found_in"].get(name, ""), "dim"))
    address = _text(fields["url"] or "no address", "dim")
    parts = (address, Text(), table, Text(), terminal_text(fields["body"] or "no text"))
    reader = fields["newspaper"] or "general reader"
    return Panel(Group(*parts), title=_text(fields["file"]), subtitle=_text(reader), title_align="left")


def _text(text: str, style: str = "") -> Text:
    return Text(printable(text), style)
