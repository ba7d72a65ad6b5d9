"""Dawn (dawn.com), Pakistan's paper of record, on the NewsKit platform.

- The whole paper goes online early in the morning, so crawl an edition after 08:00 in Karachi. It is not an error if a
  section is missing on some day.
- robots.txt disallows `/archive` and `/search`; neither is crawled.
- Links to sister sites (Images, Aurora, Prism, dawnnews.tv) and live blogs are counted but not followed. Videos, charts
  and similar pages are stored without text.
- Not crawled: comments, obituaries, the e-paper.
"""

from akhbar.newspaper import Edition, Latest, Newspaper

NEWSPAPER = Newspaper(
    name="dawn",
    publisher="Dawn",
    home_page="https://www.dawn.com",
    timezone="Asia/Karachi",
    language="en",
    platform="newskit",
    story_url=r"/news/(?P<id>[0-9]{1,12})(?P<slug>/[^/?#]*)?/?",
    sitemaps=("/feeds/sitemap",),
    feeds=tuple(
        f"/feeds/{section}"
        for section in (
            *("home", "latest-news", "pakistan", "world", "business"),
            *("opinion", "sport", "newspaper", "tech", "prism"),
        )
    ),
    listings={"/latest-news": None},
    not_sections=("Newspaper", "Home", "News"),
    edition=Edition(
        path="/newspaper/{section}/{date}",
        sections={
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
            "50-years-ago": "Fifty Years Ago",
            "70-years-ago": "Seventy Years Ago",
            "75-years-ago": "Seventy-five Years Ago",
            "/sp-supplements/national-days/{date}": "National Days",
            "/sp-supplements/lifestyle/{date}": "Lifestyle",
            "/sp-supplements/education/{date}": "Education",
            "/sp-supplements/agriculture/{date}": "Agriculture",
            "/sp-supplements/yearender/{date}": "Yearender",
            "business-finance": "Business and Finance",
            "books-authors": "Books and Authors",
            "young-world": "Young World",
            "sunday-magazine": "Sunday Magazine",
            "eos": "EOS",
            "icon": "Icon",
        },
        schedule="30 8 * * *",
        due="10:00",
    ),
    latest=Latest(schedule="*/30 * * * *", stale_after_hours=3),
)
