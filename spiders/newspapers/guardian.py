"""The Guardian (theguardian.com), London, with the Observer's stories from the years in which they shared a site.

- A day is read from the sections' `/all` pages, which list its stories by their publication in UTC, at most 50 each. On
  a day without stories, a section redirects to an older day, which is not followed.
- Stories are identified by their paths. One that moves to another section is stored again under its new path.
- robots.txt refers to the site's terms of use: training language models, for example, needs a licence.
- Not crawled: live blogs, galleries, cartoons, videos, podcasts, interactives, crosswords, comments. A story behind the
  sign-in gate is stored with its standfirst only.
"""

from akhbar.newspaper import Newspaper

DAY = "{year}/{mon}/{day}/all"
# `/all` is known from world, us-news, football and tone/editorials. The site's own code has it for any section or tag.
SECTIONS = (
    *("world", "uk-news", "us-news", "australia-news", "politics", "business", "environment", "technology", "science"),
    *("society", "education", "media", "global-development", "commentisfree", "culture", "sport", "football"),
)

NEWSPAPER = Newspaper(
    name="guardian",
    publisher="The Guardian",
    home_page="https://www.theguardian.com",
    timezone="Europe/London",
    language="en",
    sitemaps=("/sitemaps/news.xml",),
    feeds=("/world/rss", "/uk-news/rss", "/commentisfree/rss"),
    listings={"/world/all": None},
    editorial_listings=("/profile/editorial", "/profile/editorial/rss", f"/tone/editorials/{DAY}"),
    dated=tuple(f"/{section}/{DAY}" for section in SECTIONS),
    story_url=r"/(?:[a-z0-9-]+/)+[0-9]{4}/[a-z]{3}/[0-9]{2}/(?!(?:all|altdate)/?$)[^/]+",
    not_story_url=r"/(?:audio|cartoon|crosswords|gallery|live|ng-interactive|picture|video)/",
    editorial_author="Editorial|Observer editorial",
    title_from=("h1", "ld", "og"),  # og:title of an editorial ends with "| Editorial", of a column with its author
    body=("div.article-body-viewer-selector", "div.content__article-body"),
    leave_out=(".after-article", ".submeta", "#sign-in-gate"),
    not_authors=("Guardian staff reporter", "Observer editorial"),  # the first also stands for agencies
)
