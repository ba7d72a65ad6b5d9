"""A declaration's selectors and patterns, compiled."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import cast, get_args

from akhbar.newspaper import Newspaper, OverMetadata, TitleSource
from spiders.reading.html import Element, Select, css, css_parts

DECLARED = "declared selector"
"""The source of what the newspaper's declaration finds."""


@dataclass(frozen=True)
class Rules:
    """How the general reader parses one newspaper's pages; by default, like those of an unknown one."""

    title_from: tuple[TitleSource | Select, ...] = ("ld", "og", "h1")
    byline: Select | None = None
    date: Select | None = None
    date_format: str | None = None
    section: Select | None = None
    tags: Select | None = None
    over_metadata: frozenset[OverMetadata] = frozenset()
    bodies: tuple[tuple[Select, ...], ...] = ()
    """The selectors of the parts of the text, for each layout."""
    leave_out: Select | None = None
    cards: Select | None = None
    """What contains a listing's links to its stories."""
    not_line: re.Pattern[str] | None = None

    def left_out(self, root: Element) -> frozenset[Element]:
        """The elements of a page that `leave_out` finds."""
        return frozenset(self.leave_out(root) if self.leave_out else ())


@lru_cache(maxsize=1000)
def rules_of(paper: Newspaper) -> Rules:
    return Rules(
        title_from=tuple(map(_title_source, paper.title_from)),
        byline=_any_of(paper.byline),
        date=_any_of(paper.date),
        date_format=paper.date_format,
        section=_any_of(paper.section),
        tags=_any_of(paper.tags),
        over_metadata=frozenset(paper.over_metadata),
        bodies=tuple(map(css_parts, paper.body)),
        leave_out=_any_of(paper.leave_out),
        cards=_any_of(paper.cards),
        not_line=re.compile(paper.not_lines) if paper.not_lines else None,
    )


def _title_source(source: str) -> TitleSource | Select:
    return cast(TitleSource, source) if source in get_args(TitleSource) else css(source)


def _any_of(selectors: tuple[str, ...]) -> Select | None:
    return css(", ".join(selectors)) if selectors else None
