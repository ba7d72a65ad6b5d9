"""The registry: the newspapers that `spiders/newspapers/` declares, and which of them are active.

Declarations are modules with a `NEWSPAPER`, discovered as plugins. One that cannot be used is reported by name, with
its file, and does not affect the others.
"""

import logging
import traceback
from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from akhbar import settings
from akhbar.newspaper import Newspaper
from akhbar.settings import ROOT

logger = logging.getLogger(__name__)

PACKAGE = "spiders.newspapers"
FOLDER = ROOT / "spiders" / "newspapers"


class UnknownNewspaperError(Exception):
    """No declaration has this name, or its declaration cannot be used."""


@dataclass(frozen=True)
class InvalidDeclaration:
    """A declaration that cannot be used."""

    name: str
    file: Path
    reason: str

    def __str__(self) -> str:
        return f"the declaration of {self.name} cannot be used: {self.file}: {self.reason}"


@cache
def _loaded() -> tuple[Newspaper | InvalidDeclaration, ...]:
    return tuple(_load(name) for name in sorted(module.name for module in iter_modules([str(FOLDER)])))


def _load(name: str) -> Newspaper | InvalidDeclaration:
    """Imports a declaration. It is someone else's code: whatever it raises must affect only itself."""
    file = FOLDER / f"{name}.py"
    try:
        module = import_module(f"{PACKAGE}.{name}")
        paper = module.NEWSPAPER
        if not isinstance(paper, Newspaper):
            raise TypeError(f"NEWSPAPER is a {type(paper).__name__}, not a Newspaper")
        if paper.name != name:
            raise ValueError(f"name is {paper.name!r}: it must be {name!r}, as the file is called")
    except Exception as error:
        line = next((f", line {at.lineno}" for at in reversed(_frames(error)) if at.filename == str(file)), "")
        return InvalidDeclaration(name, file, f"{type(error).__name__}{line}: {error}")
    return paper if paper.about else replace(paper, about=(module.__doc__ or "").strip())


def _frames(error: Exception) -> list[traceback.FrameSummary]:
    return list(traceback.extract_tb(error.__traceback__))


def declared() -> tuple[Newspaper, ...]:
    """Every newspaper that is declared and can be used, by name."""
    return tuple(paper for paper in _loaded() if isinstance(paper, Newspaper))


def invalid_declarations() -> tuple[InvalidDeclaration, ...]:
    """The declarations that cannot be used, by name."""
    return tuple(broken for broken in _loaded() if isinstance(broken, InvalidDeclaration))


def active() -> tuple[Newspaper, ...]:
    """The newspapers that have DAGs, alerts and a row in the Newsroom: AKHBAR_NEWSPAPERS, by name.

    That is a comma-separated list of names, or `all`. A name without a usable declaration is logged and affects no
    other.
    """
    for error in activation_errors():
        logger.error("%s", error)
    wanted = settings.newspapers()
    return tuple(paper for paper in declared() if paper.name in wanted or "all" in wanted)


def activation_errors() -> list[str]:
    """What is wrong with AKHBAR_NEWSPAPERS and the declarations that it names, one message each."""
    wanted = settings.newspapers()
    unknown = sorted(wanted - {found.name for found in _loaded()} - {"all"})
    return [
        *(f"AKHBAR_NEWSPAPERS names {name}, which no file in {FOLDER} declares" for name in unknown),
        *(str(broken) for broken in invalid_declarations() if broken.name in wanted or "all" in wanted),
    ]


def newspaper(name: str) -> Newspaper:
    """The newspaper of a name, active or not. Raises `UnknownNewspaperError`."""
    for found in _loaded():
        if found.name == name:
            if isinstance(found, InvalidDeclaration):
                raise UnknownNewspaperError(str(found))
            return found
    known = ", ".join(paper.name for paper in declared())
    raise UnknownNewspaperError(f"no newspaper is called {name!r}: choose one of {known}, or add {FOLDER / name}.py")
