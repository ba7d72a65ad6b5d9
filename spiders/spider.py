"""Dawn (dawn.com), Pakistan's paper of record."""

import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from lxml import etree, html
from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.http import Response, TextResponse

from akhbar.story import SHORTEST_BODY, Story, page_done, read_instant, story_listed
from spiders.politeness import MovedError, RefusedError
from spiders.reading import newskit

FEEDS = ("home", "latest-news", "pakistan", "world", "business", "opinion", "sport", "newspaper", "tech", "prism")
FIRST = 100
"""Priority of listings: all of them are read before the first story, so that a story is asked for once."""

NOT_FOUND = re.compile(r"\W*(?:404|page not found|not found|story not found)\b.{0,60}", re.IGNORECASE)
BEFORE_EDITION, AFTER_EDITION = timedelta(days=7), timedelta(days=1)
"""An edition's stories go online on its own morning; some of its magazines' days before."""

MOST_ENTRIES = 50_000
"""Of a sitemap (https://www.sitemaps.org/protocol.html). One of more is broken, and keeps a crawl busy for days."""

XML = etree.XMLParser(resolve_entities=False, no_network=True, recover=True, huge_tree=False)
NAMESPACES = {
    "sitemap": "http://www.sitemaps.org/schemas/sitemap/0.9",
    "news": "http://www.google.com/schemas/sitemap-news/0.9",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "media": "http://search.yahoo.com/mrss/",
}


@dataclass(slots=True)
class Sighting:
    """What the listings of this run say of a story, before its page is read."""

    path: str
    section: str | None = None
    editorial: bool = False
    excerpt: str | None = None
    edition_date: date | None = None
    changed_at: datetime | None = None
    """The latest publication or change that any listing shows."""

    def fill(self, other: "Sighting") -> None:
        """Takes over what another one knows and this one does not: no times, which are of what is on the site now."""
        self.section = self.section or other.section
        self.editorial = self.editorial or other.editorial
        self.excerpt = self.excerpt or other.excerpt
        self.edition_date = self.edition_date or other.edition_date


class DawnSpider(Spider):
    """Reads Dawn's print editions and its latest stories.

    Arguments, one of them:

    - `edition=YYYY-MM-DD`: the print sections of that day, `/newspaper/<section>/<date>`. The paper goes online in one
      batch before breakfast: read it after 08:00 in Karachi. A section that a day lacks is no error.
    - `mode=latest`: the sitemap, the feeds, `/latest-news` and the home page's box of editorials, merged by story. A
      feed item that carries the whole story saves fetching its page. Then the pages of the stories in the setting
      `LOOK_AGAIN`, which an earlier run has read.
    - `story=URL`: one story page.

    Besides, the stories in the setting `LISTED`: what an earlier try of the same knew of and may not have got.

    `base_url=URL` reads a copy of the site that is served there. `sections=front-page,editorial` and `most=3` keep an
    edition to these sections and to the first three stories of each.

    robots.txt forbids `/archive` and `/search`: neither is asked for. Sister sites (Images, Aurora, Prism, dawnnews.tv)
    and live blogs are counted, not followed. Videos, charts and the like are stored without a text.
    Not read: comments, obituaries, the e-paper.
    """

    name = "dawn"
    publisher = "Dawn"
    home_page = "https://www.dawn.com"
    timezone = "Asia/Karachi"
    language = "en"
    edition_schedule = "30 8 * * *"
    edition_due = "10:00"
    latest_schedule = "*/30 * * * *"
    latest_due_hours = 3
    sections = {  # noqa: RUF012 - read as it stands by akhbar.newspapers
        "front-page": "Front Page",
        "editorial": "Editorial",
        "national": "National",
        "back-page": "Back Page",
        "international": "International",
        "business": "Business",
        "sport": "Sport",
        "column": "Column",
        "other-voices": "Other Voices",
        "letters": "Letters",
        "karachi": "Karachi",
        "lahore": "Lahore",
        "islamabad": "Islamabad",
        "peshawar": "Peshawar",
        "business-finance": "Business and Finance",
        "books-authors": "Books and Authors",
        "young-world": "Young World",
        "sunday-magazine": "Sunday Magazine",
        "eos": "EOS",
        "icon": "Icon",
    }

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        kwargs.setdefault("base_url", crawler.settings.getdict("BASE_URLS").get(cls.name))
        return super().from_crawler(crawler, *args, **kwargs)

    def __init__(
        self,
        edition: str | None = None,
        mode: str | None = None,
        story: str | None = None,
        base_url: str | None = None,
        sections: str | None = None,
        most: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if [bool(edition), mode == "latest", bool(story)].count(True) != 1 or mode not in (None, "latest", "edition"):
            raise ValueError("give one of edition=YYYY-MM-DD, mode=latest and story=URL")
        self.zone = ZoneInfo(self.timezone)
        self.edition = date.fromisoformat(edition) if edition else None
        self.slugs = sections.split(",") if sections else list(self.sections)
        self.most = int(most) if most else None
        self.base_url = (base_url or self.home_page).rstrip("/")
        own = urlsplit(self.home_page).netloc
        self.hosts = {own, own.removeprefix("www."), urlsplit(self.base_url).netloc}
        self.allowed_domains = sorted({urlsplit(f"//{host}").hostname or host for host in self.hosts})
        self.listed: dict[str, Sighting] = {}
        self.young: dict[str, Sighting] = {}
        self.told: dict[str, Sighting] = {}
        self.boxed: dict[str, Story] = {}
        self.last_box: list[bytes] = []
        self.read: set[str] = set()
        self.listings_left = 0
        self.failed_listings: list[str] = []
        self.story_id = newskit.story_id_of(story, self.hosts) if story else None
        if story:
            if self.story_id is None:
                raise ValueError(f"{story} is no story of {self.publisher}: expected …/news/<number>")
            self.listed[self.story_id] = Sighting(urlsplit(story).path)

    # --- what to read -----------------------------------------------------------------------------------------------

    async def start(self) -> AsyncIterator[Any]:
        if self.story_id:
            yield self._story_request(self.story_id)
            return
        self.young = {story["story_id"]: _as_stored(story) for story in self.settings.getlist("LOOK_AGAIN")}
        self.told = {story["story_id"]: _as_stored(story) for story in self.settings.getlist("LISTED")}
        self.listed.update(self.told)
        requests = list(self._edition_listings() if self.edition else self._latest_listings())
        self.listings_left = len(requests)
        for request in requests:
            yield request

    def _edition_listings(self) -> Iterator[Request]:
        for slug in self.slugs:
            path = f"/newspaper/{slug}/{self.edition}"
            yield self._listing_request(path, "listing", self.parse_section, section=self.sections[slug])

    def _latest_listings(self) -> Iterator[Request]:
        yield self._listing_request("/", "listing", self.parse_latest)
        for feed in FEEDS:
            yield self._listing_request(f"/feeds/{feed}", "feed", self.parse_feed)
        yield self._listing_request("/feeds/sitemap", "sitemap", self.parse_sitemap)
        yield self._listing_request("/latest-news", "listing", self.parse_latest)

    def _listing_request(self, path: str, role: str, callback: Any, **cb_kwargs: Any) -> Request:
        return Request(
            self.base_url + path,
            callback=callback,
            errback=self.listing_failed,
            priority=FIRST,
            meta={"role": role},
            cb_kwargs=cb_kwargs,
        )

    def _story_request(self, story_id: str) -> Request:
        sighting = self._sighting(story_id)
        return Request(
            self.base_url + sighting.path,
            callback=self.parse_story,
            errback=self.story_failed,
            meta={
                "role": "story",
                "source": self.name,
                "story_id": story_id,
                "changed_at": sighting.changed_at,
                "carried": story_id in self.read,
            },
            cb_kwargs={"story_id": story_id},
            dont_filter=True,
        )

    # --- listings ---------------------------------------------------------------------------------------------------

    def parse_section(self, response: Response, section: str) -> Iterator[Any]:
        """A print section of the edition: its main column, and the box of editorials beside it."""
        root = self._page(response)
        if root is None:
            yield from self._all_listed()
            return
        editorial = section == "Editorial"
        listing = newskit.read_listing(root, self.hosts, self.zone)
        self._count("offsite", listing.offsite)
        cards = [card for card in listing.stories if self._may_be_of(self.edition, card)]
        if editorial:
            cards += [card for card in listing.editorials if card.published_at and self._may_be_of(self.edition, card)]
        for card in cards[: self.most]:
            self._sight(card, section=section, editorial=editorial, edition_date=self.edition)
        yield from self._editorial_box(listing.editorials)
        self._done(response, "parsed", f"{len(cards)} stories")
        yield from self._all_listed()

    def parse_latest(self, response: Response) -> Iterator[Any]:
        """The home page, for its box of editorials only, and `/latest-news`."""
        root = self._page(response)
        if root is None:
            yield from self._all_listed()
            return
        listing = newskit.read_listing(root, self.hosts, self.zone)
        if "/latest-news" in response.url:
            self._count("offsite", listing.offsite)
            for card in listing.stories:
                self._sight(card)
        yield from self._editorial_box(listing.editorials)
        self._done(response, "parsed")
        yield from self._all_listed()

    def parse_sitemap(self, response: Response) -> Iterator[Any]:
        """The Google News sitemap of the last 48 hours."""
        root = self._xml(response)
        for entry in root.iterfind("sitemap:url", NAMESPACES) if root is not None else ():
            link = (entry.findtext("sitemap:loc", namespaces=NAMESPACES) or "").strip()
            story_id = newskit.story_id_of(link, self.hosts)
            if story_id is None:
                self._count("offsite")
                continue
            times = [
                entry.findtext("sitemap:lastmod", namespaces=NAMESPACES),
                entry.findtext("news:news/news:publication_date", namespaces=NAMESPACES),
            ]
            shown = next((text for text in times if text), None)
            self._sight(newskit.Card(story_id, urlsplit(link).path, "", updated_at=shown))
        yield from self._all_listed()

    def parse_feed(self, response: Response) -> Iterator[Any]:
        """An RSS feed: items that carry the whole story are stories, the others are links."""
        root = self._xml(response)
        newest: datetime | None = None
        for item in root.iterfind(".//item") if root is not None else ():
            link = (item.findtext("link") or item.findtext("guid") or "").strip()
            story_id = newskit.story_id_of(link, self.hosts)
            if story_id is None:
                self._count("offsite")
                continue
            shown = (item.findtext("pubDate") or "").strip()
            published = read_instant(shown, self.zone)
            newest = max(filter(None, (newest, published)), default=None)
            section = (item.findtext("category") or "").strip() or None
            card = newskit.Card(story_id, urlsplit(link).path, (item.findtext("title") or "").strip(), None, shown)
            self._sight(card, editorial=(section or "").lower() in ("editorial", "editorials"))
            story = self._feed_story(item, card, section)
            if story and story_id not in self.read:
                self.read.add(story_id)
                yield story
        if newest and datetime.now(self.zone) - newest > timedelta(days=2):
            self.logger.warning("%s is stale: its newest story is of %s", response.url, newest.date())
        yield from self._all_listed()

    def _feed_story(self, item: Any, card: newskit.Card, section: str | None) -> Story | None:
        """The story of a feed item, or None where the item is only an excerpt, or less than cleaning takes for a story:
        its page may tell more."""
        encoded = item.findtext("content:encoded", namespaces=NAMESPACES)
        description = item.findtext("description") or ""
        lines, edition = newskit.split_body(_paragraphs(encoded or description))
        if not lines or not (encoded or len(lines) > 1) or lines[-1].endswith(("...", "…")):
            return None
        body = "\n\n".join(lines)
        if len(body) < SHORTEST_BODY or not card.title or not read_instant(card.published_at or "", self.zone):
            return None
        excerpt = " ".join(_paragraphs(description)) if encoded else ""
        sighting = self.listed[card.story_id]
        thumbnail = item.find("media:thumbnail", NAMESPACES)
        return replace(
            self._empty_story(card.story_id, sighting),
            title=card.title,
            excerpt=excerpt or None,
            body=body,
            authors=[name for one in item.findall("dc:creator", NAMESPACES) if (name := (one.text or "").strip())],
            section=None if (section or "").lower() == "newspaper" else section,
            published_at=_as_iso(card.published_at, self.zone),
            edition_date=edition,
            image_url=thumbnail.get("url") if thumbnail is not None else None,
            extracted_by="feed",
        )

    def _xml(self, response: Response) -> Any:
        """The root of an XML document, entities unread; None, and the page recorded as failed, where it is none."""
        try:
            root = etree.fromstring(response.body, XML)
        except etree.XMLSyntaxError:
            root = None
        if root is None or root.tag.rpartition("}")[2] not in ("rss", "urlset", "RDF", "feed"):
            self._listing_is_broken(response, "not an XML feed or sitemap")
            return None
        if newskit.is_cut_short(response.body):
            self._listing_is_broken(response, f"cut short after {len(response.body)} bytes")
            return None
        if len(root) > MOST_ENTRIES:
            self._listing_is_broken(response, f"{len(root):,} entries, where a sitemap has at most {MOST_ENTRIES:,}")
            return None
        self._done(response, "parsed")
        return root

    def _sight(self, card: newskit.Card, **claims: Any) -> None:
        """Merges what a listing says of a story into what others said: the first to say something is believed.

        Before what an earlier try knew, which may have missed the first: that only fills what nobody says.
        """
        new = card.story_id not in self.listed
        earlier = self.told.pop(card.story_id, None)
        if earlier:
            self.listed[card.story_id] = Sighting(card.path)
        sighting = self.listed.setdefault(card.story_id, self.young.get(card.story_id) or Sighting(card.path))
        sighting.fill(Sighting(card.path, excerpt=card.excerpt, **claims))
        times = [read_instant(text, self.zone) for text in (card.published_at, card.updated_at) if text]
        sighting.changed_at = max(filter(None, (*times, sighting.changed_at)), default=None)
        if earlier:
            sighting.fill(earlier)
        if new:
            self.crawler.signals.send_catch_log(story_listed, story_id=card.story_id, sighting=sighting)

    def _sighting(self, story_id: str) -> Sighting:
        """What is said of a story by the listings, or else by whoever asked to look at it again."""
        return self.listed.get(story_id) or self.young[story_id]

    def _may_be_of(self, edition: date | None, shown: newskit.Card | newskit.Page) -> bool:
        """Whether the times shown on a card or page allow it to be of an edition: a promoted old story cannot be.

        A story goes online with its edition; an update can come at any time afterwards.
        """
        shown_at = read_instant(shown.published_at or shown.updated_at or "", self.zone)
        if edition is None or shown_at is None:
            return True
        day = shown_at.astimezone(self.zone).date()
        return edition - BEFORE_EDITION <= day and (not shown.published_at or day <= edition + AFTER_EDITION)

    def _editorial_box(self, cards: list[newskit.Card]) -> Iterator[Request]:
        """Asks for the pages of a side box's editorials, and keeps what the box says for where a page has no story."""
        for card in cards:
            new = card.story_id not in self.listed and card.story_id not in self.young
            self._sight(card, section="Editorial", editorial=True)
            self.boxed[card.story_id] = replace(
                self._empty_story(card.story_id, self.listed[card.story_id]),
                title=card.title,
                excerpt=card.excerpt,
                published_at=card.published_at,
                updated_at=card.updated_at,
                completeness="listed",
            )
            if new and not self.listings_left:
                yield self._story_request(card.story_id)

    def _listed_instead(self, story_id: str) -> Iterator[Story]:
        """What the editorial box said of a story whose page could not be read."""
        if story_id in self.boxed and story_id not in self.read:
            yield self.boxed.pop(story_id)

    def _all_listed(self) -> Iterator[Request]:
        """After the last listing: the pages of the stories that the listings named and the feeds did not carry, and
        of those that are to be looked at again.

        Where stored stories are known, those that a feed carried are asked for as well, marked `carried`: whether a
        changed one must be read from its page is for those to decide who know how it was stored.
        """
        self.listings_left -= 1
        if self.listings_left == 0:
            for story_id in {**self.listed, **self.young}:
                if story_id not in self.read or self.settings.getbool("STORIES_ARE_KNOWN"):
                    yield self._story_request(story_id)

    # --- stories ----------------------------------------------------------------------------------------------------

    def parse_story(self, response: Response, story_id: str) -> Iterator[Any]:
        """A story page: the story, and the box of editorials beside it."""
        root = self._page(response)
        if root is None:
            yield from self._listed_instead(story_id)
            return
        page = newskit.read_story(root, self.zone)
        if (page.title and NOT_FOUND.fullmatch(page.title)) or (not page.title and _is_not_found(response)):
            self._done(response, "gone", "the site's page for stories that it has not")
            yield from self._listed_instead(story_id)
            return
        self.read.add(story_id)
        yield self._story_of(page, response, story_id)
        if not self.story_id:  # whoever asks for one story wants no other
            yield from self._editorial_box(self._box_beside(root, story_id))
        self._done(response, "parsed")

    def _box_beside(self, root: newskit.Element, story_id: str) -> list[newskit.Card]:
        """The box of editorials on a story's page, without that story; none of it where the last box was the same.

        It stands on every page and hardly changes in a run.
        """
        box = newskit.editorial_box(root)
        written = [etree.tostring(element) for element in box]
        if written == self.last_box:
            return []
        cards = [card for element in box if (card := newskit.card_of(element, self.hosts, self.zone))]
        others = [card for card in cards if card.story_id != story_id]
        # on an editorial's own page the box lacks this one: another page must still tell that it is an editorial
        self.last_box = written if others == cards else []
        return others

    def _story_of(self, page: newskit.Page, response: Response, story_id: str) -> Story:
        """A story from its page, with what the listings said where the page does not contradict it."""
        sighting = self._sighting(story_id)
        if self._is_misprint(page, sighting):
            page = replace(page, edition_date=None)
        sighting = self._believed(page, sighting)
        editorial = page.editorial or sighting.editorial
        story = self._empty_story(story_id, sighting)
        story.title = page.title
        story.excerpt = page.excerpt or sighting.excerpt
        story.authors = page.authors
        story.section = "Editorial" if editorial else sighting.section or page.section
        story.kind = "editorial" if editorial else "article"
        story.published_at = page.published_at
        story.updated_at = page.updated_at
        story.edition_date = page.edition_date or (sighting.edition_date.isoformat() if sighting.edition_date else None)
        story.image_url = page.image_url
        story.image_caption = page.image_caption
        story.tags = page.tags
        if page.paragraphs:
            story.body = "\n\n".join(page.paragraphs)
        elif not page.textless:
            story.body, edition = fallback_body(response)
            story.edition_date = story.edition_date or edition
            story.extracted_by = "fallback" if story.body else "selectors"
        return story

    def _is_misprint(self, page: newskit.Page, sighting: Sighting) -> bool:
        """Whether the printed date cannot be that of the page's own time, and the edition that listed it can be.

        The year that has just ended, above all, in the first days of January.
        """
        if not (page.published_at and page.edition_date and sighting.edition_date):
            return False
        printed = date.fromisoformat(page.edition_date)
        return not self._may_be_of(printed, page) and self._may_be_of(sighting.edition_date, page)

    def _believed(self, page: newskit.Page, sighting: Sighting) -> Sighting:
        """The sighting, without its claims where the page says that it is of another day.

        A print page also shows promoted stories of other years; what it lists is of that edition only if the story's
        own date agrees. A page without any date confirms nothing.
        """
        if sighting.edition_date is None:
            return sighting
        if page.edition_date:
            agrees = page.edition_date == sighting.edition_date.isoformat()
        else:
            dated = page.published_at or page.updated_at
            agrees = bool(dated) and self._may_be_of(sighting.edition_date, page)
        if agrees:
            return sighting
        return replace(sighting, edition_date=None, editorial=False, section=None)

    def _empty_story(self, story_id: str, sighting: Sighting) -> Story:
        return Story(
            source=self.name,
            story_id=story_id,
            kind="editorial" if sighting.editorial else "article",
            url=f"{self.home_page}/news/{story_id}",
            title=None,
            section="Editorial" if sighting.editorial else sighting.section,
            language=self.language,
        )

    # --- what became of a page --------------------------------------------------------------------------------------

    def _page(self, response: Response) -> newskit.Element | None:
        """The root of an HTML page; None, and the page recorded as failed, where the response is none."""
        kind = (response.headers.get("Content-Type") or b"").decode("latin-1").lower()
        reason = f"not an HTML page but {kind or 'nothing'}, {len(response.body)} bytes"
        if isinstance(response, TextResponse) and (not kind or "html" in kind):
            try:
                root = newskit.parse(response.body, response.encoding)
            except etree.ParserError:
                root = None
            if root is not None and newskit.is_cut_short(response.body):
                reason = f"cut short after {len(response.body)} bytes"
            elif root is not None and root.find("body") is not None:
                return root
        if response.meta["role"] == "story":
            self._done(response, "failed", reason)
        else:
            self._listing_is_broken(response, reason)
        return None

    def broken(self, response: Response, reason: str) -> Iterator[Any]:
        """Records a page whose callback raised."""
        if response.meta["role"] == "story":
            self._done(response, "failed", reason)
            yield from self._listed_instead(response.meta["story_id"])
        else:
            self._listing_is_broken(response, reason)
            yield from self._all_listed()

    def story_failed(self, failure: Any) -> Iterator[Any]:
        outcome, reason = _outcome_of(failure)
        self._tell(failure.request, outcome, reason, getattr(failure.value, "response", None))
        if outcome != "unchanged":
            yield from self._listed_instead(failure.request.meta["story_id"])

    def listing_failed(self, failure: Any) -> Iterator[Any]:
        """A section that a day lacks is information; one that cannot be had makes the edition incomplete."""
        outcome, reason = _outcome_of(failure)
        if outcome == "failed":
            self.failed_listings.append(f"{urlsplit(failure.request.url).path}: {reason}")
        self._tell(failure.request, outcome, reason, getattr(failure.value, "response", None))
        yield from self._all_listed()

    def _listing_is_broken(self, response: Response, reason: str) -> None:
        self.failed_listings.append(f"{urlsplit(response.url).path}: {reason}")
        self._done(response, "failed", reason)

    def _done(self, response: Response, outcome: str, reason: str | None = None) -> None:
        """Tells what became of a page that was answered."""
        if response.request:
            self._tell(response.request, outcome, reason, response)

    def _tell(self, request: Request, outcome: str, reason: str | None, response: Response | None) -> None:
        self._count(f"{request.meta['role']}/{outcome}")
        level = self.logger.warning if outcome in ("failed", "refused") else self.logger.info
        level("%s %s%s", outcome, request.url, f": {reason}" if reason else "")
        self.crawler.signals.send_catch_log(
            page_done,
            url=request.url,
            role=request.meta["role"],
            story_id=request.meta.get("story_id"),
            outcome=outcome,
            reason=reason,
            response=response,
        )

    def _count(self, name: str, by: int = 1) -> None:
        self.crawler.stats.inc_value(f"akhbar/{name}", by)


def _as_stored(story: dict[str, Any]) -> Sighting:
    """What listings said of a story when it was read earlier, so that reading it again gives the same."""
    path = urlsplit(story["url"]).path
    if not newskit.STORY_PATH.fullmatch(path):  # one that leads off the site once the site's address stands before it
        path = f"/news/{story['story_id']}"
    editorial = story.get("kind") == "editorial"
    edition = date.fromisoformat(str(story["edition_date"])) if story.get("edition_date") else None
    return Sighting(path, story["section"], editorial, story.get("excerpt"), edition)


def _outcome_of(failure: Any) -> tuple[str, str]:
    """What became of a page that could not be read, and why, from Twisted's failure."""
    error = failure.value
    response = getattr(error, "response", None)
    if isinstance(error, MovedError):
        return "moved", str(error)
    if isinstance(error, RefusedError):
        return "refused", str(error)
    if response is not None and response.status == 304:
        return "unchanged", "answered 304"
    if response is not None and response.status in (404, 410):
        return "gone", f"answered {response.status}"
    if response is not None:
        return "failed", f"answered {response.status} after {failure.request.meta.get('retry_times', 0) + 1} tries"
    return "failed", f"{type(error).__name__}: {error}".rstrip(": ")


def _is_not_found(response: Response) -> bool:
    """Whether a page without a headline says in its title or first heading that there is no such story."""
    said = response.xpath("//title//text() | //h1//text() | //h2//text()").getall()
    return any(NOT_FOUND.match(text) for text in said)


def fallback_body(response: Response) -> tuple[str, str | None]:
    """The text that a general extractor finds on a page, and the edition it names; empty where it finds none."""
    import trafilatura  # takes a tenth of a crawl's start, and most crawls need it for no page

    found = trafilatura.extract(response.text, include_comments=False, include_tables=False, no_fallback=False) or ""
    lines, edition = newskit.split_body([line.lstrip("- ").strip() for line in found.splitlines() if line.strip()])
    return "\n\n".join(lines), edition


def _paragraphs(fragment: str) -> list[str]:
    """The paragraphs of a piece of HTML as feeds carry it."""
    if not fragment.strip():
        return []
    try:
        return newskit.paragraphs(html.fragment_fromstring(fragment, create_parent="div"))
    except etree.ParserError:
        return []


def _as_iso(text: str | None, zone: ZoneInfo) -> str | None:
    instant = read_instant(text, zone) if text else None
    return instant.isoformat() if instant else text
