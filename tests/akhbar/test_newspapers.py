"""The registry: it finds each declaration by its file's name; an invalid one affects no other."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from akhbar import newspapers
from akhbar.newspapers import (
    UnknownNewspaperError,
    activation_errors,
    active,
    declared,
    invalid_declarations,
    newspaper,
)
from akhbar.settings import ROOT
from tests.replica import PAGES
from tests.second_newspaper import GAZETTE, declaration

BROKEN = {
    "a syntax error": ("def", "SyntaxError"),
    "no NEWSPAPER": ("PAPER = 1", "has no attribute 'NEWSPAPER'"),
    "something else": ("NEWSPAPER = 1", "NEWSPAPER is a int, not a Newspaper"),
    "another name": (declaration(GAZETTE), "name is 'gazette': it must be 'herald'"),
    "a wrong field": (declaration(GAZETTE).replace("'en'", "'English'"), "language is 'English'"),
    "an import that fails": ("import no_such_module", "No module named 'no_such_module'"),
    "an exit": ("raise KeyError('x')", "KeyError, line 1"),
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty package of declarations, which the registry reads."""
    package = tmp_path / f"declarations_{tmp_path.name}"  # a new name for each test, because modules stay imported
    package.mkdir()
    (package / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(newspapers, "FOLDER", package)
    monkeypatch.setattr(newspapers, "PACKAGE", package.name)
    newspapers._loaded.cache_clear()
    yield package
    newspapers._loaded.cache_clear()


def test_only_dawn_is_active_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AKHBAR_NEWSPAPERS", raising=False)
    assert [paper.name for paper in active()] == ["dawn"]
    assert newspaper("dawn").about.startswith("Dawn (dawn.com)")
    assert invalid_declarations() == ()


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_declaration_is_reported_with_its_file_and_stops_no_other(
    folder: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    source, reason = BROKEN[what]
    (folder / "gazette.py").write_text(declaration(GAZETTE))
    (folder / "herald.py").write_text(source)
    monkeypatch.setenv("AKHBAR_NEWSPAPERS", "all")
    assert [paper.name for paper in declared()] == ["gazette"]
    assert [paper.name for paper in active()] == ["gazette"]
    [error] = activation_errors()
    assert error.startswith(f"the declaration of herald is invalid: {folder / 'herald.py'}: ")
    assert reason in error
    with pytest.raises(UnknownNewspaperError, match=r"herald\.py"):
        newspaper("herald")


@pytest.mark.parametrize(
    ("setting", "names", "errors"),
    [
        ("gazette", ["gazette"], []),
        (" gazette , observer,", ["gazette", "observer"], []),
        ("all", ["gazette", "observer"], []),
        ("observer,tribune", ["observer"], ["AKHBAR_NEWSPAPERS lists tribune, but no file in"]),
    ],
)
def test_the_setting_names_the_active_newspapers(
    folder: Path, monkeypatch: pytest.MonkeyPatch, setting: str, names: list[str], errors: list[str]
) -> None:
    for name in ("gazette", "observer"):
        (folder / f"{name}.py").write_text(declaration(GAZETTE).replace("name='gazette'", f"name='{name}'"))
    monkeypatch.setenv("AKHBAR_NEWSPAPERS", setting)
    assert [paper.name for paper in active()] == names
    assert len(activation_errors()) == len(errors)
    for found, expected in zip(activation_errors(), errors, strict=True):
        assert found.startswith(expected)


def test_the_error_for_an_unknown_name_lists_the_known_ones(folder: Path) -> None:
    (folder / "gazette.py").write_text(declaration(GAZETTE))
    with pytest.raises(UnknownNewspaperError, match="no newspaper is called 'tribune': choose one of gazette"):
        newspaper("tribune")


def test_every_newspaper_has_test_pages_under_its_name() -> None:
    for paper in declared():
        assert (ROOT / "spiders" / "newspapers" / f"{paper.name}.py").exists()
        assert list((PAGES.parent / paper.name).glob("*/**/*.json"))
