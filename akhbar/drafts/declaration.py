"""The draft of a declaration: the module that `akhbar newspapers draft` writes, and what in it is uncertain."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from akhbar.drafts.survey import DraftError, Fields, SourceSeen, Survey
from akhbar.drafts.zones import zone_of
from akhbar.newspaper import Newspaper, bare_host, normal_id
from akhbar.newspapers import declared
from akhbar.printable import printable

SELECTORS = {
    "title": ("title_from", "h1.CLASS", "the headline"),
    "authors": ("byline", ".CLASS a", "the authors' names"),
    "published_at": ("date", "time.CLASS", "the time of publication"),
    "section": ("section", "a.CLASS", "the section's name"),
    "tags": ("tags", ".CLASS a", "the tags"),
}
"""The field of the declaration that finds each field of a story, with an example of a selector."""
WRONG = {"published_at": "not found, or not that of the feed or sitemap,"}
"""How a field can be missing, other than not found."""
MOST_EDITORIALS = 5
LONGEST_COMMENT = 70
FEW = 20
"""So few stories can have a pattern in common by chance."""


@dataclass(frozen=True)
class Draft:
    """A declaration, made from what was found on a site."""

    survey: Survey
    name: str
    timezone: str

    @property
    def publisher(self) -> str:
        return _line(self.survey.publisher or self.survey.host)

    @property
    def language(self) -> str:
        return self.survey.language or "en"

    def text(self) -> str:
        """The module. Raises `DraftError` if the declaration is not valid."""
        found = self.survey
        try:
            Newspaper(
                self.name, self.publisher, found.home_page, self.timezone, self.language, story_url=found.story_url
            )
        except ValueError as error:
            raise DraftError(f"{found.site}: {error}") from None
        lines = "\n".join(f"    {line}" for line in self._fields())
        return f"{self._docstring()}\n\nfrom akhbar.newspaper import Newspaper\n\nNEWSPAPER = Newspaper(\n{lines}\n)\n"

    def _docstring(self) -> str:
        found = self.survey
        name = self.publisher.replace("\\", " ").replace('"', "'")
        return (
            f'"""{name} ({found.host}).\n\n'
            f"- Drafted on {datetime.now(UTC):%Y-%m-%d} from the home page, feeds, sitemaps and {len(found.stories)} "
            "stories. Check every line,\n  and describe here what is special about the site.\n"
            '- Not crawled: comments.\n"""'
        )

    def _fields(self) -> Iterator[str]:
        found = self.survey
        yield f"name={_string(self.name)},"
        yield f"publisher={_string(self.publisher)},"
        yield f"home_page={_string(found.home_page)},"
        yield f"timezone={_string(self.timezone)},"
        yield f"language={_string(self.language)},"
        yield from _sources("feeds", [source for source in found.sources if source.kind == "feed"])
        yield from _sources("sitemaps", [source for source in found.sources if source.kind == "sitemap"])
        if found.story_url:
            yield f"# {self._matching()} of the {len(found.paths)} listed stories match this"
            yield f"story_url={_pattern(found.story_url)},"
        if found.is_listed_at_home:
            yield "# no feed or sitemap lists stories; add the listings of sections, each with its section's name"
            yield 'listings={"/": None},'
        for path, text in list(found.editorials.items())[:MOST_EDITORIALS]:
            yield f"# check that it lists editorials only: the home page's link to it says {_comment(repr(text))}"
            yield f"# editorial_listings=({_string(path)},),"
        for name, (field, example, what) in SELECTORS.items():
            if missing := missing_in(found, name):
                yield f"# {what}: {WRONG.get(name, 'not found')} on {missing} of {len(found.stories)} stories"
                yield f"# {field}=({_string(example)},),"
                if name == "published_at":
                    yield '# over_metadata=("date",),  # if pages show another time in their metadata'

    def _matching(self) -> int:
        return sum(bool(re.fullmatch(self.survey.story_url or "", normal_id(path))) for path in self.survey.paths)

    def uncertain(self) -> list[str]:
        """What a person must check, one line each."""
        return [
            *self._uncertain_names(),
            *self._uncertain_sources(),
            *self._uncertain_fields(),
            *(f"not read: {problem}" for problem in self.survey.problems),
        ]

    def _uncertain_names(self) -> Iterator[str]:
        found = self.survey
        for paper in declared():
            if bare_host(paper.host) == bare_host(found.host) and paper.name != self.name:
                yield f"{paper.name} is already declared for {found.host}"
        if not found.publisher:
            yield "publisher: no page names it; the draft has the host"
        if not found.language:
            yield "language: no page names it; the draft has en"
        if not any(time.utcoffset() for time in found.times) and zone_of(found.host, found.times) == self.timezone:
            yield "timezone: the pages show none but UTC, so it is that of the host's country"

    def _uncertain_sources(self) -> Iterator[str]:
        found = self.survey
        others = [path for path in found.paths if path not in found.recognised]
        if not found.story_url:
            yield "story_url: the stories' URLs have no numbers in common, so their paths are their ids"
        elif "(?P<id>" not in found.story_url:
            yield "story_url: the stories' paths are their ids; check that no other page's path matches it"
        if found.story_url and (self._matching() < len(found.paths) or len(found.paths) < FEW):
            yield f"story_url: {self._matching()} of {len(found.paths)} listed stories match it"
        if not found.story_url and others:
            yield (
                f"story_url: {len(others)} of {len(found.paths)} listed stories are not recognised without it, such as "
                f"{others[0]}; declare a pattern"
            )
        if found.is_listed_at_home:
            yield "sources: no feed or sitemap lists stories, so the home page is read; add the listings of sections"
        yield from (f"{source.kind} {source.path}: {source.seen}" for source in found.sources if not source.stories)
        if found.editorials:
            yield f"editorials: perhaps {', '.join(list(found.editorials)[:MOST_EDITORIALS])}"
        else:
            yield "editorials: the home page links to no listing of editorials"

    def _uncertain_fields(self) -> Iterator[str]:
        for name, (field, _, _) in SELECTORS.items():
            if missing := missing_in(self.survey, name):
                of_all = f"on {missing} of {len(self.survey.stories)} stories"
                yield f"{name}: {WRONG.get(name, 'not found')} {of_all}; find a selector for {field}"


def missing_in(survey: Survey, name: str) -> int:
    """On how many stories the general reader did not find a field, or found another story's time of publication."""
    if name == "published_at":
        return sum(not _is_own_time(story) for story in survey.stories)
    return sum(not story[name] for story in survey.stories)


def _is_own_time(story: Fields) -> bool:
    """Whether a page's time of publication, or its date, is that of its feed or sitemap, if there is one, give or take
    a day."""
    shown, listed = story["published_at"] or story["published_date"], story["listed_at"]
    if not shown or not listed:
        return bool(shown)
    return abs(date.fromisoformat(shown[:10]) - date.fromisoformat(listed[:10])) <= timedelta(days=1)


def write(draft: Draft, folder: Path) -> Path:
    """Writes a declaration. Raises `DraftError` if the file exists, or if the declaration is not valid."""
    text = draft.text()
    file = check_new(draft.name, folder)
    with file.open("x", encoding="utf-8") as output:
        output.write(text)
    return file


def check_new(name: str, folder: Path) -> Path:
    """The file of a new declaration. Raises `DraftError` if it exists."""
    file = folder / f"{name}.py"
    if file.exists():
        raise DraftError(f"{file} already exists: remove it, or give the draft another --name")
    return file


def _sources(field: str, sources: list[SourceSeen]) -> Iterator[str]:
    """The sources that list stories, each with what it lists. The others are comments."""
    if not any(source.stories for source in sources):
        yield from (f"# {field} {_comment(source.path)}: {_comment(source.seen)}" for source in sources)
        return
    if len(sources) == 1:
        yield f"# {_comment(sources[0].seen)}"
        yield f"{field}=({_string(sources[0].path)},),"
        return
    yield f"{field}=("
    for source in sources:
        mark = "" if source.stories else "# "
        yield f"    # {_comment(source.seen)}"
        yield f"    {mark}{_string(source.path)},"
    yield "),"


def _pattern(pattern: str) -> str:
    """A regular expression as a Python string, a raw one if it has no quotes."""
    return f'r"{pattern}"' if pattern.isprintable() and '"' not in pattern else repr(pattern)


def _string(text: str) -> str:
    """Text from a page as a Python string."""
    return json.dumps(_line(text), ensure_ascii=False)


def _line(text: str) -> str:
    """Text from a page on one line, without control characters."""
    return " ".join(printable(text).split())


def _comment(text: str) -> str:
    line = _line(text)
    return line if len(line) <= LONGEST_COMMENT else f"{line[:LONGEST_COMMENT]}…"
