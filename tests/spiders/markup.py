"""Builders of the platform's markup, for pages whose text a test writes itself."""

import json
from typing import Any

from lxml import html

from spiders.reading.html import Element


def element(markup: str) -> Element:
    """A `div` with this markup inside."""
    made: Element = html.fragment_fromstring(markup, create_parent="div")
    return made


def meta(name: str, content: str) -> str:
    return f"<meta property='{name}' content='{content}'>"


def ld_json(block: Any = None, /, **article: Any) -> str:
    """A script element with a JSON-LD block, or with a news article that has these properties."""
    return f"<script type='application/ld+json'>{json.dumps(block or news_article(**article))}</script>"


def news_article(**properties: Any) -> dict[str, Any]:
    return {"@context": "https://schema.org", "@type": "NewsArticle", **properties}


def breadcrumbs(*items: Any) -> str:
    return ld_json({"@type": "BreadcrumbList", "itemListElement": list(items)})


def byline(content: str) -> str:
    return f"<span class='story__byline'>{content}</span>"


def card(number: int, headline: str = "Ferries return", excerpt: str = "", time: str = "") -> str:
    """A story in a listing."""
    link = f"<a href='https://www.dawn.com/news/{number}/ferries' class='story__link'>{headline}</a>"
    shown = f"<div class='story__excerpt'>{excerpt}</div>"
    return f"<article class='story box'><h2 class='story__title'>{link}</h2>{shown}{time}</article>"


def time(label: str, instant: str) -> str:
    """A labelled time: "Published" or "Updated"."""
    return (
        f"<span class='story__time'><span class='timestamp--label'>{label}</span> "
        f"<span class='timestamp--time timeago' title='{instant}'>then</span></span>"
    )


def unknown_layout(title: str) -> str:
    """A story page that has none of the platform's layouts."""
    return (
        f"<html><head><meta property='og:title' content='{title}'></head><body><main><h1>{title}</h1>"
        "<p>THATTA: The first ferry in a decade crossed the lake on Monday, with forty people and one goat on "
        "board.</p><p>Its owner said that the fare would stay at twenty rupees until the bridge is repaired, whenever "
        "that is.</p><ul><li>The ferry leaves at eight in the morning from the northern pier, and at five from the "
        "southern.</li></ul><p>Published in Dawn, January 22nd, 2016</p></main></body></html>"
    )
