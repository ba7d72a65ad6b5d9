"""Discovery: what this crawl's listings, feeds and sitemaps say about stories, merged per story."""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from spiders.listings import Card
from spiders.site import Site

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class ListedStory:
    """What is known about a story before its page is read."""

    path: str
    section: str | None = None
    editorial: bool = False
    excerpt: str | None = None
    edition_date: date | None = None
    changed_at: datetime | None = None
    """The latest publication or change that any listing shows."""

    def fill(self, other: "ListedStory") -> None:
        """Fills missing fields from `other`, except timestamps: these describe the site as it is now."""
        self.section = self.section or other.section
        self.editorial = self.editorial or other.editorial
        self.excerpt = self.excerpt or other.excerpt
        self.edition_date = self.edition_date or other.edition_date


class Discovery:
    """The stories of one crawl: those that it discovers, and those handed over by earlier runs."""

    def __init__(self, site: Site, on_listed: Callable[[str, ListedStory], None]) -> None:
        """`on_listed` is called once per story, when it is first discovered."""
        self.paper = site.paper
        self.on_listed = on_listed
        self.listed: dict[str, ListedStory] = {}
        """The stories of this crawl, by id."""
        self.recheck: dict[str, ListedStory] = {}
        """Stored stories that this crawl fetches again, to see whether they changed."""
        self.carried_over: dict[str, ListedStory] = {}
        """Stories that an earlier attempt of this crawl discovered, and that no listing has contained so far."""

    def add_recheck(self, stories: list[dict[str, Any]]) -> None:
        self.recheck = dict(self._from_records(stories))

    def add_carried_over(self, stories: list[dict[str, Any]]) -> None:
        self.carried_over = dict(self._from_records(stories))
        self.listed.update(self.carried_over)

    def add(self, card: Card, **claims: Any) -> None:
        """Merges a listing's data for a story; earlier entries win.

        Data carried over ranks after all listings, since an earlier attempt may have missed the first ones.
        """
        new = card.story_id not in self.listed
        earlier = self.carried_over.pop(card.story_id, None)
        if earlier:
            self.listed[card.story_id] = ListedStory(card.path)
        story = self.listed.setdefault(card.story_id, self.recheck.get(card.story_id) or ListedStory(card.path))
        story.fill(ListedStory(card.path, excerpt=card.excerpt, **claims))
        times = [datetime.fromisoformat(text) for text in (card.published_at, card.updated_at) if text]
        story.changed_at = max(filter(None, (*times, story.changed_at)), default=None)
        if earlier:
            story.fill(earlier)
        if new:
            self.on_listed(card.story_id, story)

    def knows(self, story_id: str) -> bool:
        return story_id in self.listed or story_id in self.recheck

    def story(self, story_id: str) -> ListedStory:
        """What is known about a story, from this crawl's listings or else from the run that stored it."""
        return self.listed.get(story_id) or self.recheck[story_id]

    def all_ids(self) -> list[str]:
        """The ids of all stories, in the order of discovery."""
        return list({**self.listed, **self.recheck})

    def _from_records(self, stories: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, ListedStory]]:
        """The listing data that an earlier run used for stories, so that fetching them again gives the same result.

        Only the path of a URL is used: the rest could point to another site.
        """
        for story in stories:
            path = self.paper.story_path(story["url"])
            if path is None or self.paper.story_id(path) != story["story_id"]:
                logger.warning("story %s is not fetched: %r is not its URL", story["story_id"], story["url"])
                continue
            edition = date.fromisoformat(str(story["edition_date"])) if story.get("edition_date") else None
            editorial = story.get("kind") == "editorial"
            yield story["story_id"], ListedStory(path, story["section"], editorial, story.get("excerpt"), edition)
