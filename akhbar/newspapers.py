"""The registry: the newspapers declared in `spiders/newspapers/`, and which of them are active.

Declarations are modules with a variable `NEWSPAPER`, discovered as plugins. An invalid one is reported with its name
and file, and does not affect the others.
"""

import logging
import traceback
from dataclasses import dataclass
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
    """No declaration has this name, or the declaration is invalid."""


@dataclass(frozen=True)
class InvalidDeclaration:
    """A declaration that raised an error when it was loaded."""

    name: str
    file: Path
    reason: str

    def __str__(self) -> str:
        return f"the declaration of {self.name} is invalid: {self.file}: {self.reason}"


@cache
def _loaded() -> tuple[Newspaper | InvalidDeclaration, ...]:
    return tuple(_load(name) for name in sorted(module.name for module in iter_modules([str(FOLDER)])))


def _load(name: str) -> Newspaper | InvalidDeclaration:
    """Imports a declaration. It may contain any code, so an exception must not affect other declarations."""
    file = FOLDER / f"{name}.py"
    try:
        module = import_module(f"{PACKAGE}.{name}")
        paper = module.NEWSPAPER
        if not isinstance(paper, Newspaper):
            raise TypeError(f"NEWSPAPER is a {type(paper).__name__}, not a Newspaper")
        if paper.name != name:
            raise ValueError(f"name is {paper.name!r}: it must be {name!r}, the name of the file")
    except Exception as error:
        line = next((f", line {at.lineno}" for at in reversed(_frames(error)) if at.filename == str(file)), "")
        return InvalidDeclaration(name, file, f"{type(error).__name__}{line}: {error}")
    return paper if paper.about else paper.described((module.__doc__ or "").strip())


def _frames(error: Exception) -> list[traceback.FrameSummary]:
    return list(traceback.extract_tb(error.__traceback__))


def declared() -> tuple[Newspaper, ...]:
    """All newspapers with a valid declaration, sorted by name."""
    return tuple(paper for paper in _loaded() if isinstance(paper, Newspaper))


def invalid_declarations() -> tuple[InvalidDeclaration, ...]:
    """All invalid declarations, sorted by name."""
    return tuple(broken for broken in _loaded() if isinstance(broken, InvalidDeclaration))


def active() -> tuple[Newspaper, ...]:
    """The newspapers in AKHBAR_NEWSPAPERS, sorted by name: those that have DAGs, alerts and a row in the Newsroom.

    The setting is a comma-separated list of names, or `all`. A name without a valid declaration is logged and does not
    affect the others.
    """
    for error in activation_errors():
        logger.error("%s", error)
    wanted = settings.newspapers()
    return tuple(paper for paper in declared() if paper.name in wanted or "all" in wanted)


def activation_errors() -> list[str]:
    """Errors in AKHBAR_NEWSPAPERS and in the declarations that it lists, one message each."""
    wanted = settings.newspapers()
    unknown = sorted(wanted - {found.name for found in _loaded()} - {"all"})
    return [
        *(f"AKHBAR_NEWSPAPERS lists {name}, but no file in {FOLDER} declares it" for name in unknown),
        *(str(broken) for broken in invalid_declarations() if broken.name in wanted or "all" in wanted),
    ]


def newspaper(name: str) -> Newspaper:
    """The newspaper with this name, active or not. Raises `UnknownNewspaperError`."""
    for found in _loaded():
        if found.name == name:
            if isinstance(found, InvalidDeclaration):
                raise UnknownNewspaperError(str(found))
            return found
    wanted = settings.newspapers()
    known = ", ".join(sorted((paper.name for paper in declared()), key=lambda one: (one not in wanted, one)))
    raise UnknownNewspaperError(f"no newspaper is called {name!r}: choose one of {known}, or add {FOLDER / name}.py")
