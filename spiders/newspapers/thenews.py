"""The News International (thenews.com.pk), Karachi, of the Jang group.

- Pages show the day of publication without a time: stories have a `published_date` and no `published_at`.
- `/print` (the newspaper) and `/latest` (the website) number their stories in one sequence. The stored URL has its
  slug: without it, the site answers with a `Refresh` header. A missing story leads to the home page.
- Nothing in a story's URL says that it is an editorial: those of the listing `/print/category/editorial` are.
- The writer of a letter and the town are the last paragraphs of its text.
- No page of the site was seen, only texts of some. Other programs show the markup of its listings and stories (2018 to
  2026). Not known: how a listing names its next page, and whether the dates of JSON-LD have a time.
- Not crawled: print editions by date, which exist only as images; the magazine TNS; comments.
"""

from akhbar.newspaper import Newspaper

NEWSPAPER = Newspaper(
    name="thenews",
    publisher="The News International",
    home_page="https://www.thenews.com.pk",
    timezone="Asia/Karachi",
    language="en",
    sitemaps=("/assets/uploads/google_news_latest.xml",),  # /sitemap.xml lists sections only
    listings={
        "/latest-stories": None,
        "/latest": None,
        "/print/category/top-story": "Top Story",
        "/print/category/national": "National",
        "/print/category/opinion": "Opinion",
    },
    editorial_listings=("/print/category/editorial",),
    story_url=r"/(?:print|latest)/(?P<id>[0-9]{1,12})(?:-[^/?#]*)?/?",
    cards=("div.writter-list-item-story",),
    title_from=("div.detail-heading h1",),
    byline=("div.category-source",),
    date=("div.category-date",),
    body=("div.story-detail",),
    # the first 120 characters of other stories, which follow the text like paragraphs of it
    not_lines=r".{90,120}\w(?:\.\.\.|…)",
    not_authors=("The News",),
)
