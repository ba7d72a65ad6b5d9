"""A newspaper whose story ids are paths, with its site: each path of `tests.akhbar.ids` is a story."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import escape
from urllib.parse import quote, unquote

from tests.akhbar.ids import IDS
from tests.replica import Answer, Replica, html, plain, xml
from tests.second_newspaper import GAZETTE

CHRONICLE = replace(
    GAZETTE,
    name="chronicle",
    publisher="The Chronicle",
    home_page="https://www.chronicle.example",
    platform=None,
    story_url=None,
    sitemaps=("/sitemap.xml",),
    feeds=(),
    listings={"/latest": None},
    edition=None,
)

STORY = """<html><head><title>{title}</title><meta property="article:published_time" content="{published}"></head>
<body><article><h1>{title}</h1><p>{text}</p><p>{text}</p></article></body></html>"""


class ChronicleSite(Replica):
    """Its listing has the paths as they are, its sitemap has them percent-encoded."""

    published = datetime.now(UTC) - timedelta(minutes=9)

    def answer(self, path: str) -> Answer:
        stories = {unquote(known): story_id for story_id, known in IDS.items()}
        if path in stories:
            return html(self._story(stories[path]))
        if path == "/sitemap.xml":
            urls = (f"<url><loc>{CHRONICLE.home_page}{quote(known, safe='/%')}</loc></url>" for known in IDS.values())
            return xml(f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{"".join(urls)}</urlset>')
        if path == "/latest":
            links = (f'<li><a href="{escape(known)}">{title_of(one)}</a></li>' for one, known in IDS.items())
            return html(f"<html><body><main><ul>{''.join(links)}</ul></main></body></html>")
        return plain("User-agent: *\nAllow: /") if path == "/robots.txt" else html("<html><body><p>…</p></body></html>")

    def _story(self, story_id: str) -> str:
        text = f"The text of the story of {title_of(story_id)}, which is long enough to be the text of a story. " * 4
        return STORY.format(title=title_of(story_id), published=self.published.isoformat(), text=text)


def title_of(story_id: str) -> str:
    return f"The title of story {list(IDS).index(story_id)}"
