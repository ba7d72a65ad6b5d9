"""What a listing shows: cards, each of one story."""

from collections.abc import Collection
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from akhbar.newspaper import Newspaper


@dataclass(frozen=True)
class Links:
    """Which links lead to a story of the newspaper itself."""

    paper: Newspaper
    hosts: Collection[str]
    """The newspaper's hosts, in lower case, and that of a copy of its site if one is read."""

    def story_id(self, href: str) -> str | None:
        """The id of the story that a link leads to, or None.

        Relative links are the newspaper's own; links to sister sites, live blogs and elsewhere are not stories.
        """
        try:
            parts = urlsplit(href.strip())
        except ValueError:
            return None
        if parts.scheme not in ("", "http", "https") or (parts.netloc and parts.netloc.lower() not in self.hosts):
            return None
        return self.paper.story_id(parts.path)


@dataclass(slots=True)
class Card:
    """One story as a listing, feed or sitemap shows it.

    Timestamps are ISO 8601, or the newspaper's own words if they cannot be read.
    """

    story_id: str
    path: str
    title: str
    excerpt: str | None = None
    published_at: str | None = None
    updated_at: str | None = None


@dataclass(slots=True)
class Listing:
    """The links to stories on a page."""

    stories: list[Card] = field(default_factory=list)
    """Those of the main column, each once."""
    editorials: list[Card] = field(default_factory=list)
    """Those of the sidebar's editorials, each once."""
    offsite: int = 0
    """How many cards of the main column lead to sister sites and elsewhere."""


def distinct(cards: list[Card]) -> list[Card]:
    """Each story once, where it comes first."""
    first: dict[str, Card] = {}
    for card in cards:
        first.setdefault(card.story_id, card)
    return list(first.values())
