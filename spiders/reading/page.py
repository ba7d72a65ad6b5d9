"""Reads one page on its own, without a crawl: finds out which page it is, and reads its story.

`akhbar read` finds `read_page` by its name.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from lxml import etree

from akhbar.newspaper import Newspaper, Platform
from akhbar.story import web_address
from spiders.reading import Article, Reader, general, newskit
from spiders.reading.article import Origin, read_article
from spiders.reading.html import Element, ParserLimitError, parse, resolve_links
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
    page: bytes, address: str | None, newspaper_at: Callable[[str], Newspaper | None], fetched_at: datetime
) -> PageRead:
    """The story of a page. Without an `address`, it is the page's own canonical or `og:url`, the first one
    at a declared newspaper.

    `newspaper_at` returns the newspaper that publishes pages at an address, which may be empty. Its platform's reader
    reads the page, or the general reader if there is none. Raises `UnreadablePageError`.
    """
    try:
        root = parse(page, None)
    except (etree.ParserError, etree.XMLSyntaxError):
        raise UnreadablePageError("it is not an HTML page") from None
    except ParserLimitError as error:
        raise UnreadablePageError(f"it exceeds a limit of the parser: {error}") from None
    addresses = [address] if address else [*_own_addresses(root), None]
    papers = [(url, newspaper_at(url or "")) for url in addresses]
    address, paper = next((found for found in papers if found[1]), papers[0])
    if address:
        resolve_links(root, address)
    if paper is None:
        article = read_article(root, Origin(address or "", fetched_at))
    else:
        hosts = {paper.host, urlsplit(address or paper.home_page).netloc.lower()}
        site = Site(paper, hosts, fetched_at)
        article = READERS[paper.platform].read_story(root, site, address or f"{paper.home_page}/")
        article.language = article.language or paper.language
    problem = problem_of(root, article)
    if problem:
        raise UnreadablePageError(f"it is a {problem.replace('_', ' ')}, not a story")
    if not article.title:
        raise UnreadablePageError("no headline was found on it")
    return PageRead(address, paper, article)


def _own_addresses(root: Element) -> Iterator[str]:
    """The URLs of a page according to itself. The canonical one can be another newspaper's, which had the story
    first."""
    canonical = (link.get("href") for link in root.iter("link") if (link.get("rel") or "").lower() == "canonical")
    named = (meta.get("content") for meta in root.iter("meta") if (meta.get("property") or "").lower() == "og:url")
    return (url.strip() for url in (*canonical, *named) if url and web_address(url.strip()))
