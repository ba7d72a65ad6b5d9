"""A declaration's selectors and patterns for story pages, compiled."""

import re
from dataclasses import dataclass
from functools import lru_cache

from akhbar.newspaper import Newspaper, TitleSource
from spiders.reading.html import Select, css

DECLARED = "declared selector"
"""The source of what the newspaper's declaration finds."""


@dataclass(frozen=True)
class Rules:
    """How the general reader parses one newspaper's story pages; by default, like those of an unknown one."""

    title_from: tuple[TitleSource, ...] = ("ld", "og", "h1")
    byline: Select | None = None
    date: Select | None = None
    date_format: str | None = None
    tags: Select | None = None
    bodies: tuple[Select, ...] = ()
    """One selector for each layout."""
    leave_out: Select | None = None
    not_line: re.Pattern[str] | None = None


@lru_cache(maxsize=1000)
def rules_of(paper: Newspaper) -> Rules:
    return Rules(
        title_from=paper.title_from,
        byline=_any_of(paper.byline),
        date=_any_of(paper.date),
        date_format=paper.date_format,
        tags=_any_of(paper.tags),
        bodies=tuple(map(css, paper.body)),
        leave_out=_any_of(paper.leave_out),
        not_line=re.compile(paper.not_lines) if paper.not_lines else None,
    )


def _any_of(selectors: tuple[str, ...]) -> Select | None:
    return css(", ".join(selectors)) if selectors else None
