"""What a listing shows: cards, one per story."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Card:
    """One story as a listing, feed or sitemap shows it.

    Timestamps are ISO 8601 with an offset; None if the listing shows none that can be read.
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
    """Each story once, at its first position."""
    first: dict[str, Card] = {}
    for card in cards:
        first.setdefault(card.story_id, card)
    return list(first.values())
