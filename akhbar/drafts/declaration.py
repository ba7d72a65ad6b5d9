"""The draft of a declaration: the module that `akhbar newspapers draft` writes, and what in it is uncertain."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from akhbar.drafts.survey import DraftError, SourceSeen, Survey
from akhbar.drafts.zones import zone_of
from akhbar.newspaper import Newspaper
from akhbar.printable import printable

SELECTORS = {
    "title": ("title_from", "h1.CLASS", "the headline"),
    "authors": ("byline", ".CLASS a", "the authors' names"),
    "published_at": ("date", "time.CLASS", "the time of publication"),
    "section": ("section", "a.CLASS", "the section's name"),
    "tags": ("tags", ".CLASS a", "the tags"),
}
"""The field of the declaration that finds each field of a story, with an example of a selector."""
MOST_EDITORIALS = 5
LONGEST_COMMENT = 70


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
            yield f"# all {found.listed} stories that the home page, feeds and sitemaps list match this"
            yield f'story_url=r"{found.story_url}",'
        for path, text in list(found.editorials.items())[:MOST_EDITORIALS]:
            yield f"# check that it lists editorials only: the home page's link to it says {_comment(repr(text))}"
            yield f"# editorial_listings=({_string(path)},),"
        for name, (field, example, what) in SELECTORS.items():
            if missing := missing_in(found, name):
                yield f"# {what}: not found on {missing} of {len(found.stories)} stories by the general reader"
                yield f"# {field}=({_string(example)},),"

    def uncertain(self) -> list[str]:
        """What a person must check, one line each."""
        return [*self._uncertain()]

    def _uncertain(self) -> Iterator[str]:
        found = self.survey
        if not found.publisher:
            yield "publisher: no page names it; the draft has the host"
        if not found.language:
            yield "language: no page names it; the draft has en"
        if not any(time.utcoffset() for time in found.times) and zone_of(found.host, found.times) == self.timezone:
            yield "timezone: the pages show none but UTC, so it is that of the host's country"
        if not found.story_url:
            yield "story_url: the stories' URLs have no numbers in common, so their paths are their ids"
        elif found.listed < 20:
            yield f"story_url: seen on {found.listed} stories only"
        if not any(source.stories for source in found.sources):
            yield "sources: no feed or sitemap lists stories; add listings"
        yield from (f"{source.kind} {source.path}: {source.seen}" for source in found.sources if not source.stories)
        if not found.editorials:
            yield "editorials: the home page links to no listing of editorials"
        else:
            yield f"editorials: perhaps {', '.join(list(found.editorials)[:MOST_EDITORIALS])}"
        for name, (field, _, _) in SELECTORS.items():
            if missing := missing_in(found, name):
                yield f"{name}: not found on {missing} of {len(found.stories)} stories; find a selector for {field}"
        yield from (f"not read: {problem}" for problem in found.problems)


def missing_in(survey: Survey, name: str) -> int:
    """On how many stories the general reader did not find a field. A date is enough for `published_at`."""
    names = (name, "published_date") if name == "published_at" else (name,)
    return sum(not any(story[one] for one in names) for story in survey.stories)


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
    yield f"{field}=("
    for source in sources:
        mark = "" if source.stories else "# "
        yield f"    # {_comment(source.seen)}"
        yield f"    {mark}{_string(source.path)},"
    yield "),"


def _string(text: str) -> str:
    """Text from a page as a Python string."""
    return json.dumps(_line(text), ensure_ascii=False)


def _line(text: str) -> str:
    """Text from a page on one line, without control characters."""
    return " ".join(printable(text).split())


def _comment(text: str) -> str:
    line = _line(text)
    return line if len(line) <= LONGEST_COMMENT else f"{line[:LONGEST_COMMENT]}…"
