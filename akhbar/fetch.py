"""Fetches single pages as politely as crawls do, for commands that run no crawl."""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from urllib.parse import urljoin, urlsplit

import httpx
from protego import Protego

from akhbar import settings
from akhbar.newspaper import bare_host

MOST_BYTES = 10 * 1024 * 1024
"""No page is larger. Crawls have the same limit."""
MOST_REDIRECTS = 5
AGENT = "akhbar"
"""The name that rules in robots.txt apply to."""


class FetchError(Exception):
    """A page cannot be fetched, or must not be."""


class UnreachableError(FetchError):
    """A host does not answer, or not completely."""


@dataclass(frozen=True)
class Fetched:
    """A response."""

    address: str
    """The URL after redirects."""
    status: int
    content_type: str | None
    content: bytes
    mitigated: str
    """The header `cf-mitigated`, or nothing."""


@dataclass(frozen=True)
class Robots:
    """What a robots.txt allows."""

    address: str
    seen: str
    """What its host answered: `answered 200`."""
    rules: Protego | None
    """None: nothing may be fetched."""
    text: str = ""
    """Empty if it is missing or cannot be fetched."""

    def allows(self, url: str) -> bool:
        return self.rules is not None and self.rules.can_fetch(url, AGENT)


class Fetcher:
    """Fetches pages one at a time, with the User-Agent of crawls and their delay between two requests to a host.

    robots.txt is obeyed, and redirects are followed within a page's own host. After a challenge page, or 429, no more
    pages of that host are requested. Used as a context manager.
    """

    def __init__(self) -> None:
        """Raises `InvalidSettingError`."""
        settings.check_crawl_settings()
        self._timeout = settings.timeout()
        self._client = httpx.Client(timeout=self._timeout, headers={"User-Agent": settings.user_agent()})
        self._robots: dict[str, Robots] = {}
        """By scheme and host."""
        self._last: dict[str, float] = {}
        """When each host was last requested something, in seconds of the monotonic clock."""
        self._blocked: dict[str, str] = {}
        """How the hosts have answered that block further requests."""

    def __enter__(self) -> "Fetcher":
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def page(self, url: str) -> Fetched:
        """The HTML page at a URL. Raises `FetchError`, or `MissingSettingError` as `check_contact` does."""
        found = self.document(url)
        if found.content_type and "html" not in found.content_type.lower():
            raise FetchError(f"it is not an HTML page but {found.content_type}")
        return found

    def document(self, url: str) -> Fetched:
        """The page, feed or sitemap at a URL. Raises `FetchError`, or `MissingSettingError` as `check_contact` does."""
        check_contact([url])
        found = self._follow(url, obey=True)
        host = urlsplit(found.address).netloc
        if import_module("spiders.challenge").is_challenge(found.content, found.mitigated):
            raise self._block(found, "with a challenge page")
        if found.status == 429:
            raise self._block(found, "")
        if found.status != 200:
            raise FetchError(f"{host} answered {found.status}")
        return found

    def robots(self, url: str) -> Robots:
        """The rules for a URL's host, according to RFC 9309: a 4xx status other than 429 means that there are none, and
        a robots.txt that cannot be fetched forbids everything. Raises `FetchError` if there is no response."""
        parts = urlsplit(url)
        site = f"{parts.scheme}://{parts.netloc}"
        if site not in self._robots:
            found = self._follow(f"{site}/robots.txt", obey=False)
            is_missing = 400 <= found.status < 500 and found.status != 429
            text = _text(found) if found.status == 200 else ""
            rules = Protego.parse(text) if is_missing or found.status == 200 else None
            self._robots[site] = Robots(f"{site}/robots.txt", f"answered {found.status}", rules, text)
        return self._robots[site]

    def _block(self, found: Fetched, how: str) -> FetchError:
        host = urlsplit(found.address).netloc
        self._blocked[bare_host(host)] = f"blocked by the site: {host} answered {found.status} {how}".rstrip()
        return FetchError(self._blocked[bare_host(host)])

    def _follow(self, url: str, *, obey: bool) -> Fetched:
        """The response at a URL, after redirects."""
        host = bare_host(urlsplit(url).netloc)
        for _ in range(MOST_REDIRECTS + 1):
            if host in self._blocked:
                raise FetchError(self._blocked[host])
            if obey and not (robots := self._rules(url)).allows(url):
                why = "" if robots.rules else f", which {robots.seen} and so forbids everything"
                raise FetchError(f"forbidden by {robots.address}{why}")
            with self._response(url) as response:
                if not response.has_redirect_location:
                    return self._read(response)
                url = _target(url, response.headers["Location"])
        raise FetchError(f"it redirects more than {MOST_REDIRECTS} times")

    def _rules(self, url: str) -> Robots:
        try:
            return self.robots(url)
        except FetchError as error:
            raise FetchError(f"its robots.txt could not be fetched: {error}") from None

    @contextmanager
    def _response(self, url: str) -> Iterator[httpx.Response]:
        """The response to a request, which waits until the host may be requested something."""
        host = bare_host(urlsplit(url).netloc)
        if host in self._last:
            time.sleep(max(0.0, self._last[host] + settings.delay(url) - time.monotonic()))
        self._last[host] = time.monotonic()
        try:
            with self._client.stream("GET", url) as response:
                yield response
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise UnreachableError(f"{urlsplit(url).netloc}: {str(error) or type(error).__name__}") from None

    def _read(self, response: httpx.Response) -> Fetched:
        """Reads the body, up to the limits of its size and of the time for a page."""
        content = b""
        until = time.monotonic() + self._timeout
        for part in response.iter_bytes():
            content += part
            if len(content) > MOST_BYTES:
                raise FetchError(f"it has more than {MOST_BYTES:,} bytes")
            if time.monotonic() > until:
                raise FetchError(f"it took longer than {self._timeout:g} s")
        headers = response.headers
        content_type, mitigated = headers.get("Content-Type"), headers.get("cf-mitigated", "")
        return Fetched(str(response.url), response.status_code, content_type, content, mitigated)


def _target(url: str, location: str) -> str:
    """Where a redirect leads. Raises `FetchError` if that is another site, or not a URL."""
    try:
        target = urljoin(url, location)
        is_own = bare_host(urlsplit(target).netloc) == bare_host(urlsplit(url).netloc)
    except ValueError:
        target, is_own = location, False
    if not is_own:
        raise FetchError(f"it redirects to another site, {target}")
    return target


def is_url(name: str) -> bool:
    """Whether this is a URL that can be fetched, not the name of a file."""
    return name.lower().startswith(("http://", "https://"))


def check_contact(urls: Iterable[str]) -> None:
    """Raises `MissingSettingError` if one of these URLs must not be requested without a contact address."""
    if settings.contact() is None and not all(map(settings.is_loopback, urls)):
        raise settings.MissingSettingError(
            "AKHBAR_CONTACT is not set: set it to a contact address, which requests to live sites require"
        )


def _text(found: Fetched) -> str:
    text: str = import_module("spiders.encoding").decode(found.content, found.content_type)
    return text
