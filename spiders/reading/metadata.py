"""The metadata of a page: its `meta` elements, its title and its JSON-LD."""

import json
from collections.abc import Collection, Iterator
from typing import Any

from spiders.reading.html import Element, text_of


class Metadata:
    """What the head of a page says. A broken JSON-LD block is ignored, since another may be valid."""

    def __init__(self, root: Element) -> None:
        self._meta: dict[str, list[str]] = {}
        self.title: str | None = None
        blocks: list[dict[str, Any]] = []
        for element in root.iter("meta", "title", "script"):
            if element.tag == "script":
                blocks += _json_ld(element)
            elif element.tag == "title":
                self.title = text_of(element) if self.title is None else self.title
            else:
                self._read_meta(element)
        self._article = next((b for b in blocks if _is_type(b, "Article")), {})
        self._breadcrumbs = next((b for b in blocks if _is_type(b, "BreadcrumbList")), {})

    def _read_meta(self, element: Element) -> None:
        name = element.get("property") or element.get("name") or element.get("itemprop")
        content = (element.get("content") or "").strip()
        if name and content:
            self._meta.setdefault(name.lower(), []).append(content)

    def meta(self, *names: str) -> str | None:
        """The content of the first of these `meta` elements that has one."""
        return next((self._meta[name][0] for name in names if name in self._meta), None)

    def times(self, *names: str, article: str) -> list[str]:
        """All values of these `meta` elements and of the JSON-LD article's property, most trusted first."""
        values = [value for name in names for value in self._meta.get(name, [])]
        return [*values, *filter(None, [self.article(article)])]

    def article(self, name: str) -> str | None:
        """A text property of the JSON-LD article."""
        value = self._article.get(name)
        if isinstance(value, list) and value:
            value = value[0]
        return value.strip() or None if isinstance(value, str) else None

    def authors(self) -> list[str]:
        """The names that the JSON-LD article gives as its authors."""
        people = [one.get("name") if isinstance(one, dict) else one for one in _as_list(self._article.get("author"))]
        return [name.strip() for name in people if isinstance(name, str) and name.strip()]

    def image(self) -> str | None:
        """The address of the JSON-LD article's image."""
        for image in _as_list(self._article.get("image") or []):
            url = image.get("url") if isinstance(image, dict) else image
            if isinstance(url, str) and url:
                return url
        return None

    def sections(self, own_names: Collection[str]) -> list[str]:
        """The names of the page's section, most specific first.

        `own_names` are the newspaper's, in lower case: "Buses without a depot - Karachi - THE GAZETTE" names a section,
        "Buses - Depots - Queues" does not.
        """
        crumbs = [_crumb(item) for item in _as_list(self._breadcrumbs.get("itemListElement") or [])]
        named = [self.meta("article:section"), self.article("articleSection"), *reversed(crumbs)]
        titled = (self.title or "").split(" - ")
        if len(titled) > 2 and titled[-1].strip().casefold() in own_names:
            named.append(titled[-2].strip())
        return [name for name in named if name]

    def tags(self) -> list[str]:
        keywords = self._article.get("keywords") or []
        words = keywords.split(",") if isinstance(keywords, str) else _as_list(keywords)
        tags = self._meta.get("article:tag", []) + [word for word in words if isinstance(word, str)]
        return list(dict.fromkeys(tag.strip() for tag in tags if tag.strip()))


def _json_ld(script: Element) -> Iterator[dict[str, Any]]:
    if script.get("type") != "application/ld+json":
        return
    try:
        found = json.loads(script.text or "", strict=False)
    except (ValueError, RecursionError):
        return
    for block in _as_list(found):
        if isinstance(block, dict):
            yield block
            yield from (part for part in _as_list(block.get("@graph") or []) if isinstance(part, dict))


def _is_type(block: dict[str, Any], ending: str) -> bool:
    return any(isinstance(name, str) and name.endswith(ending) for name in _as_list(block.get("@type")))


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _crumb(item: Any) -> str | None:
    if not isinstance(item, dict):
        return None
    inner = item.get("item")
    name = item.get("name") or (inner.get("name") if isinstance(inner, dict) else None)
    return name.strip() if isinstance(name, str) else None
