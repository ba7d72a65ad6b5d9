"""The notebook in the docs runs unchanged, and its outputs are those that running it gives."""

import re
from pathlib import Path
from typing import Any

import pytest

from akhbar.local.postgres import Server
from tests.conftest import News, fresh_news
from tests.sql import notebook
from tests.sql.made_up_year import load_the_year


@pytest.fixture
def year(demo_news: News, postgres: Server, tmp_path: Path) -> News:
    """A copy of the demo's database that also has the made-up year."""
    news = fresh_news(postgres, template=demo_news.admin.rsplit("/", 1)[1])
    load_the_year(news.writer, tmp_path)
    return news


def test_the_outputs_are_those_of_running_the_notebook(year: News) -> None:
    stored, executed = notebook.stored(), notebook.executed(year.reader)
    assert notebook.texts(stored) == notebook.texts(executed), "run make docs to update the outputs"
    assert kinds(stored) == kinds(executed)


def kinds(executed: Any) -> list[list[list[str]]]:
    """The types of each cell's outputs, such as image/png."""
    return [[sorted(output.get("data", {})) for output in cell.outputs] for cell in notebook.code_cells(executed)]


def test_the_notebook_shows_attention_first_then_a_diff_a_concordance_and_a_frame() -> None:
    first, *others = notebook.code_cells(notebook.stored())
    assert "attention(" in first.source
    assert any("image/png" in output.get("data", {}) for output in first.outputs)
    shown = "".join(notebook.texts(notebook.stored()))
    assert "+ Correction: the figure is of the area sown" in shown
    assert re.search(r"\d  .+  flood  ", shown)
    assert any("text/html" in output.get("data", {}) for output in others[-1].outputs)


def test_the_notebook_holds_no_path_and_no_password() -> None:
    text = notebook.NOTEBOOK.read_text(encoding="utf-8")
    assert not re.search(r"/(?:tmp|home|root|Users)/|postgres(?:ql)?://|127\.0\.0\.1", text)
    assert 'execution":' not in text, "it has times of execution"
