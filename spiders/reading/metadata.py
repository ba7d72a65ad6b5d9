"""The metadata of a page: its `meta` elements, its title, its JSON-LD and the properties of its article (microdata)."""

import html
import json
import re
from collections.abc import Collection, Iterator
from typing import Any
from urllib.parse import urlsplit

from spiders.reading.html import Element, text_of

Block = dict[str, Any]
"""An object of JSON-LD, its keys in lower case."""

WRAPPED = re.compile(
    r"^\s*(?:(?:/\*|//)?\s*(?:<!--|<!\[CDATA\[)\s*(?:\*/)?\s*)*(?P<json>.*?)"
    r"(?:\s*(?:/\*|//)?\s*(?:-->|\]\]>)\s*(?:\*/)?|\s*;)*\s*$",
    re.DOTALL,
)
"""JSON in a script can be wrapped in an HTML comment or a CDATA section, and end with a semicolon."""
TRAILING_COMMA = re.compile(r",(?=\s*[}\]])")
ARTICLE_TYPES = ("article", "blogposting", "report")
"""Endings of schema.org's types of articles, such as NewsArticle and LiveBlogPosting: https://schema.org/Article"""
NO_ARTICLES_OF_ITS_OWN = ("aside", "nav", "footer")
DEEPEST = 6
"""Levels of objects in a JSON-LD block that are searched for the article."""
NO_NAME = re.compile(r"https?:|www\.|//|\S+@\S+|@\S+|[\d\W_]*$", re.IGNORECASE)
"""What stands where a name should: an address, an e-mail address, a handle, nothing."""


class Metadata:
    """What a page says about its story to machines. A broken JSON-LD block is ignored, since another may be valid."""

    def __init__(self, root: Element) -> None:
        self._meta: dict[str, list[str]] = {}
        self._scoped: dict[Element, dict[str, list[str]]] = {}
        self.title: str | None = None
        blocks: list[Block] = []
        for element in root.iter("meta", "title", "script"):
            if element.tag == "script":
                blocks += _json_ld(element)
            elif element.tag == "title":
                self.title = text_of(element) if self.title is None else self.title
            else:
                self._read_meta(element)
        self._by_id = {block["@id"]: block for block in reversed(blocks) if isinstance(block.get("@id"), str)}
        self._article = self._own_article([block for block in blocks if _is_article(block)])
        self._breadcrumbs = next((block for block in blocks if _is_type(block, ("breadcrumblist",))), {})
        for name, values in self._own_scope().items():
            self._meta.setdefault(name, []).extend(values)

    def _read_meta(self, element: Element) -> None:
        """Properties of microdata belong to the item around them, which can be another story."""
        name = element.get("property") or element.get("name")
        content = (element.get("content") or "").strip()
        found = self._meta
        if not name:
            name = element.get("itemprop")
            scope = next((node for node in element.iterancestors() if node.get("itemscope") is not None), None)
            if scope is not None:
                found = self._scoped.setdefault(scope, {})
            elif next(element.iterancestors(*NO_ARTICLES_OF_ITS_OWN), None) is not None:
                return
        if name and content:
            found.setdefault(name.lower(), []).append(content)

    def _own_scope(self) -> dict[str, list[str]]:
        """The properties of the item that is the page's article: the page itself, or the one with its headline."""
        headlines = {text.casefold() for text in (*self._meta.get("og:title", []), self.title) if text}
        for scope, properties in self._scoped.items():
            if scope.tag in ("html", "body"):
                return properties
            if next(scope.iterancestors(*NO_ARTICLES_OF_ITS_OWN), None) is not None or scope.tag == "aside":
                continue
            shown = (text_of(heading).casefold() for heading in scope.iter("h1", "h2"))
            if headlines.intersection([*map(str.casefold, properties.get("headline", [])), *shown]):
                return properties
            if next(scope.iter("h1"), None) is not None:
                return properties
        return {}

    def _own_article(self, articles: list[Block]) -> Block:
        """The article that has the page's address or headline, else the first."""
        if len(articles) > 1:
            paths = {urlsplit(url).path.rstrip("/") for url in self._meta.get("og:url", [])} - {""}
            titles = {title.casefold() for title in self._meta.get("og:title", [])}
            for article in articles:
                if any(urlsplit(url).path.rstrip("/") in paths for url in _addresses(article)):
                    return article
                headline = article.get("headline")
                if isinstance(headline, str) and headline.strip().casefold() in titles:
                    return article
        return articles[0] if articles else {}

    def meta(self, *names: str) -> str | None:
        """The content of the first of these `meta` elements that has one."""
        return next((self._meta[name][0] for name in names if name in self._meta), None)

    def all_meta(self, *names: str) -> list[str]:
        """The contents of all these `meta` elements, in this order."""
        return [value for name in names for value in self._meta.get(name, [])]

    def times(self, *names: str, article: str) -> list[str]:
        """All values of these `meta` elements and of the JSON-LD article's property, most trusted first."""
        return [*self.all_meta(*names), *filter(None, [self.article(article)])]

    def article(self, name: str) -> str | None:
        """A text property of the JSON-LD article."""
        value = self._article.get(name.lower())
        if isinstance(value, list) and value:
            value = value[0]
        return value.strip() or None if isinstance(value, str) else None

    def has_article(self) -> bool:
        """Whether the page says in JSON-LD or Open Graph that it is an article."""
        return bool(self._article) or (self.meta("og:type") or "").lower() == "article"

    def authors(self) -> list[str]:
        """The names that the JSON-LD article gives as its authors, each once."""
        names = (name for value in _as_list(self._article.get("author")) for name in self._names(value))
        return list(dict.fromkeys(names))

    def _names(self, author: Any, depth: int = 0) -> Iterator[str]:
        """The names in the value of an author: a text, a person, a list of these or a reference to one."""
        if isinstance(author, str):
            name = author.strip()
            if name in self._by_id and depth < DEEPEST:
                yield from self._names(self._by_id[name], depth + 1)
            elif not NO_NAME.match(name):
                yield name
        elif isinstance(author, list) and depth < DEEPEST:
            for one in author:
                yield from self._names(one, depth + 1)
        elif isinstance(author, dict) and depth < DEEPEST:
            person = {key.lower(): value for key, value in author.items()}
            parts = [person.get("givenname"), person.get("familyname")]
            name = person.get("name") or " ".join(part for part in parts if isinstance(part, str))
            yield from self._names(name or person.get("@id"), depth + 1)

    def images(self) -> list[str]:
        """The addresses of the JSON-LD article's images."""
        images = (
            image.get("url") if isinstance(image, dict) else image for image in _as_list(self._article.get("image"))
        )
        return [url for image in images for url in _as_list(image) if isinstance(url, str) and url]

    def sections(self, own_names: Collection[str]) -> list[str]:
        """The names of the page's section, most specific first.

        `own_names` are the newspaper's, in lower case: "Buses without a depot - Karachi - THE GAZETTE" names a section,
        "Buses - Depots - Queues" does not.
        """
        crumbs = [_crumb(item) for item in _as_list(self._breadcrumbs.get("itemlistelement"))]
        named = [*self.all_meta("article:section"), self.article("articleSection"), *reversed(crumbs)]
        titled = (self.title or "").split(" - ")
        if len(titled) > 2 and titled[-1].strip().casefold() in own_names:
            named.append(titled[-2].strip())
        return [name for name in named if name]

    def tags(self) -> list[str]:
        keywords = self._article.get("keywords") or []
        words = keywords.split(",") if isinstance(keywords, str) else _as_list(keywords)
        tags = self._meta.get("article:tag", []) + [word for word in words if isinstance(word, str)]
        return list(dict.fromkeys(tag.strip() for tag in tags if tag.strip()))


def _json_ld(script: Element) -> Iterator[Block]:
    """The objects of a JSON-LD script, outermost first."""
    if (script.get("type") or "").partition(";")[0].strip().lower() != "application/ld+json":
        return
    wrapped = WRAPPED.match(script.text or "")
    if wrapped:
        yield from _blocks(_parsed(wrapped["json"]))


def _parsed(text: str) -> Any:
    """The JSON of a script, also with trailing commas or HTML's entities in it; None if it is none."""
    for candidate in (text, TRAILING_COMMA.sub("", text), html.unescape(text)):
        try:
            return json.loads(candidate, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _blocks(found: Any, depth: int = 0) -> Iterator[Block]:
    for part in _as_list(found):
        if isinstance(part, dict) and depth < DEEPEST:
            block = {key.lower(): value for key, value in part.items()}
            yield block
            for name in ("@graph", "mainentity", "mainentityofpage"):
                yield from _blocks(block.get(name), depth + 1)
        elif isinstance(part, list) and depth < DEEPEST:
            yield from _blocks(part, depth + 1)


def _is_article(block: Block) -> bool:
    return _is_type(block, ARTICLE_TYPES)


def _is_type(block: Block, endings: tuple[str, ...]) -> bool:
    return any(isinstance(name, str) and name.lower().endswith(endings) for name in _as_list(block.get("@type")))


def _addresses(article: Block) -> Iterator[str]:
    page = article.get("mainentityofpage")
    for value in (article.get("url"), article.get("@id"), page.get("@id") if isinstance(page, dict) else page):
        if isinstance(value, str):
            yield value


def _as_list(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _crumb(item: Any) -> str | None:
    if not isinstance(item, dict):
        return None
    inner = item.get("item")
    name = item.get("name") or (inner.get("name") if isinstance(inner, dict) else None)
    return name.strip() if isinstance(name, str) else None
