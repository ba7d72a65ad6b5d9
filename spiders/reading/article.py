"""The general story reader: the fields of a story page of any newspaper, without knowledge of its markup.

Each field comes from the page's own metadata; only the text is extracted by a heuristic, trafilatura's. Nothing is
guessed from class names: a field that the page does not declare stays empty.
"""

import re
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from html import unescape
from itertools import chain
from typing import TypeVar, cast
from urllib.parse import urlsplit

from lxml import etree

from akhbar.dates import is_possible, parse_timestamp
from akhbar.languages import language_code
from akhbar.newspaper import OverMetadata, bare_host, owner_of
from akhbar.story import SHORTEST_BODY
from spiders.reading import Article
from spiders.reading.bylines import names_in, without_own_names
from spiders.reading.html import Element, text_of, web_address_at, xpath
from spiders.reading.metadata import NO_NAME, Metadata
from spiders.reading.rules import DECLARED, Rules
from spiders.reading.text import folded, is_empty, is_textless, read_text

T = TypeVar("T")
Names = Set[str]
"""Names in lower case."""

SEPARATED = re.compile(r"\s+[|–—·•«»:-]+\s+|\s*\|\s*|\s+-\s*")
"""What separates a headline from the name of the newspaper after it."""
DAY = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}")
AND = re.compile(
    r"\s+(?:and(?! (?:agenc|others?\b|staff\b|team\b|wires?\b))|und|og|och|et)\s+|\s*[,;&|]\s*|\s+/\s+", re.IGNORECASE
)
"""What separates names."""
MOST_WORDS = 7
"""How many words a name can have."""
INITIALS = re.compile(r"\s*\([a-zäöü.]{2,6}\)$")
WRITTEN_BY = re.compile(
    r"(?:written|posted) by|author|verfasst von|geschrieben von|autor|escrito por|écrit par|scritto da"
    r"|geschreven door|yazan|napisane przez|skrevet av|skriven av|автор",
    re.IGNORECASE,
)
BY = re.compile(
    r"^\s*(?:by|von|par|por|door|av|af|przez|oleh|autor(?:in|e)?|auteur|author|yazan|tekst|text)(?:\s*:|\s|$)\s*",
    re.IGNORECASE,
)
"""How a byline begins: "Von Lea Wagner", "Autor: Jan Nowak"."""
EPOCH = re.compile(r"1\d{9}(?:\d{3})?")
"""Seconds or milliseconds since 1970."""
TIME_LABEL = re.compile(r"(?:published|posted)(?:\s+on\b)?\s*:?\s*", re.IGNORECASE)
"""What some pages write before the time: "Published: September 20, 2013"."""
TIME_OF_DAY = re.compile(rf":|\dT\d|{EPOCH.pattern}")
ZONES = {"UTC": 0, "GMT": 0, "CET": 1, "CEST": 2, "EET": 2, "EEST": 3, "PKT": 5}
"""Hours east of Greenwich. Abbreviations that stand for several zones, such as IST, are left out."""
NAMED_ZONE = re.compile(rf"(?P<time>.*\d) ?(?P<zone>{'|'.join(ZONES)})")
SHOWN_DATE = re.compile(
    r"(?<![\d.])(?P<day>\d{1,2})\.\s?(?P<month>\d{1,2})\.\s?(?P<year>(?:20)?\d\d)(?![\d.])"
    r"(?:\D{1,4}(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?!\d))?"
)
"""A date with dots, in which the day comes first everywhere. Dates with slashes mean different days."""
TEXTS_AFTER = etree.XPath("following::text()[not(parent::script or parent::style)]", smart_strings=False)
SHORTEST_HEADLINE, LONGEST_BYLINE = 15, 200
"""Characters: of a headline that is found among the page's headings, and of the text between it and the story's."""
SIDE_STORIES = ("aside", "nav", "footer")
AUTHORS = xpath("descendant::*[@itemprop='author']")
PUBLISHED = xpath("descendant::*[@itemprop='datePublished']")
NAMES = xpath("descendant::*[@itemprop='name']")
COMMA = re.compile(r"[,;،]")
UUID = re.compile(r"[0-9a-f]{8}(?:-?[0-9a-f]{4}){3}-?[0-9a-f]{12}", re.IGNORECASE)
NO_TAG = re.compile(
    rf"{UUID.pattern}|[\d\W_]*|(?:[\w-]+\.)+[a-z]{{2,}}|https?:.*|\w+/.*|\w[\w ]*:.+|[a-z]", re.IGNORECASE
)
"""What some sites write among their tags: UUIDs, numbers, host names, paths, and keys with values."""
LONGEST_TAG = 80
"""Characters."""
LONGEST_CUT = 1_000
"""Characters. On a page that a paywall closes, a longer text is the whole story."""
NO_RULES = Rules()


@dataclass(frozen=True)
class Origin:
    """Where and when a page was fetched, and what is known about its newspaper."""

    address: str
    """The page's URL; empty if it is not known."""
    fetched_at: datetime
    """With a time zone. A later time on the page is not plausible."""
    zone: tzinfo | None = None
    """The newspaper's time zone. None if it is not known: a timestamp without a time zone then stays without one."""
    own_names: frozenset[str] = frozenset()
    """The newspaper's own names, in lower case, in addition to those on the page."""


def read_article(root: Element, origin: Origin, rules: Rules = NO_RULES) -> Article:
    """The fields of a story page. Leaves the tree unchanged."""
    metadata = Metadata(root)
    own_names = origin.own_names | set(_own_names(metadata, origin.address))
    article = Article()

    def take(name: str, found: tuple[str, T] | None, default: T) -> T:
        """The value of a field, whose source is recorded."""
        if found is None:
            return default
        article.sources[name] = found[0]
        return found[1]

    titles = [(source, title) for source, title in _titles(root, metadata, own_names, rules) if title]
    article.title = take("title", _first(titles), None)
    article.authors = take("authors", _first(_authors(article, _named_authors(root, metadata, rules), own_names)), [])
    _read_times(article, root, metadata, origin, rules)
    article.tags = take("tags", _first(_tags(root, metadata, own_names, rules)), [])
    article.section = take("section", _first(_sections(root, metadata, own_names, article.title, rules)), None)
    article.image_url = take("image_url", _first(_images(metadata, origin.address)), None)
    article.excerpt = take("excerpt", _first(_excerpts(metadata)), None)
    article.language = take("language", _first(_languages(root, metadata)), None)
    may_be_textless = is_textless(root, metadata)
    if not (may_be_textless and is_empty(root, rules)):
        read_text(article, root, {folded(title) for _, title in titles}, rules)
    article.is_cut = metadata.is_paid() and sum(map(len, article.paragraphs)) < LONGEST_CUT
    if sum(map(len, article.paragraphs)) < SHORTEST_BODY and may_be_textless:
        article.paragraphs, article.textless = [], True
    return article


def _first(found: Iterable[tuple[str, T | None]]) -> tuple[str, T] | None:
    """The first of these sources that has a value."""
    return next(((source, value) for source, value in found if value), None)


# --- names ----------------------------------------------------------------------------------------------------------


def _own_names(metadata: Metadata, address: str) -> Iterator[str]:
    """The newspaper's own names on the page, in lower case: its publisher's, its site's, its host's."""
    names = [*metadata.publishers(), *metadata.all_meta("og:site_name", "application-name")]
    yield from (" ".join(name.casefold().split()) for name in names)
    host = bare_host(_host(address))
    yield from filter(None, (host, owner_of(host)))


def _host(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


# --- headline -------------------------------------------------------------------------------------------------------


def _titles(root: Element, metadata: Metadata, own_names: Names, rules: Rules) -> Iterator[tuple[str, str | None]]:
    own = {folded(name) for name in own_names} - {""}
    for source, title in _named_titles(root, metadata, rules):
        yield source, _without_name(_plain(title), own) if title else None


def _plain(text: str) -> str:
    """A text on one line. Many sites escape text twice, or where it must not be escaped: "zerst&amp;ouml;ren"."""
    return " ".join(unescape(text).split())


def _named_titles(root: Element, metadata: Metadata, rules: Rules) -> Iterator[tuple[str, str | None]]:
    named: dict[str, list[tuple[str, str | None]]] = {
        "ld": [("JSON-LD headline", metadata.article("headline"))],
        "og": [("og:title", metadata.meta("og:title"))],
        "h1": [("h1", text_of(heading)) for heading in root.iter("h1")],
    }
    for source in dict.fromkeys((*rules.title_from, *named)):
        if isinstance(source, str):
            yield from named[source]
        else:
            yield from ((DECLARED, text_of(heading)) for heading in source(root))
    yield "twitter:title", metadata.meta("twitter:title")
    yield "title", metadata.title


def _without_name(title: str, own: Names) -> str | None:
    """A headline without the newspaper's name, or its name and a date, at the end. None if nothing else is left."""
    ends = [len(title)]
    for separator in reversed(list(SEPARATED.finditer(title))):
        part = title[separator.end() : ends[-1]]
        if folded(part) in own:
            return title[: separator.start()].rstrip() or None
        if not DAY.fullmatch(part.strip()):
            break
        ends.append(separator.start())
    return None if folded(title) in own else title


# --- authors, tags, section, picture, excerpt, language -------------------------------------------------------------


def _authors(
    article: Article, named: Iterable[tuple[str, Iterable[str]]], own_names: Names
) -> Iterator[tuple[str, list[str]]]:
    """The authors in each source. Records what the source has."""
    own = {folded(name) for name in own_names}
    for source, found in named:
        texts = list(found)
        article.bylines += texts
        names: dict[str, str] = {}
        for name in (name for text in texts if not NO_NAME.match(text) for name in _names(text)):
            names.setdefault(folded(name), name)  # "amina-shah" is Amina Shah's page
        yield source, without_own_names([name for key, name in names.items() if key not in own], own_names)


def _named_authors(root: Element, metadata: Metadata, rules: Rules) -> Iterator[tuple[str, Iterable[str]]]:
    """A page shows more names than its authors', so nothing is taken from class names that are not declared."""
    return _in_order("byline", _declared_authors(root, rules), _metadata_authors(root, metadata), rules)


def _declared_authors(root: Element, rules: Rules) -> Iterator[tuple[str, Iterable[str]]]:
    if rules.byline:
        left_out = rules.left_out(root)
        for byline in rules.byline(root):
            names = names_in(byline, left_out - {byline})  # a byline in the text is not part of the text
            yield DECLARED, [BY.sub("", name) for name in names]  # "von" before a link becomes empty


def _in_order(
    field: OverMetadata, declared: Iterable[tuple[str, T]], metadata: Iterable[tuple[str, T]], rules: Rules
) -> Iterator[tuple[str, T]]:
    """What declared selectors and a page's metadata have, most trusted first."""
    return chain(declared, metadata) if field in rules.over_metadata else chain(metadata, declared)


def _metadata_authors(root: Element, metadata: Metadata) -> Iterator[tuple[str, Iterable[str]]]:
    yield "JSON-LD author", metadata.authors()
    names = ("author", "article:author", "dc.creator", "parsely-author", "sailthru.author")
    yield "meta author", metadata.all_meta(*names)
    yield "itemprop author", _item_authors(root)
    yield "twitter:data", _labelled_authors(metadata)


def _names(text: str) -> Iterator[str]:
    """The names in a source's text: "Anna Martel und Lea Wagner", "Elena Oberholzer (obe)". A description of the author
    after the name, such as a professor's chair, is not one."""
    for part in AND.split(_plain(text)):
        name = INITIALS.sub("", part).strip(" ,;")
        if name and name.count(" ") < MOST_WORDS:
            yield name


def _item_authors(root: Element) -> Iterator[str]:
    """The names of the microdata property `author`, outside of other stories' cards."""
    for element in AUTHORS(root):
        if not _is_aside(element):
            names = [name for inner in NAMES(element) if (name := inner.get("content") or text_of(inner))]
            yield from names or [element.get("content") or text_of(element)]


def _is_aside(element: Element) -> bool:
    return next(element.iterancestors(*SIDE_STORIES), None) is not None


def _labelled_authors(metadata: Metadata) -> Iterator[str]:
    """The author for previews of links: `twitter:label1` says "Written by" and `twitter:data1` has the name."""
    for number in "12":
        if WRITTEN_BY.fullmatch(metadata.meta(f"twitter:label{number}") or ""):
            yield from metadata.all_meta(f"twitter:data{number}")


def _tags(root: Element, metadata: Metadata, own_names: Names, rules: Rules) -> Iterator[tuple[str, list[str]]]:
    """The first source with tags. The `keywords` of many sites describe the site rather than the story."""
    own = {folded(name) for name in own_names}
    declared = [(DECLARED, [text_of(tag) for tag in rules.tags(root)])] if rules.tags else []
    named = [
        ("JSON-LD keywords", metadata.keywords()),
        ("news_keywords", metadata.all_meta("news_keywords")),
        ("keywords", metadata.all_meta("keywords")),
        ("article:tag", metadata.all_meta("article:tag")),
    ]
    for source, contents in _in_order("tags", declared, named, rules):
        tags: dict[str, str] = {}
        for tag in _words(contents):
            if tag and len(tag) <= LONGEST_TAG and not NO_TAG.fullmatch(tag) and folded(tag) not in own:
                tags.setdefault(tag.casefold(), tag)
        yield source, list(tags.values())


def _words(contents: list[str]) -> list[str]:
    return [word.strip() for content in contents for word in COMMA.split(_plain(content))]


def _sections(
    root: Element, metadata: Metadata, own_names: Names, title: str | None, rules: Rules
) -> Iterator[tuple[str, str | None]]:
    declared = map(text_of, rules.section(root)) if rules.section else []
    for source, sections in (
        ("article:section, JSON-LD or breadcrumbs", map(_plain, metadata.sections(own_names))),
        (DECLARED, declared),
    ):
        for section in sections:
            if section.casefold() not in own_names and section.casefold() != (title or "").casefold():
                yield source, section


def _images(metadata: Metadata, address: str) -> Iterator[tuple[str, str | None]]:
    for source, urls in (
        ("og:image", metadata.all_meta("og:image", "og:image:secure_url")),
        ("twitter:image", metadata.all_meta("twitter:image", "twitter:image:src")),
        ("JSON-LD image", metadata.images()),
    ):
        yield from ((source, web_address_at(address, url)) for url in urls)


def _excerpts(metadata: Metadata) -> Iterator[tuple[str, str | None]]:
    yield "og:description", _plain(metadata.meta("og:description") or "")
    yield "description", _plain(metadata.meta("description") or "")
    yield "JSON-LD description", _plain(metadata.article("description") or "")


def _languages(root: Element, metadata: Metadata) -> Iterator[tuple[str, str | None]]:
    """ISO 639-1 codes from language tags such as `ur-PK`, or the locales of Open Graph such as `ur_PK`."""
    html = root if root.tag == "html" else next(root.iter("html"), root)
    for source, named in (
        ("html lang", html.get("lang")),
        ("JSON-LD inLanguage", metadata.language()),
        ("og:locale", metadata.meta("og:locale")),
        ("content-language", metadata.meta("content-language")),
    ):
        yield source, language_code(named)


# --- times ----------------------------------------------------------------------------------------------------------


def _read_times(article: Article, root: Element, metadata: Metadata, origin: Origin, rules: Rules) -> None:
    """Sets when the story was published and updated. A date without a time of day never becomes midnight."""
    day: date | None = None
    for source, text in chain(
        _in_order("date", _declared_times(root, rules), _published(root, metadata), rules),
        _other_times(root, metadata),
        _times_below_headline(root, article.title),
    ):
        found = _read_time(text, origin) if text else None
        if isinstance(found, datetime):
            if day and abs(found.date() - day) > timedelta(days=1):
                continue  # another story's time
            article.published_at, article.sources["published_at"] = found.isoformat(), source
            article.sources.pop("published_date", None)
            break
        if found and day is None:
            day, article.sources["published_date"] = found, source
    else:
        article.published_date = day.isoformat() if day else None
    for source, text in _updated(metadata):
        found = _read_time(text, origin) if text else None
        if isinstance(found, datetime):
            article.updated_at, article.sources["updated_at"] = found.isoformat(), source
            break


def _published(root: Element, metadata: Metadata) -> Iterator[tuple[str, str | None]]:
    yield "JSON-LD datePublished", metadata.article("datePublished")
    for name in ("article:published_time", "datepublished", "article:published", "og:article:published_time"):
        yield from ((name, text) for text in metadata.all_meta(name))
    for element in PUBLISHED(root):
        yield "itemprop datePublished", element.get("datetime") or element.get("content") or text_of(element)


def _other_times(root: Element, metadata: Metadata) -> Iterator[tuple[str, str | None]]:
    """The first `time` of a page can be that of another story, for example in a menu."""
    for element in root.iter("time"):
        if not _is_aside(element):
            yield "time", element.get("datetime")
    for name in ("date", "dc.date", "dc.date.issued", "dcterms.created", "parsely-pub-date", "sailthru.date"):
        yield from ((name, text) for text in metadata.all_meta(name))


def _declared_times(root: Element, rules: Rules) -> Iterator[tuple[str, str | None]]:
    """The texts in which the page shows its time, in a form that `_read_time` reads."""
    for element in rules.date(root) if rules.date else []:
        text = element.get("datetime") or element.get("content") or text_of(element)
        if rules.date_format:
            try:
                found = datetime.strptime(text, rules.date_format)
            except ValueError:
                continue
            has_time = re.search(r"%[HIXc]", rules.date_format)
            text = found.isoformat() if has_time else found.date().isoformat()
        label = TIME_LABEL.match(text)
        yield DECLARED, text[label.end() :] if label else text


def _times_below_headline(root: Element, title: str | None) -> Iterator[tuple[str, str | None]]:
    """A time in the few words after the headline, such as "Do 25.04.24 | 14:07 Uhr": some pages show it only there."""
    headline = folded(title or "")
    for heading in root.iter("h1", "h2", "h3") if len(headline) >= SHORTEST_HEADLINE else ():
        if not folded(text_of(heading)).endswith(headline):
            continue
        words = 0
        for text in cast(list[str], TEXTS_AFTER(heading)):
            line = " ".join(text.split())
            words += len(line)
            if words > LONGEST_BYLINE:
                break
            if shown := SHOWN_DATE.search(line):
                yield "text below the headline", _iso(shown)
        return


def _iso(shown: re.Match[str]) -> str | None:
    day, month, year = (int(shown[name]) for name in ("day", "month", "year"))
    try:
        found = datetime(
            year if year > 99 else 2000 + year, month, day, int(shown["hour"] or 0), int(shown["minute"] or 0)
        )
    except ValueError:
        return None
    return found.isoformat() if shown["hour"] else found.date().isoformat()


def _updated(metadata: Metadata) -> Iterator[tuple[str, str | None]]:
    yield "JSON-LD dateModified", metadata.article("dateModified")
    for name in ("article:modified_time", "og:updated_time", "datemodified"):
        yield from ((name, text) for text in metadata.all_meta(name))


def _read_time(text: str, origin: Origin) -> datetime | date | None:
    """A timestamp, or a date if the text has no time of day. None if it is neither, or not plausible."""
    found = _parsed(text.strip())
    if found is None:
        return None
    if found.tzinfo is None and origin.zone is not None:
        found = found.replace(tzinfo=origin.zone)
    if not is_possible(found if found.tzinfo else found.replace(tzinfo=UTC), origin.fetched_at):
        return None
    return found if TIME_OF_DAY.search(text) else found.date()


def _parsed(text: str) -> datetime | None:
    if EPOCH.fullmatch(text):
        return datetime.fromtimestamp(int(text[:10]), UTC)
    named = NAMED_ZONE.fullmatch(text)
    found = parse_timestamp(named["time"] if named else text)
    if found and named and found.tzinfo is None:
        return found.replace(tzinfo=timezone(timedelta(hours=ZONES[named["zone"]])))
    return found
