"""DawnNews (dawnnews.tv), Karachi, the Urdu site of Dawn's publisher, on the NewsKit platform; written right to left.

- The evidence is thin: no page of the site was seen. Other programs (2018 to 2025) show the paths of stories, of
  `/latest-news` and of three feeds, the classes of the headline, byline, time and text, and the words "شائع"
  (published), "اپ ڈیٹ" (updated), "مزید پڑھیں" and "یہ بھی پڑھیں" (read more). They read times as the name of the month
  in Urdu, with Western digits and no time zone.
- Assumed, as in other Urdu newspapers: datelines ("کراچی:"), "از" before an author, Urdu digits, and "اداریہ"
  (editorial) as a byline. Not known: whether the site has a list of editorials or listings by date, what robots.txt
  contains, and whether its pages have metadata.
- Not crawled: comments, blogs on other hosts, live television. Videos are stored without text.
"""

from akhbar.newspaper import Newspaper

NEWSPAPER = Newspaper(
    name="dawnnews",
    publisher="DawnNews",
    home_page="https://www.dawnnews.tv",
    timezone="Asia/Karachi",
    language="ur",
    platform="newskit",
    story_url=r"/news/(?P<id>[0-9]{1,12})(?P<slug>/[^/?#]*)?/?",
    feeds=("/feeds/pakistan", "/feeds/world", "/feeds/business"),
    listings={"/latest-news": None},
    editorial_section="اداریہ",
    not_sections=("News", "Home", "Dawn News", "Dawn News Urdu", "ڈان نیوز"),
)
