"""Stories: what a page, a feed item or a card says about a story, combined with what listings say."""

from dataclasses import replace
from datetime import date, timedelta

from akhbar.newspaper import Newspaper
from akhbar.story import Story
from spiders.discovery import ListedStory
from spiders.feeds import FeedItem
from spiders.listings import Card
from spiders.reading import Article
from spiders.reading.bylines import without_own_names
from spiders.site import Site

BEFORE_EDITION, AFTER_EDITION = timedelta(days=7), timedelta(days=1)
"""An edition's stories go online that morning; some of its magazines' stories days earlier."""


def page_story(site: Site, article: Article, story_id: str, listed: ListedStory) -> Story:
    """A story from its page. What listings say counts unless the page contradicts it."""
    if _is_misprint(site, article, listed):
        article = replace(article, edition_date=None)
    listed = _confirmed(site, article, listed)
    editorial = article.editorial or listed.editorial
    story = _empty_story(site, story_id, listed)
    story.title = article.title
    story.excerpt = article.excerpt or listed.excerpt
    story.authors = article.authors
    story.section = site.paper.editorial_section if editorial else listed.section or article.section
    story.kind = "editorial" if editorial else "article"
    story.published_at = article.published_at
    story.updated_at = article.updated_at
    story.published_date = article.published_date
    story.edition_date = article.edition_date or (listed.edition_date.isoformat() if listed.edition_date else None)
    story.image_url = article.image_url
    story.image_caption = article.image_caption
    story.tags = article.tags
    story.body = None if article.textless else "\n\n".join(article.paragraphs)
    story.extracted_by = article.extracted_by
    if article.is_cut:
        story.excerpt = story.excerpt or next(iter(article.paragraphs), None)
        story.body, story.extracted_by, story.completeness = None, "general", "listed"
    return story


def feed_story(site: Site, item: FeedItem, listed: ListedStory) -> Story:
    """A story from a feed item: the whole story if the item contains it, otherwise what a listing would show."""
    paper = site.paper
    section = item.section if item.section and paper.is_section(item.section) else None
    names = item.content.authors if item.content else []
    authors = without_own_names(names, paper.own_names | {name.casefold() for name in paper.not_authors})
    if paper.is_editorial_section(section) or paper.is_editorial(item.card.path, item.card.title, names):
        listed = replace(listed, editorial=True)
    elif is_signed_column(paper, authors):
        listed = replace(listed, editorial=False)
    story = replace(listed_story(site, item.card, listed), section=section, updated_at=None, extracted_by="feed")
    if item.content is None:
        return story
    return replace(
        story,
        excerpt=item.content.excerpt,
        body=item.content.body,
        authors=authors,
        edition_date=item.content.edition_date,
        image_url=item.content.image_url,
        completeness="full",
    )


def listed_story(site: Site, card: Card, listed: ListedStory) -> Story:
    """A story from its card in a listing."""
    return replace(
        _empty_story(site, card.story_id, listed),
        title=card.title,
        excerpt=card.excerpt,
        published_at=card.published,
        updated_at=card.updated_at,
        completeness="listed",
    )


def may_be_of(site: Site, edition: date | None, shown: Card | Article) -> bool:
    """Whether the timestamps of a card or page are consistent with an edition. Those of a promoted old story are not.

    A story goes online with its edition; it can be updated at any later time.
    """
    shown_at = site.timestamp(shown.published, shown.updated_at)
    if edition is None or shown_at is None:
        return True
    day = shown_at.astimezone(site.paper.zone).date()
    return edition - BEFORE_EDITION <= day and (not shown.published or day <= edition + AFTER_EDITION)


def is_signed_column(paper: Newspaper, authors: list[str]) -> bool:
    """Whether a story with these authors is not an editorial, although a list of editorials contains it: a list can
    also show a promoted column, and the newspaper's editorials are those of its declared author."""
    return bool(paper.editorial_author and authors)


def _is_misprint(site: Site, article: Article, listed: ListedStory) -> bool:
    """Whether the printed date contradicts the page's own timestamp, while the edition that listed the story agrees
    with it.

    Usually it is last year's number, in the first days of January.
    """
    if not (article.published and article.edition_date and listed.edition_date):
        return False
    printed = date.fromisoformat(article.edition_date)
    return not may_be_of(site, printed, article) and may_be_of(site, listed.edition_date, article)


def _confirmed(site: Site, article: Article, listed: ListedStory) -> ListedStory:
    """The data from listings, without what the page contradicts.

    A print page also shows promoted stories from other years: what an edition claims counts only if the page's own date
    confirms it.
    """
    if is_signed_column(site.paper, article.authors) and not article.editorial:
        listed = replace(listed, editorial=False)
    if listed.edition_date is None:
        return listed
    if article.edition_date:
        agrees = article.edition_date == listed.edition_date.isoformat()
    else:
        dated = article.published or article.updated_at
        agrees = bool(dated) and may_be_of(site, listed.edition_date, article)
    return listed if agrees else replace(listed, edition_date=None, editorial=False, section=None)


def _empty_story(site: Site, story_id: str, listed: ListedStory) -> Story:
    paper = site.paper
    return Story(
        source=paper.name,
        story_id=story_id,
        kind="editorial" if listed.editorial else "article",
        url=paper.home_page + paper.stored_path(listed.path),
        title=None,
        section=paper.editorial_section if listed.editorial else listed.section,
        language=paper.language,
    )
