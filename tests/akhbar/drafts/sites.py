"""Small sites for tests of drafts: each path has an answer of its own."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from tests.replica import Answer, Site, html, plain, xml

HOME = "https://www.courier.example"


class SmallSite(Site):
    def __init__(self, pages: Mapping[str, Answer]) -> None:
        super().__init__()
        self.pages = dict(pages)

    def page(self, path: str) -> Answer:
        return self.pages.get(path, html("<h1>Page not found</h1>", 404))


def front(links: str = "", head: str = "") -> Answer:
    """A home page that names its host."""
    return html(
        f'<html lang="en"><head><link rel="canonical" href="{HOME}/"><title>Courier</title>{head}</head>'
        f"<body><main>{links}</main></body></html>"
    )


def story(number: int, head: str = "", time: str | None = None) -> Answer:
    """A story whose time of publication has the offset of Karachi."""
    shown = time if time is not None else f"{datetime.now(UTC) - timedelta(hours=number):%Y-%m-%dT%H:%M:%S}+05:00"
    published = f'<meta property="article:published_time" content="{shown}">' if shown else ""
    text = "".join(
        f"<p>Paragraph {n} of story {number}: the ferries are back on the lake, and the crews are glad of it, "
        "since the buses were late on most days of the year.</p>"
        for n in range(4)
    )
    return html(
        f'<html lang="en"><head><title>Ferries return to lake {number} | Courier</title>{published}{head}</head>'
        f"<body><main><article><h1>Ferries return to lake {number}</h1>{text}</article></main></body></html>"
    )


def path(number: int) -> str:
    return f"/lake/ferries-return-to-lake-{number + 40_000}"


def links(*numbers: int) -> str:
    return "".join(f'<p><a href="{path(number)}">Ferries return to lake {number}</a></p>' for number in numbers)


def small_newspaper() -> dict[str, Answer]:
    """A newspaper with six stories, a home page and a robots.txt; no feeds and no sitemaps."""
    pages: dict[str, Answer] = {"/robots.txt": plain(""), "/": front(links(*range(1, 7)))}
    pages |= {path(number): story(number) for number in range(1, 7)}
    return pages


def sitemap(*numbers: int) -> Answer:
    entries = "".join(f"<url><loc>{HOME}{path(number)}</loc></url>" for number in numbers)
    return xml(f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</urlset>')
