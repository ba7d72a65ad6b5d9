"""The story: the one contract between the spiders and everything that happens afterwards."""

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Kind = Literal["article", "editorial"]
ExtractedBy = Literal["selectors", "feed", "fallback"]
Completeness = Literal["full", "listed"]


@dataclass(slots=True)
class Story:
    """One story of one newspaper, in the shape of a line of `scraped.jsonl` and of `clean.jsonl`.

    Instants are ISO 8601 strings with a UTC offset and dates are `YYYY-MM-DD`: what JSON can carry and Postgres can
    read. In `scraped.jsonl` an instant or date that the spider could not read keeps the newspaper's own words; the
    cleaning step reads it or rejects the story. In `clean.jsonl` every field is as described here.
    """

    source: str
    """The newspaper, by its spider's name: `dawn`."""
    story_id: str
    """The publisher's own number; `(source, story_id)` is the identity."""
    kind: Kind
    url: str
    """Canonical: no slug, query or fragment."""
    title: str | None
    excerpt: str | None = None
    """Standfirst, `og:description` or the excerpt of the listing."""
    body: str | None = None
    """Paragraphs joined by one blank line. None where the page has no text by its nature (a video, a chart) or only
    a listing was read; empty where a text was looked for and not found, which cleaning rejects."""
    authors: list[str] = field(default_factory=list)
    """In order, without "By"; empty where there is no byline."""
    section: str | None = None
    """As the paper names it: "National", "Editorial"."""
    dateline: str | None = None
    """"ISLAMABAD" of "ISLAMABAD: A Russian delegation…"; the body keeps its words."""
    published_at: str | None = None
    updated_at: str | None = None
    edition_date: str | None = None
    """The print edition that carried the story, in the newspaper's own calendar."""
    image_url: str | None = None
    image_caption: str | None = None
    tags: list[str] = field(default_factory=list)
    language: str = "en"
    extracted_by: ExtractedBy = "selectors"
    """`feed`: the body came whole in a feed item. `fallback`: the newspaper's own selectors found no body and a
    general extractor did, which means that the site has changed."""
    completeness: Completeness = "full"
    """`listed`: known from a listing or a side box only: title, excerpt, date."""

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)
