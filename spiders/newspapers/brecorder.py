"""Business Recorder (brecorder.com), Karachi, a daily about the economy, on the NewsKit platform like Dawn.

- A day is read from the dated listings of the sections, `/<section>/YYYY-MM-DD`. Stories of the print edition have the
  badge "Print" and are in the sections too; robots.txt disallows `*/print`, so the list `/print` is not read.
- Editorials are listed at `/editorials`, and their text begins with "EDITORIAL:". Letters are listed at `/opinion`.
- Any path that begins with that of a section returns a listing: links to listings are not followed.
- No complete page was seen. Known are the text of listings (2024), a feed (2026) and the selectors of other programs.
- Not crawled: comments, share prices, tenders, companies' pages. A plain client may be refused pages, but not feeds.
"""

from akhbar.newspaper import Newspaper

SECTIONS = (
    *("latest-news", "pakistan", "business-finance", "markets", "world", "br-research", "opinion", "perspectives"),
    *("technology", "life-style", "sports", "supplements"),
)

NEWSPAPER = Newspaper(
    name="brecorder",
    publisher="Business Recorder",
    home_page="https://www.brecorder.com",
    timezone="Asia/Karachi",
    language="en",
    platform="newskit",
    story_url=r"/news/(?P<id>[0-9]{1,12})(?P<slug>/[^/?#]*)?/?",
    sitemaps=("/feeds/sitemap",),
    feeds=("/feeds/latest-news", "/feeds/pakistan", "/feeds/markets", "/feeds/business-finance"),
    listings={"/latest-news": None},
    editorial_listings=("/editorials", "/editorials/{date}"),
    dated=tuple(f"/{section}/{{date}}" for section in SECTIONS),
    not_sections=("Print", "Home", "Latest", "News", "Brecorder"),
)
