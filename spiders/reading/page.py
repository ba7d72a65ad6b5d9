"""Reads one page on its own, without a crawl: finds out which page it is, and reads its story.

`akhbar read` finds `read_page` by its name.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from lxml import etree

from akhbar.newspaper import Newspaper, Platform
from spiders.reading import Article, Reader, general, newskit
from spiders.reading.address import own_address
from spiders.reading.article import Origin, read_article
from spiders.reading.html import ParserLimitError, parse, resolve_links
from spiders.reading.problems import problem_of
from spiders.site import Site

READERS: dict[Platform | None, Reader] = {"newskit": newskit, None: general}
"""The reader of each platform, and of newspapers without one."""


class UnreadablePageError(Exception):
    """A page has no story that can be read."""


@dataclass(frozen=True)
class PageRead:
    """The story of a page."""

    address: str | None
    """The page's URL; None if it is not given and the page does not name it."""
    paper: Newspaper | None
    """The declared newspaper; None if the general reader read the page."""
    article: Article


def read_page(
    page: bytes,
    content_type: str | None,
    address: str | None,
    paper: Newspaper | None,
    newspaper_at: Callable[[str], Newspaper | None],
    fetched_at: datetime,
) -> PageRead:
    """The story of a page that was served with this `Content-Type`.

    Without an `address`, it is the one that the page names. Without a `paper`, it is the one that `newspaper_at`
    returns for the address. The newspaper's reader reads the page, or the general reader if there is none. Raises
    `UnreadablePageError`.
    """
    try:
        root = parse(page, content_type)
    except (etree.ParserError, etree.XMLSyntaxError):
        raise UnreadablePageError("it is not an HTML page") from None
    except ParserLimitError as error:
        raise UnreadablePageError(f"it exceeds a limit of the parser: {error}") from None
    address = address or own_address(root, paper)
    paper = paper or newspaper_at(address or "")
    here = address or (f"{paper.home_page}/" if paper else "")
    if here:
        resolve_links(root, here)
    if paper is None:
        article = read_article(root, Origin(here, fetched_at))
    else:
        article = READERS[paper.platform].read_story(root, Site(paper, {paper.host, _host(here)}, fetched_at), here)
        if article.language is None:
            article.language, article.sources["language"] = paper.language, "declaration"
    problem = problem_of(root, article)
    if problem:
        raise UnreadablePageError(f"it is a {problem.replace('_', ' ')}, not a story")
    if not article.title:
        raise UnreadablePageError("no headline was found on it")
    return PageRead(address, paper, article)


def _host(url: str) -> str:
    return urlsplit(url).netloc.lower()
