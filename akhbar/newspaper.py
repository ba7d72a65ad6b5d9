"""The declaration of a newspaper, as plain data. `spiders/newspapers/` contains one declaration per newspaper."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any, Literal, get_args
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from croniter import croniter

Platform = Literal["newskit"]
"""The publishing platforms that have a parser in `spiders/reading/`."""


def _check_cron(name: str, expression: Any) -> None:
    if not isinstance(expression, str) or not croniter.is_valid(expression):
        raise ValueError(f"{name} is {expression!r}: it must be a cron expression such as 30 8 * * *")


@dataclass(frozen=True)
class Edition:
    """A print edition whose sections can be fetched by date."""

    path: str
    """The path of a section's listing: `/newspaper/{section}/{date}`."""
    sections: Mapping[str, str]
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
        if not self.sections:
            raise ValueError("edition.sections is empty: list at least one section")
        for section in self.sections:
            if section.startswith("/") and "{date}" not in section:
                raise ValueError(f"edition.sections has the path {section!r}: it must contain {{date}}")
        _check_cron("edition.schedule", self.schedule)
        try:
            time.fromisoformat(self.due)
        except ValueError:
            raise ValueError(f"edition.due is {self.due!r}: it must be a time of day, HH:MM") from None

    def listing(self, section: str, day: date) -> str:
        """The path of a section's listing on a day."""
        path = section if section.startswith("/") else self.path
        return path.format(section=section, date=day.isoformat())


@dataclass(frozen=True)
class Latest:
    """How often the latest stories are crawled."""

    schedule: str = "*/30 * * * *"
    """A cron expression in the newspaper's time zone."""
    stale_after_hours: int = 6
    """Hours without a loaded run, or without a new story, after which the latest stories count as stale."""

    def __post_init__(self) -> None:
        _check_cron("latest.schedule", self.schedule)


def normal_id(story_id: str) -> str:
    """The one form of a story's id: a number has no leading zeros, and digits of other scripts are ASCII.

    >>> normal_id("0021"), normal_id("٢١"), normal_id("021-a"), normal_id("000")
    ('21', '21', '021-a', '0')
    """
    if not story_id.isdecimal():
        return story_id
    return "".join(str(unicodedata.decimal(digit)) for digit in story_id).lstrip("0") or "0"


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
    platform: Platform
    """The module in `spiders/reading/` that parses its pages."""
    story_url: str
    """A regular expression for the whole path of a story's URL. The group `id` is the story's id. The optional group
    `slug` is removed from the stored URL."""
    sitemaps: tuple[str, ...] = ()
    """Paths of news sitemaps."""
    feeds: tuple[str, ...] = ()
    """Paths of RSS feeds."""
    listings: Mapping[str, str | None] = field(default_factory=dict)
    """Paths of pages that list the latest stories, each with the section of its stories, or None."""
    editorial_section: str = "Editorial"
    """The name under which the section of editorials is stored. Stories listed in this section, or whose page says so,
    are editorials."""
    not_sections: tuple[str, ...] = ()
    """Words that appear where a section is expected but are not one, such as "Newspaper" for every printed story."""
    edition: Edition | None = None
    latest: Latest = Latest()
    spider: str = "spiders.spider.NewspaperSpider"
    """The dotted path of the spider class; for a site with a custom crawl flow, a subclass of `NewspaperSpider`."""
    about: str = ""
    """Markdown for the DAGs' documentation: what is special about the site, and what is not crawled. Defaults to the
    docstring of the declaration's module."""

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-z][a-z0-9]{0,30}", self.name):
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
        if self.platform not in get_args(Platform):
            raise ValueError(f"platform is {self.platform!r}: it must be one of {', '.join(get_args(Platform))}")
        try:
            groups = re.compile(self.story_url).groupindex
        except re.error as error:
            raise ValueError(f"story_url is not a regular expression: {error}") from None
        if not self.story_url.startswith("/"):
            raise ValueError(f"story_url is {self.story_url!r}: it must begin with /")
        if "id" not in groups:
            raise ValueError(f"story_url is {self.story_url!r}: it must have a group named id, (?P<id>…)")

    # --- URLs -------------------------------------------------------------------------------------------------------

    @property
    def host(self) -> str:
        return urlsplit(self.home_page).netloc

    @cached_property
    def _story_url(self) -> re.Pattern[str]:
        return re.compile(self.story_url)

    def story_id(self, path: str) -> str | None:
        """The id of the story at a path, or None if the path is not a story's."""
        found = self._story_url.fullmatch(path)
        return normal_id(found["id"]) if found else None

    def story_path(self, address: str) -> str | None:
        """The part of a URL that is a story's path, regardless of what comes before it, or None."""
        found = self._story_url.fullmatch(urlsplit(address).path) or self._story_url.search(address)
        return found[0] if found else None

    def stored_path(self, path: str) -> str:
        """The path under which a story is stored: without its slug, and with its id in normal form."""
        found = self._story_url.fullmatch(path)
        if not found:
            return path
        has_slug = "slug" in self._story_url.groupindex and found["slug"] is not None
        end = found.start("slug") if has_slug else len(path)
        return path[: found.start("id")] + normal_id(found["id"]) + path[found.end("id") : end]

    # --- names ------------------------------------------------------------------------------------------------------

    @cached_property
    def own_names(self) -> frozenset[str]:
        """The newspaper's own names, in lower case. None of them is an author or a section."""
        return frozenset({self.publisher.casefold(), self.host, self.host.removeprefix("www.")})

    def is_section(self, name: str) -> bool:
        """Whether this is the name of a section, not that of the newspaper or one of `not_sections`."""
        return name.casefold() not in self._no_sections

    def is_editorial_section(self, name: str | None) -> bool:
        """Whether this is the name of the editorial section, singular or plural."""
        return (name or "").casefold().removesuffix("s") == self.editorial_section.casefold().removesuffix("s")

    @cached_property
    def _no_sections(self) -> frozenset[str]:
        return self.own_names | {name.casefold() for name in self.not_sections}

    # --- schedules --------------------------------------------------------------------------------------------------

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @property
    def schedules(self) -> dict[str, str]:
        """The cron expression of each of the newspaper's DAGs, by mode: `edition` (if it has one) and `latest`."""
        print_edition = {"edition": self.edition.schedule} if self.edition else {}
        return {**print_edition, "latest": self.latest.schedule}

    def has_come(self, edition: date, now: datetime) -> bool:
        """Whether the day of an edition has begun in the newspaper's time zone."""
        return edition <= now.astimezone(self.zone).date()

    def editions_due(self, since: datetime, until: datetime) -> list[date]:
        """The editions that became due between two timestamps, oldest first."""
        if self.edition is None:
            return []
        days = croniter(self.edition.schedule, since.astimezone(self.zone) - timedelta(days=1))
        due: list[date] = []
        while (day := days.get_next(datetime).date()) <= until.astimezone(self.zone).date():
            if since <= self.due_at(day) <= until and day not in due:
                due.append(day)
        return due

    def due_at(self, edition: date) -> datetime:
        """When an edition must be stored."""
        return datetime.combine(edition, time.fromisoformat(self.print_edition.due), self.zone)

    @property
    def edition_due_after(self) -> timedelta:
        """How long after the scheduled start of its run an edition must be stored."""
        first = datetime(2000, 1, 1, tzinfo=self.zone)
        scheduled: datetime = croniter(self.print_edition.schedule, first).get_next(datetime)
        return self.due_at(scheduled.date()) - scheduled

    @property
    def print_edition(self) -> Edition:
        """The newspaper's print edition. Raises `ValueError` if none is declared."""
        if self.edition is None:
            raise ValueError(f"{self.publisher} has no print edition in its declaration")
        return self.edition
