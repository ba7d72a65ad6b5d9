"""The declaration of a newspaper, as plain data. `spiders/newspapers/` contains one declaration per newspaper."""

import re
import unicodedata
import zlib
from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass, field
from datetime import date as date_type
from datetime import datetime, time, timedelta
from functools import cached_property, lru_cache
from typing import Any, Literal, Self, get_args
from urllib.parse import quote, unquote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from croniter import croniter

Platform = Literal["newskit"]
"""The publishing platforms that have a parser in `spiders/reading/`."""
EditionKind = Literal["print", "dated", "none"]
TitleSource = Literal["ld", "og", "h1"]
"""Where a page has its headline: JSON-LD `headline`, `og:title` or the `h1` element."""
OverMetadata = Literal["byline", "date", "tags"]
"""The fields that a page's metadata usually has."""

NOT_STORY_URL = r"/(?:videos?|live|podcasts?|galler(?:y|ies)|slideshow)/"

STORY_SLUG = re.compile(r"[0-9]{5}|(?:[^-_]+[-_]+){3}[^-_]")
"""What the last part of a story's path has and that of a section does not, on most sites: a number of five or more
digits, or at least four words."""
DATED_PATH = re.compile(r"/[0-9]{4}/(?:[0-9]{1,2}|[a-z]{3})/(?:[0-9]{1,2}/)?(?![0-9]{1,2}/?$|page/)[^/]")
"""A path with a date and something after it that is not the number of a page."""
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

DATED_DUE = "03:00"
"""When the stories of a day must be stored that are read by their date: a time of the next day."""
PATHS = ("sitemaps", "feeds", "listings", "editorial_listings", "dated")
"""The fields that contain paths."""
PATTERNS = (
    *("story_url", "not_story_url", "child_sitemaps", "not_lines"),
    *("editorial_path", "editorial_author", "editorial_title"),
)
"""The fields that are regular expressions."""
SELECTORS = ("cards", "byline", "date", "section", "tags", "body", "leave_out")
"""The fields that contain CSS selectors."""
BARE_NAME = re.compile(r"[\w-]*")
"""A source of the headline, or a misspelled one. A selector that finds one element of a page is longer."""

HASHED_CLASS = re.compile(
    r"(?:css|jsx|dcr|emotion|svelte|tss|jss)-[\w-]*\w|sc-[a-z]*[A-Z0-9]\w*"
    r"|[\w-]*[-_](?=[A-Za-z0-9]*\d[A-Za-z])[A-Za-z0-9]{5,10}"
)
"""Class names that a build tool generates, such as `css-1a2b3c` and `body__text--x7Ks2`: each build has new ones."""
CLASS_IN_SELECTOR = re.compile(r"\.((?:[\w-]|[^\x00-\x7f])+)|\[class[*^$~|]?=\s*[\"']?([^\"'\]]+)")


def _check_cron(name: str, expression: Any) -> None:
    if not isinstance(expression, str) or not croniter.is_valid(expression):
        raise ValueError(f"{name} is {expression!r}: it must be a cron expression such as 30 8 * * *")


@dataclass(frozen=True)
class Edition:
    """A print edition whose sections can be fetched by date."""

    path: str
    """The path of a section's listing: `/newspaper/{section}/{date}`."""
    sections: Mapping[str, str] = field(hash=False)
    """Maps the `{section}` of each listing to the section's name as printed in the newspaper. A key that begins with a
    slash is a listing's full path, with `{date}`. Earlier entries win: a story on two listings gets the section of the
    first."""
    schedule: str
    """When to crawl the day's edition: a cron expression in the newspaper's time zone."""
    due: str
    """When the day's edition must be stored: HH:MM in the newspaper's time zone."""

    def __post_init__(self) -> None:
        if not self.path.startswith("/") or "{section}" not in self.path or "{date}" not in self.path:
            raise ValueError(f"edition.path is {self.path!r}: it must be a path with {{section}} and {{date}}")
        if not self.sections or not isinstance(self.sections, Mapping):
            raise ValueError("edition.sections is empty or not a mapping: list at least one section with its name")
        for section in self.sections:
            if section.startswith("/") and "{date}" not in section:
                raise ValueError(f"edition.sections has the path {section!r}: it must contain {{date}}")
        _check_cron("edition.schedule", self.schedule)
        try:
            time.fromisoformat(self.due)
        except ValueError:
            raise ValueError(f"edition.due is {self.due!r}: it must be a time of day, HH:MM") from None

    def listing(self, section: str, day: date_type) -> str:
        """The path of a section's listing on a day."""
        path = section if section.startswith("/") else self.path
        return path.format(section=section, date=day.isoformat())


@dataclass(frozen=True)
class Latest:
    """How often the latest stories are crawled."""

    schedule: str | None = None
    """A cron expression in the newspaper's time zone. By default every half hour, at minutes that depend on the
    newspaper's name, so that the crawls of many newspapers do not start at the same time."""
    stale_after_hours: int = 6
    """Hours without a loaded run, or without a new story, after which the latest stories count as stale."""

    def __post_init__(self) -> None:
        if self.schedule is not None:
            _check_cron("latest.schedule", self.schedule)


@lru_cache(maxsize=10_000)  # a site's pages link to the same few hosts
def bare_host(host: str) -> str:
    """A host, with its port if it has an unusual one, without the prefixes under which sites serve the same pages:
    `www.`, `www2.`, `ww2.`, `m.` and `amp.`.

    >>> bare_host("WW2.example.org:443"), bare_host("amp.www.example.org:8080"), bare_host("images.example.org")
    ('example.org', 'example.org:8080', 'images.example.org')
    """
    return SAME_PAGES.sub("", USUAL_PORT.sub("", host.lower()))


SAME_PAGES = re.compile(r"\A(?:(?:ww[w0-9][0-9]*|m|amp)\.(?=[^.]+\.))+")
USUAL_PORT = re.compile(r":(?:80|443)\Z")


LONGEST_KIND = 3
"""Characters. "co", "com" and "org" are not the owner's name in a host such as gazette.co.uk."""


def owner_of(host: str) -> str | None:
    """The part of a bare host without a port that is its owner's name.

    >>> owner_of("news.gazette.example"), owner_of("gazette.co.uk"), owner_of("localhost")
    ('gazette', 'gazette', None)
    """
    *labels, _ = host.split(".")
    if len(labels) > 1 and len(labels[-1]) <= LONGEST_KIND:
        labels.pop()
    return labels[-1] if labels else None


NAME = re.compile(r"[a-z][a-z0-9]{0,30}")
"""A newspaper's name."""


def normal_id(story_id: str) -> str:
    """The one form of a story's id, which can be a number or a path.

    A number has no leading zeros, and digits of other scripts are ASCII. In a path, letters and digits of all scripts
    are themselves, in NFC, and everything else but `-._~/!$&'()*+,;=:@` is percent-encoded, as in an IRI (RFC 3987); so
    is a slash that the path has percent-encoded, since it separates nothing. Dot segments are resolved, as browsers do
    before they fetch a path. Applying this twice gives the same result.

    >>> normal_id("0021"), normal_id("٢١"), normal_id("021-a"), normal_id("/2026/%D8%AE%d8%a8%D8%B1-100%")
    ('21', '21', '021-a', '/2026/خبر-100%25')
    >>> normal_id("/world/../a%2fb")
    '/a%2Fb'
    """
    story_id = story_id.strip()
    if not PLAIN_ID.fullmatch(story_id):
        story_id = "%2F".join(map(_decoded, ENCODED_SLASH.split(story_id)))
    if story_id.isdecimal():
        return "".join(str(unicodedata.decimal(digit)) for digit in story_id).lstrip("0") or "0"
    return _without_dots(story_id) if DOT_SEGMENT.match(story_id) else story_id


PLAIN_ID = re.compile(r"[\w./!$&'()*+,;=:@~-]+", re.ASCII)
ENCODED_SLASH = re.compile("%2f", re.IGNORECASE)
DOT_SEGMENT = re.compile(r"/(?:.*/)?\.\.?(?:/|$)")


def _decoded(part: str) -> str:
    """Part of a path, with only those characters percent-encoded that must be."""
    whole = part.encode("utf-8", "replace").decode()  # half a surrogate pair is not a character
    text = unicodedata.normalize("NFC", unquote(whole, errors="surrogateescape"))
    return "".join(char if _is_plain(char) else quote(char, safe="", errors="surrogateescape") for char in text)


def _without_dots(path: str) -> str:
    """A path without its dot segments (RFC 3986, 5.2.4)."""
    kept: list[str] = []
    for segment in path.split("/")[1:]:
        if segment == "..":
            kept = kept[:-1]
        elif segment != ".":
            kept.append(segment)
    return "/" + "/".join(kept)


def _is_plain(char: str) -> bool:
    return char.isalnum() or unicodedata.category(char)[0] == "M" or PLAIN_ID.fullmatch(char) is not None


@dataclass(frozen=True)
class Newspaper:
    """One newspaper: where its stories are listed, how its pages are parsed, and when it is crawled.

    Raises `ValueError` for an invalid declaration. The message names the field and says what it must be.
    """

    name: str
    """The `source` in the tables, the file's name in `spiders/newspapers/` and the prefix of the DAG ids."""
    publisher: str
    """The newspaper's common name: `Dawn`."""
    home_page: str
    """`https://` and the host, without a path."""
    timezone: str
    """An IANA time zone, for the schedules and for timestamps on its pages that have none."""
    language: str
    """An ISO 639-1 code."""
    platform: Platform | None = None
    """The module in `spiders/reading/` that parses its pages. None: the general reader, `spiders/reading/article.py`,
    with the selectors below."""

    # where stories are found

    sitemaps: tuple[str, ...] = ()
    """Paths of sitemaps and sitemap indexes. Empty: those that robots.txt lists."""
    child_sitemaps: str | None = None
    """A regular expression, searched for in the path of each sitemap that an index lists. Sitemaps without a match are
    not fetched."""
    feeds: tuple[str, ...] = ()
    """Paths of feeds. Empty: those that the home page links to with `<link rel="alternate">`."""
    listings: Mapping[str, str | None] = field(default_factory=dict, hash=False)
    """Paths of pages that list the latest stories, each with the section of its stories, or None."""
    editorial_listings: tuple[str, ...] = ()
    """Paths of listings or feeds of editorials. A story on one of them is an editorial. A path with a date,
    like those of `dated`, is read for days only, and one without a date for days only if none has a date."""
    dated: tuple[str, ...] = ()
    """Paths of listings or sitemaps of one day or month, with `{date}` (2026-11-05), `{year}`, `{month}` (11), `{mon}`
    (nov) and `{day}` (05). They make a newspaper without a print edition readable by date."""
    edition: Edition | None = None
    latest: Latest = Latest()
    story_url: str | None = None
    """A regular expression for the whole path of a story's URL, in the form of `normal_id`: letters of all scripts are
    themselves. The group `id` is the story's id; without it, the path is. The optional group `slug` is removed from the
    stored URL. None: a path is a story's if it contains a date, or if its last part has a number of five digits or at
    least four words."""
    not_story_url: str | None = NOT_STORY_URL
    """A regular expression, searched for in paths. A path with a match is not a story's."""
    cards: tuple[str, ...] = ()
    """CSS of the elements that contain a listing's links to its stories. Empty: the main part of the page."""

    # which stories are editorials, in addition to those on `editorial_listings`

    editorial_section: str = "Editorial"
    """The name under which the section of editorials is stored. Stories listed in this section, or whose page says so,
    are editorials."""
    editorial_path: str | None = None
    """A regular expression, searched for in a story's path."""
    editorial_author: str | None = None
    """A regular expression for the whole name of an author."""
    editorial_title: str | None = None
    """A regular expression for the beginning of a headline."""

    # How the general reader parses a story page. A selector with an element, `div.text`, takes a fraction of the time
    # of one without, `.text`.

    title_from: tuple[str, ...] = ("ld", "og", "h1")
    """The sources of the headline: each a `TitleSource`, or a CSS selector such as `h1 > .headline`. The first that has
    one counts."""
    byline: tuple[str, ...] = ()
    """CSS of the authors' names, used if the page's metadata has none."""
    date: tuple[str, ...] = ()
    """CSS of the publication time or date, used if JSON-LD, Open Graph and microdata have none."""
    date_format: str | None = None
    """The format of that text, as for `datetime.strptime`. None: any format that `akhbar.dates` reads."""
    section: tuple[str, ...] = ()
    """CSS of the section's name, used if the page's metadata has none."""
    tags: tuple[str, ...] = ()
    """CSS of the tags, used if the page's metadata has none."""
    over_metadata: tuple[OverMetadata, ...] = ()
    """Which of `byline`, `date` and `tags` are used before the page's metadata, because that is wrong on this site."""
    body: tuple[str, ...] = ()
    """CSS of the element that contains the story's text, one selector per layout. The first that finds enough text
    counts. A selector with commas, such as `.standfirst, .text`, finds the parts of the text: of each part, all
    paragraphs, or else the longest element. Empty: the text is found by trafilatura."""
    leave_out: tuple[str, ...] = ()
    """CSS of elements that are removed before the text and the byline are read."""
    not_lines: str | None = None
    """A regular expression for whole lines that are not part of any story."""
    not_authors: tuple[str, ...] = ()
    """Names that are not authors, in addition to the newspaper's own."""
    not_sections: tuple[str, ...] = ()
    """Words that appear where a section is expected but are not one, such as "Newspaper" for every printed story."""

    start_date: date_type | None = None
    """The first day whose stories are expected to be stored, for the view `editions`. None: the day of the first run
    that reads that day's news."""
    spider: str = "spiders.spider.NewspaperSpider"
    """The dotted path of the spider class; for a site with a custom crawl flow, a subclass of `NewspaperSpider`."""
    about: str = ""
    """Markdown for the DAGs' documentation: what is special about the site, and what is not crawled. Defaults to the
    docstring of the declaration's module."""

    def __post_init__(self) -> None:
        if not NAME.fullmatch(self.name):
            raise ValueError(f"name is {self.name!r}: it must be lower-case letters and digits, starting with a letter")
        parts = urlsplit(self.home_page)
        if parts.scheme != "https" or not parts.netloc or "@" in parts.netloc or parts.path or parts.query:
            raise ValueError(f"home_page is {self.home_page!r}: it must be https://HOST, without a path")
        try:
            ZoneInfo(self.timezone)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError(
                f"timezone is {self.timezone!r}: it must be an IANA time zone such as Asia/Karachi"
            ) from None
        if not re.fullmatch(r"[a-z]{2}", self.language):
            raise ValueError(f"language is {self.language!r}: it must be an ISO 639-1 code such as en")
        if self.platform is not None and self.platform not in get_args(Platform):
            raise ValueError(
                f"platform is {self.platform!r}: it must be one of {', '.join(get_args(Platform))}, or None"
            )
        if self.start_date is not None and (
            not isinstance(self.start_date, date_type) or isinstance(self.start_date, datetime)
        ):
            raise ValueError(f"start_date is {self.start_date!r}: it must be a date such as date(2026, 11, 5)")
        self._check_sequences()
        self._check_patterns()
        self._check_paths()
        self._check_selectors()

    def described(self, about: str) -> Self:
        """This newspaper with another text about it. Nothing else changes, so it is not validated again."""
        copied = copy(self)
        object.__setattr__(copied, "about", about)
        return copied

    def _check_sequences(self) -> None:
        """A string is a sequence too: `feeds=("/rss")` would be five feeds."""
        if not isinstance(self.listings, Mapping):
            raise ValueError(
                "listings is not a mapping: it must have each path with the section of its stories, or None, such as "
                '{"/lake": "Lake", "/": None}'
            )
        for name in (*PATHS, *SELECTORS, "title_from", "over_metadata", "not_authors", "not_sections"):
            if isinstance(getattr(self, name), str):
                raise ValueError(f"{name} is a string: it must be a tuple, with a comma after a single item")

    def _check_patterns(self) -> None:
        for name in PATTERNS:
            pattern = getattr(self, name)
            try:
                re.compile(pattern or "")
            except re.error as error:
                raise ValueError(f"{name} is not a regular expression: {error}") from None
        if self.story_url is not None and not self.story_url.startswith("/"):
            raise ValueError(f"story_url is {self.story_url!r}: it must begin with /")

    def _check_paths(self) -> None:
        fields: dict[str, str] = {}
        for name in PATHS:
            for path in getattr(self, name):
                if not path.startswith("/") or path.startswith("//"):
                    raise ValueError(f"{name} has {path!r}: it must be a path, starting with one /")
                if path in fields:
                    raise ValueError(f"{name} has {path!r}, which is also in {fields[path]}: keep it in one place")
                fields[path] = name
        if "/" in self.editorial_listings:
            raise ValueError("editorial_listings has '/': a home page does not list editorials only")
        for path in (*self.dated, *filter(_is_dated, self.editorial_listings)):
            try:
                on_day = _on_day(path, date_type(2026, 11, 5))
            except (KeyError, IndexError, ValueError):
                on_day = path
            if on_day == path:
                name = "dated" if path in self.dated else "editorial_listings"
                raise ValueError(
                    f"{name} has {path!r}: it must contain {{date}}, or {{year}} and {{month}} or {{mon}}, and no "
                    "other name in braces"
                )

    def _check_selectors(self) -> None:
        for source in self.title_from:
            if source in get_args(TitleSource):
                continue
            if BARE_NAME.fullmatch(source):
                raise ValueError(
                    f"title_from has {source!r}: it must consist of {', '.join(get_args(TitleSource))} and CSS "
                    "selectors such as h1 > .headline"
                )
            _check_selector("title_from", source)
        for field_name in self.over_metadata:
            if field_name not in get_args(OverMetadata) or not getattr(self, field_name):
                raise ValueError(
                    f"over_metadata has {field_name!r}: it must consist of those of "
                    f"{', '.join(get_args(OverMetadata))} that have a selector"
                )
        for name in SELECTORS:
            for selector in getattr(self, name):
                _check_selector(name, selector)

    # --- URLs -------------------------------------------------------------------------------------------------------

    @property
    def host(self) -> str:
        return urlsplit(self.home_page).netloc

    @cached_property
    def _story_url(self) -> re.Pattern[str]:
        return re.compile(self.story_url or ".*")

    @cached_property
    def _not_story_url(self) -> re.Pattern[str]:
        return re.compile(self.not_story_url or r"(?!)")

    def story_id(self, path: str) -> str | None:
        """The id of the story at a path, or None if the path is not a story's."""
        found = self._story(path)
        if found is None:
            return None
        named = None if self.ids_are_paths else found["id"]
        return normal_id(found[0].rstrip("/") if named is None else named) or None

    @cached_property
    def ids_are_paths(self) -> bool:
        """Whether stories are identified by their paths, since their URLs contain no id."""
        return "id" not in self._story_url.groupindex

    def _story(self, path: str) -> re.Match[str] | None:
        """The match of `story_url` in a path, in normal form: some links and sitemaps percent-encode letters, others do
        not."""
        if not path.isascii() or "%" in path or "/." in path:  # any other path matches as it is
            path = normal_id(path)
        found = self._story_url.fullmatch(path)
        if found is None or self._not_story_url.search(path):
            return None
        return found if self.story_url is not None or _may_be_story(path) else None

    def story_path(self, address: str) -> str | None:
        """The part of a URL that is a story's path, regardless of what comes before it, or None."""
        is_path = address.startswith("/")  # that of https://HOST//world looks like a host
        path = re.split(r"[?#]", address, maxsplit=1)[0] if is_path else urlsplit(address).path
        if self.story_id(path) is not None:
            return path
        found = self._story_url.search(address) if self.story_url else None
        return found[0] if found else None

    def stored_path(self, path: str) -> str:
        """The path under which a story is stored: without its slug, and with its id in normal form. A path that is the
        id is not changed: the site may serve only that form."""
        found = self._story(path)
        if not found or self.ids_are_paths:
            return path
        has_slug = "slug" in self._story_url.groupindex and found["slug"] is not None
        end = found.start("slug") if has_slug else found.end()
        whole = found.string
        return whole[: found.start("id")] + normal_id(found["id"]) + whole[found.end("id") : end]

    # --- names ------------------------------------------------------------------------------------------------------

    @cached_property
    def own_names(self) -> frozenset[str]:
        """The newspaper's own names, in lower case. None of them is an author or a section."""
        return frozenset({self.publisher.casefold(), self.host, bare_host(self.host)})

    def is_section(self, name: str) -> bool:
        """Whether this is the name of a section, not that of the newspaper or one of `not_sections`."""
        return name.casefold() not in self._no_sections

    def is_editorial_section(self, name: str | None) -> bool:
        """Whether this is the name of the editorial section, singular or plural."""
        return (name or "").casefold().removesuffix("s") == self.editorial_section.casefold().removesuffix("s")

    def is_editorial(self, path: str, title: str | None, authors: list[str]) -> bool:
        """Whether one of the declared rules makes a story with this path, headline and authors an editorial."""
        return bool(
            (self.editorial_path and re.search(self.editorial_path, normal_id(path)))
            or (self.editorial_title and re.match(self.editorial_title, title or ""))
            or (self.editorial_author and any(re.fullmatch(self.editorial_author, name) for name in authors))
        )

    @cached_property
    def _no_sections(self) -> frozenset[str]:
        return self.own_names | {name.casefold() for name in self.not_sections}

    # --- schedules --------------------------------------------------------------------------------------------------

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @property
    def schedules(self) -> dict[str, str]:
        """The cron expression of each of the newspaper's DAGs, by mode: `edition`, if days can be read by their date,
        and `latest`."""
        offset = zlib.crc32(self.name.encode()) % 30
        latest = self.latest.schedule or f"{offset},{offset + 30} * * * *"
        if self.edition:
            return {"edition": self.edition.schedule, "latest": latest}
        return {"edition": f"{offset + 15} 23 * * *", "latest": latest} if self.dated else {"latest": latest}

    @property
    def has_editions(self) -> bool:
        """Whether the stories of a day can be read by its date: from a print edition, or from dated listings."""
        return "edition" in self.schedules

    @property
    def edition_kind(self) -> EditionKind:
        """What the edition of a day is: `print`, the printed edition; `dated`, the stories published on that day;
        `none` if days cannot be read by their date."""
        if self.edition:
            return "print"
        return "dated" if self.has_editions else "none"

    def edition_listings(self, day: date_type) -> dict[str, str | None]:
        """The paths of the listings of a day's edition, in order, each with the section of its stories, or None.

        Raises `ValueError` if days cannot be read by their date.
        """
        if self.edition:
            return {self.edition.listing(key, day): name for key, name in self.edition.sections.items()}
        if not self.dated:
            raise ValueError(f"{self.publisher} has neither a print edition nor dated listings in its declaration")
        return dict.fromkeys(_on_day(path, day) for path in self.dated)

    def is_of_one_day(self, path: str, day: date_type) -> bool:
        """Whether a path is one of `dated` on a day, and contains that day, not only its month."""
        return any(_on_day(dated, day) == path for dated in self.dated if "{date}" in dated or "{day}" in dated)

    def editorials_of(self, day: date_type) -> list[str]:
        """The paths of the listings of a day's editorials: those with a date, or if there are none, the latest ones."""
        dated = [_on_day(path, day) for path in self.editorial_listings if _is_dated(path)]
        return dated or self.latest_editorials()

    def latest_editorials(self) -> list[str]:
        """The paths of the listings of the latest editorials."""
        return [path for path in self.editorial_listings if not _is_dated(path)]

    def has_come(self, edition: date_type, now: datetime) -> bool:
        """Whether the day of an edition has begun in the newspaper's time zone."""
        return edition <= now.astimezone(self.zone).date()

    def editions_due(self, since: datetime, until: datetime) -> list[date_type]:
        """The editions that became due between two timestamps, oldest first."""
        if not self.has_editions:
            return []
        days = croniter(self.schedules["edition"], since.astimezone(self.zone) - timedelta(days=2))
        due: list[date_type] = []
        while (day := days.get_next(datetime).date()) <= until.astimezone(self.zone).date():
            if since <= self.due_at(day) <= until and day not in due:
                due.append(day)
        return due

    @property
    def due(self) -> str:
        """When the day's edition must be stored, for people: `10:00`, or `03:00 the next day`."""
        return self.edition.due if self.edition else f"{DATED_DUE} the next day"

    def due_at(self, edition: date_type) -> datetime:
        """When an edition must be stored. The day's stories are complete only when the day is over."""
        if self.edition:
            return datetime.combine(edition, time.fromisoformat(self.edition.due), self.zone)
        return datetime.combine(edition + timedelta(days=1), time.fromisoformat(DATED_DUE), self.zone)

    @property
    def edition_due_after(self) -> timedelta:
        """How long after the scheduled start of its run an edition must be stored."""
        first = datetime(2000, 1, 1, tzinfo=self.zone)
        scheduled: datetime = croniter(self.schedules["edition"], first).get_next(datetime)
        return self.due_at(scheduled.date()) - scheduled

    @property
    def print_edition(self) -> Edition:
        """The newspaper's print edition. Raises `ValueError` if none is declared."""
        if self.edition is None:
            raise ValueError(f"{self.publisher} has no print edition in its declaration")
        return self.edition


def _check_selector(name: str, selector: str) -> None:
    from cssselect import SelectorSyntaxError, parse  # only some declarations have selectors

    try:
        parse(selector)
    except SelectorSyntaxError as error:
        raise ValueError(f"{name} has {selector!r}, which is not a CSS selector: {error}") from None
    for found in CLASS_IN_SELECTOR.finditer(selector):
        for named in (found[1] or found[2]).split():
            if HASHED_CLASS.fullmatch(named):
                raise ValueError(
                    f"{name} has {selector!r}: the class {named} changes with every build of the site; choose a class, "
                    "id or attribute that stays the same"
                )


def _date_parts(day: date_type) -> dict[str, str]:
    """The names that a dated path may contain, with their values for a day."""
    mon = MONTHS[day.month - 1]
    return {"date": day.isoformat(), "year": f"{day:%Y}", "month": f"{day:%m}", "mon": mon, "day": f"{day:%d}"}


def _is_dated(path: str) -> bool:
    return "{" in path


def _on_day(path: str, day: date_type) -> str:
    """A path with a day's date in place of the names in braces."""
    return path.format(**_date_parts(day))


def _may_be_story(path: str) -> bool:
    """Whether a path looks like that of a story on most sites."""
    *_, last = path.rstrip("/").split("/")
    return bool(STORY_SLUG.search(unquote(last)) or DATED_PATH.search(path))
