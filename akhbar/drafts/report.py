"""What `akhbar newspapers draft` prints: what was read from the stories, and what is uncertain."""

from rich.console import Group
from rich.table import Table
from rich.text import Text

from akhbar.drafts.declaration import Draft
from akhbar.drafts.survey import Fields
from akhbar.printable import printable
from akhbar.read import SHOWN

NOT_SHOWN = ("kind", "edition_date", "image_caption")
"""Fields that only a declaration or a platform's module finds."""
LONGEST = 100
"""Characters of a value."""


def report(draft: Draft) -> Group:
    """For a terminal: the sources, each field of the stories with where it was found, and what to check."""
    heading = _text(f"{draft.publisher}, {draft.survey.home_page}", "bold")
    stories = draft.survey.stories
    urls = (_text(f"story {number}: {story['url']}") for number, story in enumerate(stories, 1))
    return Group(heading, _sources(draft), Text(), *urls, _stories(stories), Text(), _uncertain(draft))


def _sources(draft: Draft) -> Table:
    table = Table("source", "lists")
    for source in draft.survey.sources:
        table.add_row(_text(f"{source.kind} {source.path}"), _text(source.seen))
    if not draft.survey.sources:
        table.add_row("home page", f"{len(draft.survey.paths)} stories")
    return table


def _stories(stories: list[Fields]) -> Table:
    table = Table("field", show_lines=True)
    for number in range(1, len(stories) + 1):
        table.add_column(f"story {number}", overflow="fold")
    for name in (name for name in SHOWN if name not in NOT_SHOWN):
        table.add_row(name, *(_cell(story, name) for story in stories))
    return table


def _cell(story: Fields, name: str) -> Text:
    """A field's value, and where it was found."""
    value = story[name]
    if name == "body":
        value = f"{len(value.split())} words"
    if not value:
        return Text("not found", "yellow")
    shown = ", ".join(value) if isinstance(value, list) else value
    found_in = story["found_in"].get("published_date" if name == "published_at" else name)
    found_in = story["found_in"].get(name, found_in)
    cell = _text(shown if len(shown) <= LONGEST else f"{shown[:LONGEST]}…")
    return cell.append(f"\n{found_in}", "dim") if found_in else cell


def _uncertain(draft: Draft) -> Group:
    lines = draft.uncertain()
    heading = Text("to check:" if lines else "nothing is uncertain", "bold")
    return Group(heading, *(_text(f"- {line}") for line in lines))


def _text(text: str, style: str = "") -> Text:
    return Text(printable(text), style)
