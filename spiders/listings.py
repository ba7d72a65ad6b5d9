"""What a listing shows: cards, one per story."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

JUST_NOW = timedelta(minutes=10)
"""A document all of whose entries are younger writes the current time at each."""
SAME_TIME = 3
"""Entries that all changed at the same time, from which on it is the time at which the document was made."""


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
    beside: set[str] = field(default_factory=set)
    """The ids of the stories in side columns and boxes, where the main column has none."""


def distinct(cards: list[Card]) -> list[Card]:
    """Each story once, at its first position."""
    first: dict[str, Card] = {}
    for card in cards:
        first.setdefault(card.story_id, card)
    return list(first.values())


def drop_times_of_the_document(cards: list[Card], fetched_at: datetime) -> None:
    """Drops times that are those of the feed or sitemap itself, and say nothing about its stories.

    Some sites write the current time at each entry, or that at which the document was made: every story would count as
    changed on every run.
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
