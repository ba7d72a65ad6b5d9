"""A second newspaper on the replica's platform, with another name, host, addresses and sections, declared in one
file."""

import shutil
from dataclasses import replace
from pathlib import Path

from akhbar.newspaper import Edition, Newspaper
from akhbar.settings import ROOT
from tests.replica import Answer, Replica

GAZETTE = Newspaper(
    name="gazette",
    publisher="The Gazette",
    home_page="https://www.gazette.example",
    timezone="Asia/Karachi",
    language="en",
    platform="newskit",
    story_url=r"/story/(?P<id>[0-9]{1,12})(?P<slug>/[^/?#]*)?/?",
    sitemaps=("/sitemap-news.xml",),
    feeds=("/rss",),
    listings={"/today": None},
    editorial_section="Leaders",
    edition=Edition(
        path="/paper/{date}/{section}",
        sections={"main": "Main Page", "leaders": "Leaders"},
        schedule="0 7 * * *",
        due="09:15",
    ),
)

PATHS = {
    "/rss": "/feeds/home",
    "/sitemap-news.xml": "/feeds/sitemap",
    "/today": "/latest-news",
    "/paper/2016-01-22/main": "/newspaper/front-page/2016-01-22",
    "/paper/2016-01-22/leaders": "/newspaper/editorial/2016-01-22",
}
"""The replica's path of the page that the second newspaper serves at each path."""

WORDS = ((b"www.dawn.com", b"www.gazette.example"), (b"dawn.com", b"gazette.example"), (b"/news/", b"/story/"))


class GazetteSite(Replica):
    """The replica's pages as the second newspaper would serve them."""

    def answer(self, path: str) -> Answer:
        there = PATHS.get(path, path.replace("/story/", "/news/"))
        answer = super().answer(there)
        body, headers = answer.body, dict(answer.headers)
        for replica, gazette in WORDS:
            body = body.replace(replica, gazette)
            if "Location" in headers:
                headers["Location"] = headers["Location"].replace(replica.decode(), gazette.decode())
        return replace(answer, body=body, headers=headers)


def declaration(paper: Newspaper) -> str:
    """The source of a module of `spiders/newspapers/` that declares a newspaper."""
    return (
        f'"""Made for a test."""\n\nfrom akhbar.newspaper import Edition, Latest, Newspaper\n\nNEWSPAPER = {paper!r}\n'
    )


def checkout(folder: Path, **modules: str) -> Path:
    """A copy of the project in a folder, with additional modules in `spiders/newspapers/`, by name."""
    ignored = shutil.ignore_patterns("__pycache__")
    for name in ("akhbar", "spiders", "sql", "dags", "plugins"):
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    shutil.copy(ROOT / "scrapy.cfg", folder)
    for name, source in modules.items():
        (folder / "spiders" / "newspapers" / f"{name}.py").write_text(source)
    return folder
