"""`akhbar read`: reads the stories of saved pages, without a crawl and without a database."""

import gzip
import zlib
from collections.abc import Iterable, Iterator
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

from akhbar.newspaper import Newspaper
from akhbar.newspapers import declared, newspaper
from akhbar.printable import printable

READER = "spiders.reading.page"
"""The module that reads a page. It is found by its name, like the declarations: this package imports no spider."""
GZIPPED = b"\x1f\x8b"
MOST_BYTES = 100_000_000
"""No page is larger; a small gzipped file can be."""
SHOWN = ["authors", "published_at", "updated_at", "section", "tags", "language", "image_url"]
SHOWN += ["excerpt"]
"""The fields of a card, besides the title, the address and the text."""


@dataclass(frozen=True)
class PageRead:
    """What was read from a file: the story's fields, or why it has none."""

    file: Path
    fields: dict[str, Any] | None
    problem: str | None = None


def read_pages(files: Iterable[Path], url: str | None = None, source: str | None = None) -> Iterator[PageRead]:
    """Reads the story of each page, in order. Files may be gzipped.

    Without a `url`, a page's address is the one that it names itself. Without a `source`, the newspaper is the declared
    one at that address, if there is one. Raises `UnknownNewspaperError`.
    """
    given = newspaper(source) if source else None
    reader = import_module(READER)
    now = datetime.now(UTC)
    for file in files:
        try:
            found = reader.read_page(_content(file), url, lambda address: given or newspaper_at(address), now)
        except (OSError, EOFError, zlib.error) as error:
            yield PageRead(file, None, getattr(error, "strerror", None) or str(error))
        except reader.UnreadablePageError as error:
            yield PageRead(file, None, str(error))
        else:
            yield PageRead(file, _fields(file, found))


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
    """The declared newspaper with the host of a URL, with or without `www.`."""
    try:
        host = (urlsplit(address).hostname or "").removeprefix("www.")
    except ValueError:
        return None
    return next((paper for paper in declared() if paper.host.removeprefix("www.") == host), None)


def _fields(file: Path, found: Any) -> dict[str, Any]:
    """The fields of a story, named like the columns of `stories`, and where each was found.

    `published_at` has a time zone, and a time of day, only if they are known.
    """
    article = found.article
    day = article.published_date or _day(article.published_at)
    return {
        "file": str(file),
        "url": found.address,
        "newspaper": found.paper.name if found.paper else None,
        "kind": "editorial" if article.editorial else "article",
        "title": article.title,
        "excerpt": article.excerpt,
        "authors": article.authors,
        "section": article.section,
        "published_at": day or article.published_at,
        "updated_at": article.updated_at,
        "published_date": day,
        "edition_date": article.edition_date,
        "image_url": article.image_url,
        "image_caption": article.image_caption,
        "tags": article.tags,
        "language": article.language,
        "body": "\n\n".join(article.paragraphs),
        "found_in": article.sources,
    }


def _day(published_at: str | None) -> str | None:
    """The day, if a platform's reader found no time of day."""
    return published_at if published_at and len(published_at) == len("YYYY-MM-DD") else None


def card(fields: dict[str, Any]) -> Panel:
    """A story for a terminal: its fields with their sources, then its text."""
    table = Table.grid(padding=(0, 2))
    for name in SHOWN:
        value = fields[name]
        if value:
            shown = ", ".join(value) if isinstance(value, list) else value
            table.add_row(_text(name, "bold"), _text(shown), _text(fields["found_in"].get(name, ""), "dim"))
    title = _text(fields["title"] or "no title", "bold")
    text = _text(fields["body"] or "no text")
    address = _text(fields["url"] or "no address", "dim")
    parts = (title, address, Text(), table, Text(), text)
    reader = fields["newspaper"] or "general reader"
    return Panel(Group(*parts), title=_text(fields["file"]), subtitle=_text(reader), title_align="left")


def _text(text: str, style: str = "") -> Text:
    return Text(printable(text), style)
