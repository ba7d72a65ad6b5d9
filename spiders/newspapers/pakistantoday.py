"""Pakistan Today (pakistantoday.com.pk), a WordPress site with the tagDiv Newspaper theme.

- A story has no number: its path, with the date, is its id. If an editor changes the path, the story gets a new id.
- Editorials are the stories of the author "Editorial", who has a listing.
- There is no print edition online: a day is read from the archive of its date.
- No page of the site was seen. Other programs show the markup of its listings and stories (2020 to 2026), its feeds,
  and its sitemap index `/wp-sitemap.xml`. Not known: what `robots.txt` contains, and whether pages have JSON-LD.
- Not crawled: comments, tags, and the sister site Profit (profit.pakistantoday.com.pk).
"""

from akhbar.newspaper import Newspaper

NEWSPAPER = Newspaper(
    name="pakistantoday",
    publisher="Pakistan Today",
    home_page="https://www.pakistantoday.com.pk",
    timezone="Asia/Karachi",
    language="en",
    # WordPress adds its index of sitemaps to robots.txt; plugins such as Yoast replace it with their own
    child_sitemaps=r"/(?:wp-sitemap-posts-post-|post-sitemap|news-sitemap)[0-9]*\.xml",
    feeds=("/feed/", "/category/national/feed/", "/category/opinion-pt/feed/"),
    listings={"/category/national/": "National", "/category/opinion-pt/": "Opinion"},
    editorial_listings=("/author/editorial/",),
    dated=("/{year}/{month}/{day}/",),
    story_url=r"/(?:19|20)[0-9]{2}/[0-9]{2}/[0-9]{2}/(?!(?:feed|page)/?$)[^/]+/?",
    editorial_author="Editorial",  # the name is inferred from the path of the listing
    title_from=("h1", "ld", "og"),
    byline=("a.tdb-author-name", ".td-post-author-name a"),
    date=("div > time.entry-date", ".td-post-title time.entry-date"),  # cards of other stories have it in a span
    # the theme's own names, not seen on this site
    section=("a.tdb-entry-crumb[title^='View all posts in']", "a.entry-crumb[title^='View all posts in']"),
    tags=("ul.tdb-tags a", "ul.td-tags a"),
    body=("div.td-post-content",),
    leave_out=("div.td-post-content div.td_block_wrap",),  # blocks such as "Related articles"
)
