"""Listings: the cards that a listing shows, one per story."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

JUST_NOW = timedelta(minutes=10)
"""If all entries of a document are younger than this, it writes the current time into each."""
SAME_TIME = 3
"""If at least this many entries all changed at the same time, that is when the document was generated."""


@dataclass(slots=True)
class Card:
    """One story as a listing, feed or sitemap shows it.

    Timestamps are ISO 8601 with an offset; None if the listing shows no readable one.
    """

    story_id: str
    path: str
    title: str
    excerpt: str | None = None
    published_at: str | None = None
    updated_at: str | None = None
    has_time: bool = True
    """Whether the listing shows the time of publication; if not, `published_at` is the midnight of its date."""

    @property
    def published(self) -> str | None:
        """The time of publication, or only its date, `YYYY-MM-DD`."""
        return self.published_at if self.has_time or not self.published_at else self.published_at[:10]


@dataclass(slots=True)
class Listing:
    """The links to stories on a page."""

    stories: list[Card] = field(default_factory=list)
    """Stories in the main column, without duplicates."""
    editorials: list[Card] = field(default_factory=list)
    """Editorials in the sidebar, without duplicates."""
    offsite: int = 0
    """Number of cards in the main column that lead to sister sites and elsewhere."""
    beside: set[str] = field(default_factory=set)
    """Ids of the stories in side columns and boxes; only filled if the main column has no stories."""


def distinct(cards: list[Card]) -> list[Card]:
    """Each story once, at its first position."""
    first: dict[str, Card] = {}
    for card in cards:
        first.setdefault(card.story_id, card)
    return list(first.values())


def summary(cards: Collection[Card], now: datetime) -> str:
    """How many stories a document lists, and the age of the newest.

    >>> card = Card("7", "/news/7", "Ferries return", None, "2026-11-05T08:00:00+05:00")
    >>> summary([card], datetime.fromisoformat("2026-11-05T06:10:00+00:00"))
    '1 story, the newest 3 h old'
    """
    number = f"{len(cards)} {'story' if len(cards) == 1 else 'stories'}"
    newest = max(_times(card.published_at or card.updated_at for card in cards), default=None)
    if newest is None:
        return number
    minutes = max(0, round((now - newest).total_seconds() / 60))
    age = f"{minutes} min" if minutes < 120 else f"{minutes // 60} h" if minutes < 2880 else f"{minutes // 1440} days"
    return f"{number}, the newest {age} old"


def drop_times_of_the_document(cards: list[Card], fetched_at: datetime) -> None:
    """Drops timestamps that belong to the feed or sitemap itself and say nothing about its stories.

    Some sites write the current time, or the time when the document was generated, into each entry. Every story would
    then count as changed on every run.
    """
    published = _times(card.published_at for card in cards)
    updated = _times(card.updated_at for card in cards)
    if _are_now(published, fetched_at):
        for card in cards:
            card.published_at = None
    if _are_now(updated, fetched_at) or (len(updated) >= SAME_TIME and len(set(updated)) == 1):
        for card in cards:
            card.updated_at = None


def _times(texts: Iterable[str | None]) -> list[datetime]:
    return [datetime.fromisoformat(text) for text in texts if text]


def _are_now(times: list[datetime], fetched_at: datetime) -> bool:
    return len(times) > 1 and min(times) >= fetched_at - JUST_NOW
