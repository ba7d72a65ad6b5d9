"""The story: the contract between the spiders and every later step."""

from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import urlsplit

Kind = Literal["article", "editorial"]
ExtractedBy = Literal["selectors", "feed", "general", "fallback"]
Completeness = Literal["full", "listed"]

SHORTEST_BODY = 40
"""Characters. The shortest items of a news-in-brief column have about 150; a shorter body was not read properly."""

LONGEST_ID = 2000
"""Bytes of a story's id: a path of 500 letters has up to 2,000. Postgres refuses rows whose index entries exceed 2,704
bytes."""


@dataclass(slots=True)
class Story:
    """One story of one newspaper: a line of `scraped.jsonl` and of `clean.jsonl`.

    Timestamps are ISO 8601 strings with a UTC offset, and dates are `YYYY-MM-DD`. In `scraped.jsonl`, a timestamp or
    date that the spider could not parse is kept as the newspaper wrote it; the clean step parses it or rejects the
    story. In `clean.jsonl`, every field is as described here.
    """

    source: str
    """The newspaper's name, as in its declaration."""
    story_id: str
    """The publisher's own id: a number, or the path of the story's URL, in the form of `akhbar.newspaper.normal_id`.
    `(source, story_id)` is the story's identity."""
    kind: Kind
    url: str
    """The canonical URL: no slug, query or fragment."""
    title: str | None
    excerpt: str | None = None
    """Standfirst, `og:description` or the listing's excerpt."""
    body: str | None = None
    """Paragraphs, separated by one blank line. None if the page is of a kind without text (a video, a chart), or if
    only a listing was read. Empty if text was expected but not found: the clean step rejects such a story."""
    authors: list[str] = field(default_factory=list)
    """In order, without "By"; empty if there is no byline."""
    section: str | None = None
    """As named by the newspaper: "National", "Editorial"."""
    dateline: str | None = None
    """"ISLAMABAD" from "ISLAMABAD: A Russian delegation…"; the body keeps it."""
    published_at: str | None = None
    updated_at: str | None = None
    published_date: str | None = None
    """The day of publication, in the newspaper's time zone, of a page that shows no time of day. In `clean.jsonl`, a
    story with a `published_at` has none."""
    edition_date: str | None = None
    """The date of the print edition that published the story, in the newspaper's time zone."""
    image_url: str | None = None
    image_caption: str | None = None
    tags: list[str] = field(default_factory=list)
    language: str = "en"
    extracted_by: ExtractedBy = "selectors"
    """`selectors`: the newspaper's or its platform's own selectors found the body. `feed`: a feed item contained the
    whole body. `general`: the general reader read the page, as the newspaper's declaration says. `fallback`: the
    declared selectors found no body but a general extractor did, which means that the site has changed."""
    completeness: Completeness = "full"
    """`listed`: known only from a listing or the sidebar's editorials: title, excerpt and date."""

    def as_dict(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


PageProblem = Literal["consent_page", "login_page", "redirect_page", "blocked_region", "script_page"]
"""What kind of page this is, if it is not the story."""


@dataclass(frozen=True)
class RejectedPage:
    """A page that is not the story. The clean step rejects it with this reason."""

    story: Story
    reason: PageProblem

    def as_dict(self) -> dict[str, Any]:
        return {**self.story.as_dict(), "rejected": self.reason}


def web_address(url: str) -> str | None:
    """The URL if it is valid, and http or https, else None: a `javascript:` or `data:` URL would run where it is shown
    as a link."""
    try:
        parts = urlsplit(url)
        is_web = parts.scheme in ("http", "https") and parts.hostname and (parts.port is None or parts.port > 0)
    except ValueError:  # also for a port that is no number
        return None
    return url if is_web else None


page_done = object()
"""Scrapy signal, sent by a spider once per page with the page's outcome. Arguments: `url`, `role` (`listing`, `feed`,
`sitemap` or `story`), `story_id` (or None), `outcome` (`parsed`, `unchanged`, `gone`, `moved`, `failed` or `refused`),
`reason` (or None), `response` (or None)."""

story_listed = object()
"""Scrapy signal, sent by a spider when a crawl first discovers a story, before its page is fetched. Arguments:
`story_id` and `listed`, which has `path`, `section`, `editorial`, `excerpt` and `edition_date`."""
