"""Dawn (dawn.com), Pakistan's paper of record, on the NewsKit platform.

- The paper goes online in one batch before breakfast: read an edition after 08:00 in Karachi. A section that is missing
  on a day is not an error.
- robots.txt forbids `/archive` and `/search`; neither is read.
- Sister sites (Images, Aurora, Prism, dawnnews.tv) and live blogs are counted, not followed. Videos, charts and the
  like are stored without text.
- Not read: comments, obituaries, the e-paper.
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
