"""The Express Tribune (tribune.com.pk), Karachi.

- Nothing in a story's URL says what it is. Editorials are the stories of the listing `/opinion/editorial`, and those
  of the author "Editorial".
- A day is read from the web archive of its date. A printed story says in its last line when it was printed.
- The site serves the same listings under endless addresses, such as `/story/1592026/…/opinion/editorial?page=29`: only
  the pages of a declared address are read.
- No page of the site was seen. Other programs show the markup of its listings and stories (2013 to 2026), a feed item
  and the sitemap index. Not known: robots.txt, whether pages have JSON-LD, and the names of all feeds and sections.
- Not crawled: comments, the e-paper, T-Magazine, and the Urdu sister paper (express.pk).
"""

from akhbar.newspaper import Newspaper

NEWSPAPER = Newspaper(
    name="tribune",
    publisher="The Express Tribune",
    home_page="https://tribune.com.pk",
    timezone="Asia/Karachi",
    language="en",
    sitemaps=("/sitemap.xml",),
    child_sitemaps=r"/sitemap/posts-[0-9]+\.xml",  # sitemap_main.xml lists sections, without dates
    feeds=("/feed/home", "/feed/latest", "/feed/pakistan", "/feed/business", "/feed/world"),
    listings={"/latest": None},
    editorial_listings=("/opinion/editorial",),
    dated=("/listing/web-archive/{date}",),  # `/archive/{date}` ignores the date
    story_url=r"/story/(?P<id>[0-9]{1,12})(?P<slug>/[^/?#]*)?/?",
    cards=("ul.tedit-shortnews.listing-page",),
    editorial_author="Editorial",
    title_from=("div.story-box-section h1", "h1.title"),
    byline=("div.left-authorbox", "div.author"),  # the second of each is that of 2013 to 2018
    date=("div.left-authorbox span", "div.timestamp"),
    body=("div.mainstorycontent-parent span.story-text", "div.news_content", "div.story-content"),
    not_lines=r"Listen to article|Like .{1,60} on Facebook, follow @\w+ on Twitter .*",
)
