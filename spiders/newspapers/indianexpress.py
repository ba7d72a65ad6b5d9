"""The Indian Express (indianexpress.com), a WordPress site.

- A day is read from its own sitemap, which lists everything published on it.
- Editorials are known by their path. Their listing has also contained "Forty Years Ago" notes, which describe old front
  pages, are credited to "Editorial" too, and now have a section of their own.
- A paid story is stored with its synopsis only, if its page says in JSON-LD that it is paid. Seven pages of 2023 were
  seen, but no paid story, no listing and no sitemap.
- Not crawled: galleries and videos, which also call themselves NewsArticle, live blogs, the copies of stories at
  `/lite/`, stories of 2015 and before, whose paths have no number, and comments.
"""

from akhbar.newspaper import Newspaper

NEWSPAPER = Newspaper(
    name="indianexpress",
    publisher="The Indian Express",
    home_page="https://indianexpress.com",
    timezone="Asia/Kolkata",
    language="en",
    sitemaps=("/news-sitemap.xml",),
    feeds=("/feed/", "/section/opinion/editorials/feed/"),
    listings={"/section/opinion/editorials/": None, "/section/india/": None},
    dated=("/sitemap.xml?yyyy={year}&mm={month}&dd={day}",),  # one other program of 2024 reads these
    story_url=r"/article/(?:[^/]+/)+[^/]*?(?P<id>[0-9]{5,})/?",
    not_story_url=r"-live-(?:[a-z]+-)?(?:updates?|score)-",
    # The notes' paths were not seen. In 2018 the editorials' listing had them, now /section/opinion/40-years-ago/ has.
    editorial_path=r"^/article/opinion/editorials/(?!.*(?:forty|40)-years-ago)",
    body=("div#pcl-full-content",),
    leave_out=("span.custom-caption", "div.editor-share", "div.audio-player-tts-sec", "div.ie-first-publish"),
    not_authors=("Express News Service", "Express Web Desk", "IE Online"),
)
