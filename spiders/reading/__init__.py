"""Extracts stories and listings from parsed pages, with pure functions."""

from dataclasses import dataclass, field
from typing import Protocol

from akhbar.story import ExtractedBy
from spiders.listings import Card, Listing
from spiders.reading.html import Element
from spiders.site import Site


@dataclass(slots=True)
class Article:
    """The fields extracted from a story page. Nothing here comes from a listing.

    Timestamps are ISO 8601 with an offset, None if the page shows no readable one; dates are `YYYY-MM-DD`.
    """

    title: str | None = None
    excerpt: str | None = None
    authors: list[str] = field(default_factory=list)
    section: str | None = None
    editorial: bool = False
    published_at: str | None = None
    published_date: str | None = None
    """The publication date, if the page shows no time of day."""
    updated_at: str | None = None
    image_url: str | None = None
    image_caption: str | None = None
    tags: list[str] = field(default_factory=list)
    paragraphs: list[str] = field(default_factory=list)
    edition_date: str | None = None
    language: str | None = None
    """The page's own statement of its language, an ISO 639-1 code."""
    sources: dict[str, str] = field(default_factory=dict)
    """Where the general reader found each field, by the field's name: `JSON-LD headline`."""
    extracted_by: ExtractedBy = "selectors"
    """How the text was found; `Story.extracted_by` has the meanings."""
    bylines: list[str] = field(default_factory=list)
    """The names in the place of authors, including "Editorial" and the newspaper's own. The general reader stops at the
    first source that names an author."""
    is_cut: bool = False
    """Whether a paywall cut the text."""
    textless: bool = False
    """Whether the page is of a kind without text: a video, a chart, a cartoon."""

    @property
    def published(self) -> str | None:
        """The time of publication, or only its date."""
        return self.published_at or self.published_date


class Reader(Protocol):
    """The parser for a publishing platform's pages: a module of this package."""

    def read_story(self, root: Element, site: Site, address: str) -> Article:
        """The fields of the story page with this URL on the newspaper's own host."""

    def read_listing(self, root: Element, site: Site) -> Listing:
        """The stories in a listing's main column, and the editorials in its sidebar."""

    def sidebar_editorials(self, root: Element, site: Site) -> list[Card]:
        """The editorials in a page's sidebar."""
