"""The metadata of a page: its `meta` elements, title, JSON-LD, and the microdata properties of its article."""

import html
import json
import re
from collections.abc import Collection, Iterator
from contextlib import suppress
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from spiders.reading.html import Element, text_of

Block = dict[str, Any]
"""A JSON-LD object with its keys in lower case."""

JSON = json.JSONDecoder(strict=False)
"""Accepts line breaks in strings, which many sites write."""
OPENING = re.compile(r"[{\[]")
BETWEEN = re.compile(r"[\s,;]*(?=[{\[])")
"""What can appear between two JSON values in one script."""
ESCAPE = re.compile(r"\\(.)", re.DOTALL)
TRAILING_COMMA = re.compile(r",(?=\s*[}\]])")
ARTICLE_TYPES = ("article", "blogposting", "report")
"""Suffixes of schema.org's article types, such as NewsArticle and LiveBlogPosting: https://schema.org/Article"""
FACT_CHECK = ("claimreview",)
"""A fact check's page may declare only this: https://schema.org/ClaimReview"""
NO_ARTICLES_OF_ITS_OWN = ("aside", "nav", "footer")
DEEPEST = 6
"""How many levels of nested objects in a JSON-LD block are searched for the article."""
NO_NAME = re.compile(
    r"https?:|www\.|/|#\S*$|[\w-]+(?:\.[\w-]+)+/\S*$|\S+@\S+|@\S+|(?:null|none|undefined)$|[\d\W_]*$", re.IGNORECASE
)
"""What some sites write instead of a name: a URL, an email address, a handle, or nothing."""


class Metadata:
    """A page's machine-readable metadata. A broken JSON-LD block is ignored, since another one may be valid."""

    def __init__(self, root: Element) -> None:
        self._meta: dict[str, list[str]] = {}
        self._scoped: dict[Element, dict[str, list[str]]] = {}
        self.title: str | None = None
        self._outermost: list[Any] = []
        for element in root.iter("meta", "title", "script"):
            if element.tag == "script":
                self._outermost += _json_ld(element)
            elif element.tag == "title":
                if self.title is None and next(element.iterancestors("svg"), None) is None:
                    self.title = text_of(element)
            else:
                self._read_meta(element)
        blocks = [block for value in self._outermost for block in _blocks(value)]
        articles = [block for block in blocks if _is_article(block)]
        self._article = self._own_article(articles or [block for block in blocks if _is_type(block, FACT_CHECK)])
        self._breadcrumbs = next((block for block in blocks if _is_type(block, ("breadcrumblist",))), {})
        for scope in self._own_scopes(root):
            for name, values in self._scoped[scope].items():
                self._meta.setdefault(name, []).extend(values)

    def _read_meta(self, element: Element) -> None:
        """Reads a `meta` element. A microdata property belongs to the enclosing item, which can be another story."""
        name = element.get("property") or element.get("name")
        content = (element.get("content") or "").strip()
        found = self._meta
        if not name:
            name = element.get("itemprop")
            scope = next((node for node in element.iterancestors() if node.get("itemscope") is not None), None)
            if scope is not None:
                found = self._scoped.setdefault(scope, {})
            elif _is_beside(element):
                return
        if name and content:
            found.setdefault(name.lower(), []).append(content)

    def _own_scopes(self, root: Element) -> list[Element]:
        """The microdata items that are the page's article: the one with its headline, and the page itself.

        If the page does not declare its headline, or no item has it, the item around the only `h1` is used.
        """
        own = [scope for scope in self._scoped if scope.tag in ("html", "body")]
        others = [scope for scope in self._scoped if scope not in own and not _is_beside(scope)]
        if not others:
            return own
        headlines = {text.casefold() for text in (*self._meta.get("og:title", []), self.title) if text}
        for scope in others:
            shown = (text_of(heading).casefold() for heading in scope.iter("h1", "h2"))
            if headlines.intersection([*map(str.casefold, self._scoped[scope].get("headline", [])), *shown]):
                return [scope, *own]
        top = list(root.iter("h1"))
        around = set(top[0].iterancestors()) if len(top) == 1 else set()
        return [*(scope for scope in others if scope in around), *own]

    def _own_article(self, articles: list[Block]) -> Block:
        """The article with the page's URL or headline, otherwise the first one that is not clearly another story.

        If there is only one article, it is the page's own, even if its headline or URL differs from the page's, as on
        many sites.
        """
        if len(articles) == 1:
            return articles[0]
        paths = {_path(url) for url in self._meta.get("og:url", [])} - {""}
        titles = {title.casefold() for title in self._meta.get("og:title", [])}
        others = []
        for article in articles:
            named = {_path(url) for url in _addresses(article)} - {""}
            headline = (_text(article.get("headline")) or "").casefold()
            if named & paths or (headline and any(title.startswith(headline) for title in titles)):
                return article
            if named and paths and titles and headline:
                others.append(article)
        return next((article for article in articles if article not in others), {})

    def meta(self, *names: str) -> str | None:
        """The content of the first of these `meta` elements that has any."""
        return next((self._meta[name][0] for name in names if name in self._meta), None)

    def all_meta(self, *names: str) -> list[str]:
        """The contents of all of these `meta` elements, in this order."""
        return [value for name in names for value in self._meta.get(name, [])]

    def times(self, *names: str, article: str) -> list[str]:
        """All values of these `meta` elements and of the JSON-LD article's property, most trusted first."""
        return [*self.all_meta(*names), *filter(None, [self.article(article)])]

    def article(self, name: str) -> str | None:
        """A text property of the JSON-LD article."""
        return _text(self._article.get(name.lower()))

    def is_paid(self) -> bool:
        """Whether the JSON-LD article says that a paywall closes it: https://schema.org/isAccessibleForFree

        Some sites say so of its parts only, which `hasPart` lists.
        """
        parts = [part for part in _as_list(self._article.get("haspart")) if isinstance(part, dict)]
        blocks = [self._article] if "isaccessibleforfree" in self._article else parts
        values = (value for block in blocks for name, value in block.items() if name.lower() == "isaccessibleforfree")
        return any(str(value).strip().lower().endswith("false") for value in values)

    def language(self) -> str | None:
        """The language of the JSON-LD article."""
        language = self._article.get("inlanguage")
        if isinstance(language, dict):
            block = {key.lower(): value for key, value in language.items()}
            language = block.get("alternatename") or block.get("name")
        return _text(language)

    def addresses(self) -> list[str]:
        """The URLs of the JSON-LD article and of its page, without its `@id`, which can be on any host."""
        page = self._article.get("mainentityofpage")
        named = page.get("@id") or page.get("url") if isinstance(page, dict) else page
        return [url for value in (self._article.get("url"), named) if (url := _text(value))]

    def publishers(self) -> list[str]:
        """The names of the JSON-LD article's publisher."""
        return list(dict.fromkeys(self._names(self._article.get("publisher"), set())))

    def has_article(self) -> bool:
        """Whether JSON-LD or Open Graph declares the page to be an article."""
        return bool(self._article) or (self.meta("og:type") or "").lower() == "article"

    def authors(self) -> list[str]:
        """The names of the JSON-LD article's authors, without duplicates."""
        return list(dict.fromkeys(self._names(self._article.get("author"), set())))

    def _names(self, author: Any, followed: set[str], depth: int = 0) -> Iterator[str]:
        """The names in an author value: a text, a person, a list of these, or a reference to one.

        `followed` contains the references followed so far: each is followed only once.
        """
        if depth > 2 * DEEPEST:
            return
        if isinstance(author, str):
            if NO_NAME.match(author.strip()):
                yield from self._names(self._referred(author.strip(), followed), followed, depth + 1)
            else:
                yield author.strip()
        elif isinstance(author, list):
            for one in author:
                yield from self._names(one, followed, depth + 1)
        elif isinstance(author, dict):
            person = {key.lower(): value for key, value in author.items()}
            full = " ".join(filter(None, map(_text, (person.get("givenname"), person.get("familyname")))))
            values = [person.get(key) for key in ("name", "@value", "@list", "@set")]
            for value in (*values, full, person.get("@id")):
                names = list(self._names(value, followed, depth + 1))
                if names:
                    yield from names
                    return

    def _referred(self, identifier: Any, followed: set[str]) -> list[Block]:
        """The objects with this `@id`, unless it has already been followed."""
        if not isinstance(identifier, str) or identifier in followed:
            return []
        followed.add(identifier)
        return self._by_id.get(identifier, [])

    @cached_property
    def _by_id(self) -> dict[str, list[Block]]:
        """The objects of all JSON-LD blocks by their `@id`, which references use."""
        found: dict[str, list[Block]] = {}
        waiting: list[tuple[Any, int]] = [(self._outermost, 0)]
        while waiting:
            value, depth = waiting.pop()
            if isinstance(value, dict):
                block = {key.lower(): inner for key, inner in value.items()}
                if isinstance(block.get("@id"), str):
                    found.setdefault(block["@id"], []).append(block)
                value = list(block.values())
            if isinstance(value, list) and depth < 2 * DEEPEST:
                waiting += [(inner, depth + 1) for inner in reversed(value) if isinstance(inner, dict | list)]
        return found

    def images(self) -> list[str]:
        """The URLs of the JSON-LD article's images."""
        return list(self._image_addresses(self._article.get("image"), set()))

    def _image_addresses(self, image: Any, followed: set[str], depth: int = 0) -> Iterator[str]:
        if depth > 2 * DEEPEST:
            return
        if isinstance(image, str) and image.strip():
            yield image.strip()
        elif isinstance(image, list):
            for one in image:
                yield from self._image_addresses(one, followed, depth + 1)
        elif isinstance(image, dict):
            block = {key.lower(): value for key, value in image.items()}
            values = [block.get(key) for key in ("url", "contenturl", "@list", "@set", "@value")]
            address = next(filter(None, values), None) or self._referred(block.get("@id"), followed)
            yield from self._image_addresses(address, followed, depth + 1)

    def sections(self, own_names: Collection[str]) -> list[str]:
        """The names of the page's section, most specific first.

        `own_names` are the newspaper's own names, in lower case: "Buses without a depot - Karachi - THE GAZETTE"
        contains a section, "Buses - Depots - Queues" does not.
        """
        crumbs = [_crumb(item) for item in _as_list(self._breadcrumbs.get("itemlistelement"))]
        named = [*self.all_meta("article:section"), self.article("articleSection"), *reversed(crumbs)]
        titled = (self.title or "").split(" - ")
        if len(titled) > 2 and titled[-1].strip().casefold() in own_names:
            named.append(titled[-2].strip())
        return [name for name in named if name]

    def tags(self) -> list[str]:
        tags = [*self._meta.get("article:tag", []), *self.keywords()]
        return list(dict.fromkeys(tag.strip() for tag in tags if tag.strip()))

    def keywords(self) -> list[str]:
        """The JSON-LD article's keywords."""
        keywords = self._article.get("keywords") or []
        words = keywords.split(",") if isinstance(keywords, str) else _as_list(keywords)
        named = (word.get("name") if isinstance(word, dict) else word for word in words)
        return [tag.strip() for tag in filter(None, map(_text, named)) if tag.strip()]


def _json_ld(script: Element) -> list[Any]:
    """The JSON values of a JSON-LD script; none for any other script."""
    if (script.get("type") or "").partition(";")[0].strip().lower() != "application/ld+json":
        return []
    return _json_of(script.text or "")


def _json_of(text: str) -> list[Any]:
    """The JSON values in a script. A comment or CDATA section around them is ignored, and so are semicolons.

    If a script is not valid JSON, it is parsed again with common mistakes corrected: HTML entities, JavaScript escapes
    and trailing commas.
    """
    text = text.replace("<![CDATA[", "")
    opening = OPENING.search(text)
    if opening is None:
        return []
    text = text[opening.start() :]
    with suppress(ValueError, RecursionError):
        return list(_values(text))
    for raw in (text, html.unescape(text)):
        with suppress(ValueError, RecursionError):
            return list(_values(_corrected(raw)))
    return []


def _values(text: str) -> Iterator[Any]:
    at = 0
    while following := BETWEEN.match(text, at):
        value, at = JSON.raw_decode(text, following.end())
        yield value


def _corrected(text: str) -> str:
    text = ESCAPE.sub(lambda found: found[0] if found[1] in '"\\/bfnrtu' else found[1], text)
    return TRAILING_COMMA.sub("", text)


def _blocks(found: Any, depth: int = 0) -> Iterator[Block]:
    """The objects of a JSON-LD value that can be the page's article, outermost first."""
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


def _path(url: str) -> str:
    try:
        return urlsplit(url).path.rstrip("/")
    except ValueError:
        return ""


def _text(value: Any) -> str | None:
    """The text of a value: a string, the first of several strings, or an object with a string and its language."""
    for _ in range(DEEPEST):
        if isinstance(value, list) and value:
            value = value[0]
        elif isinstance(value, dict):
            value = value.get("@value")
    return value.strip() or None if isinstance(value, str) else None


def _is_beside(element: Element) -> bool:
    """Whether an element is, or is inside, a part of the page that does not contain the page's article."""
    around = element.iterancestors(*NO_ARTICLES_OF_ITS_OWN)
    return element.tag in NO_ARTICLES_OF_ITS_OWN or next(around, None) is not None


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
